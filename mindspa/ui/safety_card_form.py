"""Safety plan, emergency contact and outside clinicians of a patient: shown, and written down."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.entered import LONGEST_LINE, LONGEST_NOTE
from mindspa.domain.safety_card import LINES, NOTES, CardEntry, SafetyCard
from mindspa.services.write_safety_card import write_card
from mindspa.ui import session
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, expander, key_of

TITLE = "Safety plan and contacts"
_SEEN = "card_seen"


def pressed(patient_id: str) -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    key, state = partial(key_of, patient_id), st.session_state
    if not state.get(key("card_send")):
        return None
    entry = CardEntry(
        text_allowed=bool(state.get(key("card_text_allowed"))),
        planned_on=state.get(key("card_planned_on")),
        **{name: state.get(key(f"card_{name}")) or "" for name in (*LINES, *NOTES)},
    )
    replaces = state.get(key(_SEEN))
    return Press(
        lambda work: write_card(work, patient_id, entry, replaces=replaces),
        "Safety plan and contacts are saved.",
    )


def draw(actor: Actor, patient_id: str, card: SafetyCard | None) -> None:
    if not actor.may(Permission.HANDLE_ALERTS):
        return
    opened = expander(patient_id, TITLE, ":material/health_and_safety:")
    if not opened.open:
        return
    key, known = partial(key_of, patient_id), card.entry if card else CardEntry()
    st.session_state[key(_SEEN)] = card.id if card else None
    values = asdict(known)
    with opened, st.form(key("card_form")):
        st.checkbox(
            "Messages may be sent to the patient's phone",
            value=known.text_allowed,
            key=key("card_text_allowed"),
        )
        for name in ("contact_name", "contact_phone"):
            _line(key(f"card_{name}"), name, values[name])
        _note(key("card_contact_told"), "contact_told", known.contact_told)
        _note(key("card_safety_plan"), "safety_plan", known.safety_plan)
        st.date_input(
            "Safety plan made on",
            value=known.planned_on,
            max_value=session.now().date(),
            key=key("card_planned_on"),
        )
        for name in ("therapist", "prescriber"):
            _line(key(f"card_{name}"), name, values[name])
        st.form_submit_button("Save safety plan and contacts", key=key("card_send"), type="primary")


def facts(card: SafetyCard | None) -> Iterator[str]:
    """What is known, and that it is not: whoever acts on an alert looks for it."""
    if card is None:
        yield "No safety plan, emergency contact or outside clinician is written down."
        return
    yield "Text messages may be sent." if card.text_allowed else "Send no text messages."
    if card.contact_name or card.contact_phone:
        told = f" May be told: {card.contact_told}" if card.contact_told else ""
        who = " ".join(filter(None, (card.contact_name, card.contact_phone)))
        yield f"Emergency contact: {who}.{told}"
    else:
        yield "No emergency contact is written down."
    for name in ("therapist", "prescriber"):
        if known := getattr(card, name):
            yield f"{LINES[name]}: {known}."


def draw_plan(card: SafetyCard | None) -> None:
    if card is None or not card.safety_plan or card.planned_on is None:
        st.caption("No safety plan is on file.")
        return
    st.markdown(plain(f"Safety plan of {card.planned_on:%d %b %Y}:").replace(" 0", " "))
    st.text(card.safety_plan)


def _line(key: str, name: str, value: str) -> None:
    st.text_input(LINES[name], value=value, max_chars=LONGEST_LINE, key=key)


def _note(key: str, name: str, value: str) -> None:
    st.text_area(NOTES[name], value=value, max_chars=LONGEST_NOTE, height=100, key=key)
