"""Other treatment that a patient tells the clinic of: a short form, and what stands so far."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from mindspa.domain.adjuncts import LONGEST_RHYTHM, Adjunct, Entry, Kind
from mindspa.domain.entered import LONGEST_LINE
from mindspa.services.record_adjunct import end_adjunct, tell_adjunct, withdraw_adjunct
from mindspa.services.view_plan import OwnPlan
from mindspa.ui.adjunct_forms import day_input
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press

KINDS = {
    Kind.MEDICATION: "A change of medicine",
    Kind.TALK_THERAPY: "Talk therapy",
    Kind.TMS: "Magnetic stimulation (TMS)",
    Kind.HBOT: "Oxygen in a pressure chamber (HBOT)",
}
TOLD_BY_MISTAKE = "Told by mistake."
_KIND, _NAME, _SINCE, _RHYTHM, _UNTIL = (
    f"own_adjunct.{field}" for field in ("kind", "name", "from", "rhythm", "until")
)
_WHICH = "own_adjunct.which"
_TELL, _END, _MISTAKE = "own_adjunct.tell", "own_adjunct.end", "own_adjunct.mistake"


def pressed() -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    state = st.session_state
    if state.get(_TELL):
        entry = Entry(state[_KIND], state[_NAME], state[_SINCE], state[_RHYTHM], state[_UNTIL])
        empty = {_KIND: None, _NAME: "", _SINCE: None, _RHYTHM: "", _UNTIL: None}
        return Press(lambda work: tell_adjunct(work, entry), "The clinic knows it now.", empty)
    if state.get(_END):
        which = state[_WHICH]
        last = state.get(_last_day_of(which))
        return Press(lambda work: end_adjunct(work, which, last), "Its last day is saved.")
    if state.get(_MISTAKE):
        which = state[_WHICH]
        return Press(
            lambda work: withdraw_adjunct(work, which, reason=TOLD_BY_MISTAKE), "It is taken back."
        )
    return None


def draw(plan: OwnPlan) -> None:
    opened = st.expander(
        "Other treatment", icon=":material/medication:", key="own_adjunct", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        st.text(
            "Tell us what you receive beside your infusions, and when a medicine was changed. Your "
            "care team reads it when the clinic is open."
        )
        if plan.adjuncts:
            st.table([_row(adjunct) for adjunct in reversed(plan.adjuncts)])
        _form()
        if own := [adjunct for adjunct in plan.adjuncts if adjunct.told_by_patient]:
            _change(own)


def _row(adjunct: Adjunct) -> dict[str, str]:
    when = _spoken(adjunct.started_on)
    if not adjunct.once:
        until = f"until {_spoken(adjunct.ended_on)}" if adjunct.ended_on else "goes on"
        when = f"{plain(adjunct.how_often or '')}, from {when}, {until}"
    return {
        "What": f"{KINDS[adjunct.kind]}: {plain(adjunct.name)}",
        "When": when,
        "From": "you" if adjunct.told_by_patient else "the clinic",
    }


def _form() -> None:
    with st.form("own_adjunct.form"):
        st.selectbox(
            "Kind",
            list(KINDS),
            index=None,
            format_func=KINDS.__getitem__,
            placeholder="Choose one",
            key=_KIND,
        )
        st.text_input(
            "What it is",
            max_chars=LONGEST_LINE,
            placeholder="such as sertraline 50 → 100 mg",
            key=_NAME,
        )
        st.text_input(
            "How often (empty: once)",
            max_chars=LONGEST_RHYTHM,
            placeholder="such as once a week",
            key=_RHYTHM,
        )
        day_input("On, or from", _SINCE)
        day_input("Until (empty: goes on)", _UNTIL)
        st.form_submit_button("Tell the clinic", key=_TELL, type="primary", width="stretch")


def _change(own: Sequence[Adjunct]) -> None:
    st.subheader("Change what you told us", anchor=False)
    names = {a.id: f"{KINDS[a.kind]}: {a.name}, {_spoken(a.started_on)}" for a in reversed(own)}
    if st.session_state.get(_WHICH) not in names:
        st.session_state[_WHICH] = next(iter(names))
    chosen = st.selectbox("Which", list(names), format_func=names.__getitem__, key=_WHICH)
    if not next(a for a in own if a.id == chosen).once:
        day_input("Its last day", _last_day_of(chosen))
        st.button("Save its last day", key=_END, width="stretch")
    st.button("I told it by mistake", key=_MISTAKE, width="stretch")


def _last_day_of(adjunct_id: str) -> str:
    """A field of its own: what was typed for one never shows for another."""
    return f"own_adjunct.last:{adjunct_id}"


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
