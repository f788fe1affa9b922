"""The clinic's protocol: what is in force, what could be chosen instead, and who signed what."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from mindspa.charts.made_up_plan import (
    called,
    made_up_plan_figure,
    plan_table,
    plan_words,
)
from mindspa.domain.access import Actor, Permission
from mindspa.domain.entered import LONGEST_NOTE
from mindspa.domain.made_up_plan import MadeUpPlan
from mindspa.domain.protocol_versions import Choices
from mindspa.services.put_protocol_in_force import put_protocol_in_force
from mindspa.services.view_protocol import ProtocolView
from mindspa.ui import figure, protocol_words
from mindspa.ui.local_time import short_day
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press

_DRAWN, _NOTE, _SIGN = (f"protocol_{name}" for name in ("drawn", "note", "sign"))

_NOT_ASKED = ""  # a picker with None in its list would offer to clear it


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the fields were drawn for."""

    number: int
    points: tuple[str, ...]
    languages: tuple[str, ...]  # in force: chosen where there is no field to choose


def pressed() -> Press | None:
    """Read before anything is drawn. What is signed is what the fields hold, of the version that
    they were drawn for."""
    state = st.session_state
    drawn: _Drawn | None = state.get(_DRAWN)
    if not state.get(_SIGN) or drawn is None:
        return None
    choices, note = _chosen(drawn), state.get(_NOTE) or ""
    return Press(
        lambda work: put_protocol_in_force(work, choices, replaces=drawn.number, note=note),
        f"Version {drawn.number + 1} is in force for check-ins planned from now on.",
        {_NOTE: ""},
    )


def in_force(view: ProtocolView) -> None:
    st.header(f"In force: version {view.protocol.number}", anchor=False)
    if view.history:
        last = view.history[-1]
        st.markdown(
            f"Signed by {plain(last.signed_by_name)} on {short_day(last.signed_at, view.zone)}."
        )
    elif view.protocol.reviewed_by:
        st.markdown(f"As shipped, signed by {plain(view.protocol.reviewed_by)}.")
    else:
        st.markdown("As shipped. No clinician has signed it yet.")
    facts = protocol_words.of_choices(view.choices, view)
    st.markdown("\n".join(f"- {plain(fact)}" for fact in facts))
    st.caption(plain(protocol_words.keeping(view)))


def fields(view: ProtocolView) -> Choices:
    """What they hold."""
    st.header("Adapt it", anchor=False)
    number, now = view.protocol.number, view.choices
    drawn = st.session_state[_DRAWN] = _Drawn(number, view.points, now.languages)
    st.markdown("**Short check-ins after an infusion**")
    with st.container(horizontal=True):
        for code in view.points:
            st.checkbox(called(code), value=code in now.follow_up, key=_key(code, number))
    standard = [_NOT_ASKED, *view.points]
    st.selectbox(
        f"{' and '.join(view.standard)} after an infusion",
        standard,
        index=standard.index(now.standard_at or _NOT_ASKED),
        format_func=lambda code: f"With the {called(code)} one" if code else "Not asked",
        key=_key("standard", number),
    )
    days = list(view.weekly_days)
    st.selectbox(
        "Weekly questionnaires",
        days,
        index=days.index(now.weekly_day),
        format_func=lambda day: protocol_words.weekly(day).capitalize(),
        key=_key("weekly", number),
    )
    # Beside the days in the list it would be cut off on a phone.
    st.caption("Day 7 is the weekday of the first infusion.")
    if len(view.languages) > 1:
        st.multiselect(
            "Languages offered to patients",
            view.languages,
            default=now.languages,
            format_func=lambda each: protocol_words.LANGUAGES.get(each, each),
            key=_key("languages", number),
        )
    else:
        st.caption("Every questionnaire exists in English, and in no other language yet.")
    return _chosen(drawn)


def plan(shown: MadeUpPlan, view: ProtocolView) -> None:
    st.header("The plan of a made-up patient", anchor=False)
    words = plan_words(shown)
    st.markdown(
        plain(f"Six infusions of an hour, on Monday, Wednesday and Friday at ten. {words}")
        if len(shown.infusions) == 6
        else plain(words)
    )
    figure.draw(
        made_up_plan_figure(shown, theme=figure.theme()),
        alt=f"{words} The table below holds every check-in.",
    )
    st.caption(
        "A line: when it is open. A mark: when the answer is wanted; a diamond where something "
        "differs, hollow where it is no longer asked."
    )
    with st.expander("The same as a table"):
        st.table(
            plan_table(shown, dict(view.form_names)),
            hide_index=True,
            alt="Check-ins of the made-up patient",
        )


def sign(actor: Actor, view: ProtocolView, choices: Choices) -> None:
    if choices == view.choices and view.protocol.reviewed_by:
        st.caption("Nothing is chosen that is not in force already.")
        return
    if not actor.may(Permission.SIGN_PROTOCOL):
        st.info(
            "A clinician puts this in force: they choose the same on this page and sign it.",
            icon=":material/signature:",
        )
        return
    with st.form("protocol_signing", border=False):
        st.text_area("Reason", max_chars=LONGEST_NOTE, height=80, key=_NOTE)
        st.form_submit_button(
            f"Sign and put version {view.protocol.number + 1} in force", type="primary", key=_SIGN
        )


def history(view: ProtocolView) -> None:
    st.header("Versions", anchor=False)
    signed = [
        {
            "Version": str(version.number),
            "Signed by": plain(version.signed_by_name),
            "On": short_day(version.signed_at, view.zone),
            "What it asks": plain("; ".join(protocol_words.of_choices(version.choices, view))),
            "Reason": plain(version.note),
        }
        for version in reversed(view.history)
    ]
    first = {"Version": "1", "Signed by": "", "On": "", "What it asks": "As shipped", "Reason": ""}
    st.table([*signed, first], hide_index=True, alt="Versions of the protocol")


def _chosen(drawn: _Drawn) -> Choices:
    """As the browser sends it: the service says what can be."""
    state: Any = st.session_state
    key = partial(_key, number=drawn.number)
    return Choices(
        tuple(code for code in drawn.points if state.get(key(code))),
        state.get(key("standard")) or None,
        state.get(key("weekly")),
        tuple(state.get(key("languages"), drawn.languages)),
    )


def _key(field: str, number: int) -> str:
    """By version: the fields of a new one begin with what is in force then."""
    return f"protocol_{field}:{number}"
