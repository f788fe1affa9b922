"""The open row of the follow-up list: all that was answered, and the form that reviews it."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from mindspa.domain.check_ins import StoredForm
from mindspa.domain.follow_up_rows import FollowUp
from mindspa.domain.instruments import Instrument
from mindspa.domain.safety import AlertState, Tier
from mindspa.domain.schedule import PULSE
from mindspa.services.review_follow_up import (
    DISPOSITIONS,
    LONGEST_NOTE,
    OpenedEntry,
    mark_reviewed,
)
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import contact_form, menu, notices, wish_asked
from mindspa.ui.follow_up_words import LANGUAGE, Words, happened
from mindspa.ui.patient_name import listed_name
from mindspa.ui.plain_text import plain

_SHOWN = "follow_up_shown"  # what the reviewer has before them


@dataclass(frozen=True, slots=True)
class _Shown:
    review_id: str
    found: FollowUp

    def key(self, field: str) -> str:
        """What is typed for one infusion never shows for another."""
        return f"follow_up_{field}:{self.found.infusion.id}"


@dataclass(frozen=True, slots=True)
class Press:
    act: Callable[[UnitOfWork], object]
    saved: str


def pressed() -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it. What the reviewer saw goes
    with it: whatever came meanwhile brings the row back."""
    shown: _Shown | None = st.session_state.get(_SHOWN)
    if shown is None or not st.session_state.get(shown.key("send")):
        return None
    disposition = st.session_state.get(shown.key("disposition"))
    note = st.session_state.get(shown.key("note"))
    kept = " It stays listed until its alert is closed." if shown.found.open_alerts else ""
    return Press(
        lambda work: mark_reviewed(
            work,
            shown.found.infusion.id,
            disposition=disposition,
            note=note,
            seen_form_ids=shown.found.form_ids,
            seen_alert_ids=shown.found.alert_ids,
            review_id=shown.review_id,
        ),
        f"Marked reviewed.{kept}",
    )


def say_saved(press: Press) -> None:
    st.session_state.pop(_SHOWN, None)
    notices.saved(press.saved)


def draw(opened: OpenedEntry, words: Words) -> None:
    patient, found = opened.entry.patient, opened.found
    st.header(plain(f"{listed_name(patient)}: infusion {words.infusion(found.row)}"), anchor=False)
    with st.container(horizontal=True):
        menu.link_to_patient(patient.id)
        menu.link_to_entry(patient.id)
    _urgent(opened, words)
    st.markdown("\n".join(f"- {plain(fact)}" for fact in _facts(opened, words)))
    _answers(found, words)
    with st.expander("Contacts", icon=":material/call:"):
        contact_form.draw(patient.id, opened.contacts, words.zone)
    if found.infusion.treated:
        _review_form(found)
    else:
        st.warning(
            "Close this infusion before it is reviewed: record its end, or cancel it, on the "
            "patient's page.",
            icon=":material/timer_off:",
        )


def _urgent(opened: OpenedEntry, words: Words) -> None:
    for alert in opened.found.open_alerts:
        at = happened(alert, words.when(alert.answered_at))
        text = plain(f"{words.alert(alert)}. {at}.")
        notices.alert(text, at_once=alert.tier is Tier.IMMEDIATE)
    for case_id in dict.fromkeys(alert.case_id for alert in opened.found.open_alerts):
        if case_id:
            menu.link_to_alert(case_id, label="Act on the alert")
    for waiting in opened.wishes:
        wish_asked.say(waiting, words.when(waiting.asked_at))


def _facts(opened: OpenedEntry, words: Words) -> Iterator[str]:
    found, row = opened.found, opened.found.row
    yield f"Why it is here: {words.why(opened.entry)}."
    if row.provisional:
        yield "The end is not recorded: hours count from the provisional end."
    until, last = words.when(row.closes_at), words.last_answer(row)
    yield f"Followed up until {until}. Last answer: {last}."
    yield (
        f"Points of the pulse: {words.change(row.change_since_before)} since before this "
        f"infusion, {words.change(row.change_since_course)} since the course began."
    )
    yield f"Side effects: {words.side_effects(row)}. Safety question: {words.safety(row)}."
    yield from map(words.long_score, row.standard)
    for alert in found.alerts:
        if alert.state is AlertState.CLOSED:
            at = happened(alert, words.when(alert.answered_at))
            yield f"{words.alert(alert)}. {at}."
    if found.review:
        note = f" “{found.review.note}”" if found.review.note else ""
        yield f"Reviewed by {words.review(found.review)}.{note}"
    if opened.contacts:
        yield f"Last contact {contact_form.short(opened.contacts[0], words.zone)}."


def _answers(found: FollowUp, words: Words) -> None:
    if not found.forms:
        st.info("Nothing was answered around this infusion yet.")
        return
    by_instrument: dict[str, list[StoredForm]] = {}
    asked = [name for rule in words.definitions.protocol.rules for name in rule.forms]
    order = [PULSE, *asked, *(form.instrument for form in found.forms)]
    for form in sorted(found.forms, key=lambda form: order.index(form.instrument)):
        by_instrument.setdefault(form.instrument, []).append(form)
    for name, forms in by_instrument.items():
        instrument = words.definitions.instruments[name]
        title = instrument.short_name[LANGUAGE]
        with st.expander(f"Answers: {plain(title)}", expanded=name == PULSE):
            st.table(
                _table(instrument, forms, found, words),
                hide_index=True,
                alt=f"Answers to the {title}",
            )
    for form in found.forms:
        if form.note:
            st.caption(f"Note of the patient, {words.heading(form, found.infusion)}")
            st.text(form.note)


def _table(
    instrument: Instrument, forms: Sequence[StoredForm], found: FollowUp, words: Words
) -> pd.DataFrame:
    questions = [*(item.short[LANGUAGE] for item in instrument.items), "Total"]
    columns: dict[str, Sequence[str]] = {"Question": questions}
    for form in forms:
        heading = words.heading(form, found.infusion)
        while heading in columns:  # within one minute
            heading += " again"
        columns[heading] = words.column(instrument, form)
    return pd.DataFrame(columns)


def _review_form(found: FollowUp) -> None:
    shown = _Shown(secrets.token_hex(10), found)
    st.session_state[_SHOWN] = shown
    with st.form(shown.key("form")):
        st.selectbox(
            "What came of it",
            list(DISPOSITIONS),
            index=None,
            format_func=DISPOSITIONS.__getitem__,
            placeholder="Choose one",
            key=shown.key("disposition"),
        )
        st.text_area("Note (optional)", max_chars=LONGEST_NOTE, key=shown.key("note"), height=100)
        st.form_submit_button("Mark reviewed", type="primary", key=shown.key("send"))
