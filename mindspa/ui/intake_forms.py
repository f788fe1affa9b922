"""The new-patient forms: each entry is saved as it is made, in a fragment a section.

What a tab last drew is remembered in its session state. An entry is saved only where this tab's own
widget differs from that; a newer one from elsewhere is drawn and never overwritten.
"""

from contextvars import ContextVar
from typing import Any

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.errors import MindSpaError, Stale
from mindspa.domain.intake import (
    CHOICES,
    Field,
    Kind,
    Section,
    Status,
    Value,
    all_fields,
    checked,
    trial_fields,
    trials,
)
from mindspa.services.answer_intake import IntakeSheet, save_entry, show_intake, values_of
from mindspa.ui import help_panel, notices, session, text_presses
from mindspa.ui.local_time import spoken
from mindspa.ui.plain_text import plain

HAND_IN = "intake.hand_in"
_DRAWN = "intake.drawn"  # by field: the value that this tab shows, and its revision
_REFUSED = "intake.refused"  # fields whose entry could not be saved
_UNANSWERED: dict[Kind, Value | None] = {
    Kind.TICK: False,
    Kind.CHOICE: None,
    Kind.ONE_OF: None,
    Kind.CONSENT: False,
    Kind.NUMBER: None,
}

# What the page has just loaded, while it draws; a fragment's own run loads for itself.
_loaded: ContextVar[IntakeSheet | None] = ContextVar("loaded", default=None)


def pressed() -> bool:
    return text_presses.pressed(HAND_IN) is not None


def save_changes(actor: Actor) -> None:
    """Saves what was changed in this tab since it was last drawn, each in its own unit of work.
    What is refused stays as it was typed, and keeps nothing else from being saved; the first
    reason is raised."""
    drawn: dict[str, tuple[Any, int]] = st.session_state.get(_DRAWN, {})
    refused: dict[str, MindSpaError] = {}
    stale = False
    for field_id, (shown, revision) in list(drawn.items()):
        typed = st.session_state.get(_key(field_id), shown)
        if typed == shown:
            continue
        try:
            with session.unit_of_work(actor) as work:
                field = all_fields(work.definitions.intake)[field_id]
                given = _given(field, typed)
                stands = save_entry(work, field_id, given, replaces=revision)
            stale |= stands.value != checked(field, given)
        except MindSpaError as error:
            refused[field_id] = error
    st.session_state[_REFUSED] = set(refused)
    if refused:
        raise next(iter(refused.values()))
    if stale:
        raise Stale(
            "This was answered in another window meanwhile. What you see now is that answer. "
            "Change it if it is not right."
        )


def draw(sheet: IntakeSheet) -> None:
    """Its sections while it is open; else what has become of it."""
    if not sheet.intake.open:
        _draw_closed(sheet)
        return
    if sheet.intake.status is Status.MORE_NEEDED:
        st.warning(
            "The clinic asks you to look at this again. "
            f"They wrote: {plain(sheet.intake.reviews[-1].reason)}",
            icon=":material/rate_review:",
        )
    st.text("Everything is saved as you enter it. You can stop, and go on later.")
    before = _loaded.set(sheet)
    try:
        for section in sheet.rules.sections:
            _section(section.id)
    finally:
        _loaded.reset(before)
    st.button("Hand in", key=HAND_IN, type="primary", width="stretch")
    st.caption("A clinician of the clinic reads it, and tells you whether they can treat you.")


def _draw_closed(sheet: IntakeSheet) -> None:
    if sheet.intake.status is Status.TO_REVIEW:
        handed = spoken(sheet.intake.hand_ins[-1].at, sheet.zone, now=sheet.now)
        st.success(
            f"Handed in {handed}. The clinic reads it and tells you what comes next.",
            icon=":material/check_circle:",
        )
    else:
        st.info("The clinic has read your forms. Ask them if something has changed.")


@st.fragment
def _section(section_id: str) -> None:
    actor = session.require(Permission.CHECK_IN)
    if _loaded.get() is None:
        text_presses.hand_on(HAND_IN)
        with notices.errors_shown(go_on=True):
            save_changes(actor)
    sheet = _sheet(actor)
    section = next(s for s in sheet.rules.sections if s.id == section_id)
    st.header(section.title, anchor=False)
    if section.intro:
        st.text(section.intro)
    if section.fields:
        for field in section.fields:
            _field(sheet, field)
        if _alarming(sheet, section):
            help_panel.draw(sheet.help)
    else:
        _trials(sheet)


def _sheet(actor: Actor) -> IntakeSheet:
    if sheet := _loaded.get():
        return sheet
    with notices.errors_shown(), session.reading(actor) as work:
        sheet = show_intake(work)
    if not sheet.intake.open:
        st.rerun(scope="app")
    return sheet


def _alarming(sheet: IntakeSheet, section: Section) -> bool:
    return any(field.safety and sheet.intake.values.get(field.id) for field in section.fields)


def _trials(sheet: IntakeSheet) -> None:
    """Those that were told, and one more."""
    rules = sheet.rules.trials
    told = len(trials(rules, sheet.intake.values))
    for number in range(1, min(told + 1, rules.most) + 1):
        with st.container(border=True):
            for field in trial_fields(rules, number):
                _field(sheet, field)


def _field(sheet: IntakeSheet, field: Field) -> None:
    """A widget with what stands in it: after a reload, or what another tab has entered."""
    value, revision = values_of(sheet.intake, field.id)
    shown, key = _shown(field, value), _key(field.id)
    if field.id not in st.session_state.get(_REFUSED, ()):
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
        st.session_state.setdefault(_DRAWN, {})[field.id] = (shown, revision)
    match field.kind:
        case Kind.TICK | Kind.CONSENT:
            st.checkbox(field.label, key=key, width="stretch")
        case Kind.CHOICE | Kind.ONE_OF:
            words = CHOICES if field.kind is Kind.CHOICE else field.options or {}
            st.radio(field.label, list(words), index=None, format_func=words.__getitem__, key=key)
        case Kind.NUMBER:
            st.number_input(field.label, value=None, min_value=0, max_value=2000, step=1, key=key)
        case Kind.LINES:
            st.text_area(field.label, key=key, max_chars=2000)
        case Kind.TEXT | Kind.PHONE:
            st.text_input(field.label, key=key, max_chars=200)


def _shown(field: Field, value: Value | None) -> Value | None:
    """What the widget holds for a stored value; a consent to another version is no consent."""
    if field.kind is Kind.CONSENT:
        return value == field.version
    if value is None or (value == "" and field.kind in _UNANSWERED):
        return _UNANSWERED.get(field.kind, "")
    return value


def _given(field: Field, shown: Any) -> Value:
    """The stored value for what the widget holds."""
    if field.kind is Kind.CONSENT:
        return field.version if shown else ""
    return "" if shown is None else shown


def _key(field_id: str) -> str:
    return f"intake:{field_id}"
