"""One alert: what raised it, all that acting on it needs, and the steps that were taken."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.alert_cases import AlertCase, CaseState
from mindspa.domain.contacts import Reached, Way
from mindspa.domain.entered import LONGEST_NOTE
from mindspa.domain.safety import Tier
from mindspa.services.handle_alert import (
    OUTCOMES,
    UNREACHED,
    close_alert,
    hand_over_alert,
    log_attempt,
    own_alert,
    reopen_alert,
)
from mindspa.services.log_contact import OUTCOMES as REACHED
from mindspa.services.log_contact import WAYS
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_alerts import OpenedAlert
from mindspa.ui import contact_form, help_panel, menu, notices, safety_card_form, wish_asked
from mindspa.ui.alert_words import URGENCY, AlertWords, length
from mindspa.ui.message_words import CHANNELS
from mindspa.ui.patient_name import listed_name
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, expander, key_of

_SHOWN = "alert_shown"
_SOON = tuple(timedelta(minutes=m) for m in (15, 30, 60, 120, 240, 480, 1440))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the person has before them. `contact_id` is what the next attempt is stored under."""

    case_id: str
    patient_id: str
    seen_alert_ids: tuple[str, ...]
    contact_id: str
    furthest: datetime
    steps: tuple[str, ...]

    def key(self, field: str) -> str:
        """What is typed for one alert never shows for another."""
        return key_of(self.case_id, f"alert_{field}")


def pressed() -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    shown: _Shown | None = st.session_state.get(_SHOWN)
    if shown is None:
        return None
    for field, press in _PRESSES.items():
        if st.session_state.get(shown.key(field)):
            return press(shown)
    return safety_card_form.pressed(shown.patient_id)


def draw(actor: Actor, opened: OpenedAlert, words: AlertWords) -> None:
    case, patient = opened.listed.case, opened.listed.patient
    shown = st.session_state[_SHOWN] = _Shown(
        case.id,
        patient.id,
        tuple(alert.id for alert in opened.listed.alerts),
        secrets.token_hex(10),
        opened.furthest,
        opened.unreached_steps,
    )
    st.header(plain(listed_name(patient)), anchor=False)
    with st.container(horizontal=True):
        menu.link_to_patient(patient.id)
        menu.link_to_entry(patient.id)
    _say_how_it_stands(case, words)
    st.markdown("\n".join(f"- {plain(words.raised_by(one))}." for one in opened.listed.alerts))
    for waiting in opened.wishes:
        wish_asked.say(waiting, words.when(waiting.asked_at))
    if case.state is CaseState.CLOSED:
        _reopen_form(shown)
    else:
        _acts(actor, opened, shown, words)
    _safety_answers(opened, words)
    _history(opened, words)
    _told(opened, words)


def _say_how_it_stands(case: AlertCase, words: AlertWords) -> None:
    if case.state is CaseState.CLOSED:
        closed = words.when(case.closed_at) if case.closed_at else ""
        st.success(plain(f"Closed {closed} by {case.closed_by_name}."), icon=":material/task_alt:")
        return
    text = plain(f"{URGENCY[case.tier]}. {words.state(case)}. Act by {words.due(case)}.")
    notices.alert(text, at_once=case.tier is Tier.IMMEDIATE or case.state is CaseState.ESCALATED)


def _acts(actor: Actor, opened: OpenedAlert, shown: _Shown, words: AlertWords) -> None:
    if opened.listed.case.owner != actor.id or opened.listed.case.state is CaseState.ESCALATED:
        st.button(
            "I take this alert", type="primary", icon=":material/front_hand:", key=shown.key("own")
        )
    _reaching(opened, words)
    _attempt_form(opened, shown, words)
    _close_form(actor, opened, shown)
    _hand_over_form(opened, shown)
    safety_card_form.draw(actor, opened.listed.patient.id, opened.card)


def _reaching(opened: OpenedAlert, words: AlertWords) -> None:
    st.subheader("To reach the patient", anchor=False)
    patient = opened.listed.patient
    if patient.phone:
        help_panel.dial(f"Call {patient.phone}", "tel", patient.phone)
    st.markdown("\n".join(f"- {plain(fact)}" for fact in _facts(opened, words)))
    safety_card_form.draw_plan(opened.card)
    asked = expander(opened.listed.case.id, "While you talk", ":material/record_voice_over:")
    if asked.open:
        with asked:
            help_panel.for_staff(opened.help)
            for screen in opened.screens:
                st.page_link(
                    menu.path_of("enter_answers"),
                    label=f"Ask the {screen.short_name['en']}",
                    icon=":material/record_voice_over:",
                    query_params={"patient": patient.id, "form": screen.id},
                )


def _facts(opened: OpenedAlert, words: AlertWords) -> Iterator[str]:
    patient, infusion = opened.listed.patient, opened.last_infusion
    if patient.phone is None:
        yield "No phone number is known. Write it down on the patient's page once you have it."
    elif patient.voicemail:
        yield "A message may be left."
    else:
        yield "Leave no message: the patient has not agreed to it."
    if patient.zone and patient.zone != words.zone:
        yield f"The patient's own time zone is {patient.zone}."
    if infusion is None:
        yield "No infusion yet."
    else:
        yield f"Last infusion {words.when(infusion.starts_at)}."
    if opened.contacts:
        yield f"Last contact {contact_form.short(opened.contacts[0], words.zone)}."
    else:
        yield "No contact is written down yet."
    yield from safety_card_form.facts(opened.card)


def _attempt_form(opened: OpenedAlert, shown: _Shown, words: AlertWords) -> None:
    with st.form(shown.key("attempt_form")):
        st.markdown("**Write down an attempt to reach the patient**")
        how, came = st.columns(2)
        how.selectbox(
            "How",
            list(WAYS),
            index=list(WAYS).index(Way.PHONE),
            format_func=WAYS.__getitem__,
            key=shown.key("way"),
        )
        came.selectbox(
            "What came of it",
            list(REACHED),
            index=None,
            format_func=REACHED.__getitem__,
            placeholder="Choose one",
            key=shown.key("reached"),
        )
        soon = [span for span in _SOON if words.now + span < opened.furthest]
        latest = f"At the latest: {words.when(opened.furthest)}"
        st.selectbox(
            "If not reached: next attempt",
            [*soon, None],
            format_func=lambda span: f"In {length(span)}" if span else latest,
            key=shown.key("next"),
        )
        st.text_area("Note (optional)", max_chars=LONGEST_NOTE, height=80, key=shown.key("note"))
        st.form_submit_button("Save attempt", key=shown.key("attempt"))
        st.caption("An attempt never closes the alert, whatever came of it.")


def _close_form(actor: Actor, opened: OpenedAlert, shown: _Shown) -> None:
    if not actor.may(Permission.ASSESS_RISK):
        st.caption("A clinician closes an alert once the risk has been assessed.")
        return
    closing = expander(shown.case_id, "Close this alert", ":material/task_alt:")
    if not closing.open:
        return
    outcomes = [name for name in OUTCOMES if name != UNREACHED or shown.steps]
    with closing, st.form(shown.key("close_form")):
        st.selectbox(
            "What came of it",
            outcomes,
            index=None,
            format_func=OUTCOMES.__getitem__,
            placeholder="Choose an outcome",
            key=shown.key("outcome"),
        )
        if shown.steps:
            st.text("Where the patient was not reached, all of this was done:")
            for number, step in enumerate(shown.steps):
                st.checkbox(plain(step), key=shown.key(f"step_{number}"))
        st.text_area(
            "Note: what you found and what was agreed",
            max_chars=LONGEST_NOTE,
            height=100,
            key=shown.key("close_note"),
        )
        st.form_submit_button("Close this alert", type="primary", key=shown.key("close"))


def _hand_over_form(opened: OpenedAlert, shown: _Shown) -> None:
    handing = expander(shown.case_id, "Hand over", ":material/forward:")
    if not handing.open:
        return
    names = {colleague.id: colleague.name for colleague in opened.colleagues}
    with handing, st.form(shown.key("hand_form")):
        st.selectbox(
            "To",
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="Choose a colleague",
            key=shown.key("to"),
        )
        st.text_area(
            "Note (optional)", max_chars=LONGEST_NOTE, height=80, key=shown.key("hand_note")
        )
        st.form_submit_button("Hand over", key=shown.key("hand"))


def _reopen_form(shown: _Shown) -> None:
    opening = expander(shown.case_id, "Open it again", ":material/undo:")
    if not opening.open:
        return
    with opening, st.form(shown.key("reopen_form")):
        st.text_area("Reason", max_chars=LONGEST_NOTE, height=80, key=shown.key("reopen_note"))
        st.form_submit_button("Open this alert again", key=shown.key("reopen"))


def _safety_answers(opened: OpenedAlert, words: AlertWords) -> None:
    st.subheader("Answers about safety", anchor=False)
    if not opened.answers:
        st.caption("None was given in the last year.")
        return
    rows = (words.answer(given) for given in opened.answers)
    st.table(
        [
            {"When": when, "Question": plain(name), "Answer": plain(said)}
            for when, name, said in rows
        ],
        hide_index=True,
        alt="The latest answers to questions about safety, the newest first",
    )


def _history(opened: OpenedAlert, words: AlertWords) -> None:
    st.subheader("What was done", anchor=False)
    contacts = {contact.id: contact for contact in opened.contacts}
    rows = []
    for event in reversed(opened.steps):
        what, note = words.step(event), event.note or ""
        if contact := contacts.get(event.contact_id or ""):
            what += f": {REACHED[contact.outcome].lower()}, {WAYS[contact.way].lower()}"
            note = contact.note or ""
        rows.append(
            {
                "When": words.when(event.at),
                "What": plain(what),
                "By": plain(words.by(event)),
                "Note": plain(note) or "–",
            }
        )
    st.table(rows, hide_index=True, alt="Steps of this alert, the newest first")


def _told(opened: OpenedAlert, words: AlertWords) -> None:
    st.subheader("Who was told", anchor=False)
    if not opened.told:
        st.caption("No notice went to anybody.")
        return
    st.table(
        [
            {
                "Who": plain(one.name),
                "Written": words.when(one.message.created_at),
                "By": CHANNELS[one.message.channel],
                "How it stands": words.told(one.message),
            }
            for one in reversed(opened.told)
        ],
        hide_index=True,
        alt="Notices of this alert, the newest first",
    )


# Presses


def _own(shown: _Shown) -> Press:
    return Press(lambda work: own_alert(work, shown.case_id), "The alert is yours.")


def _attempt(shown: _Shown) -> Press:
    state, key = st.session_state, shown.key
    way, outcome, note = (state.get(key(field)) for field in ("way", "reached", "note"))
    reached, soon = outcome == Reached.REACHED, state.get(key("next"))

    def act(work: UnitOfWork) -> object:
        following = None
        if not reached:
            following = work.now + soon if isinstance(soon, timedelta) else shown.furthest
        return log_attempt(
            work,
            shown.case_id,
            way=way,
            outcome=outcome,
            next_attempt=following,
            note=note or "",
            contact_id=shown.contact_id,
        )

    return Press(act, "The attempt is written down.", {key("reached"): None, key("note"): ""})


def _close(shown: _Shown) -> Press:
    state, key = st.session_state, shown.key
    outcome, note = state.get(key("outcome")), state.get(key("close_note"))
    taken = [step for n, step in enumerate(shown.steps) if state.get(key(f"step_{n}"))]
    return Press(
        lambda work: close_alert(
            work,
            shown.case_id,
            seen_alert_ids=shown.seen_alert_ids,
            outcome=outcome or "",
            note=note or "",
            steps=taken,
        ),
        "The alert is closed.",
        {key("outcome"): None, key("close_note"): ""},
    )


def _hand(shown: _Shown) -> Press:
    state, key = st.session_state, shown.key
    to, note = state.get(key("to")), state.get(key("hand_note")) or ""
    return Press(
        lambda work: hand_over_alert(work, shown.case_id, to, note=note),
        "The alert is handed over.",
        {key("to"): None, key("hand_note"): ""},
    )


def _reopen(shown: _Shown) -> Press:
    reason, key = st.session_state.get(shown.key("reopen_note")) or "", shown.key
    return Press(
        lambda work: reopen_alert(work, shown.case_id, reason=reason),
        "The alert is open again.",
        {key("reopen_note"): ""},
    )


_PRESSES: dict[str, Callable[[_Shown], Press]] = {
    "own": _own,
    "attempt": _attempt,
    "close": _close,
    "hand": _hand,
    "reopen": _reopen,
}
