"""Hours and rota: five tables that are edited in place, and when nobody will be on duty."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
import streamlit as st

from mindspa.domain.duty import Hole, Holiday, OpenHours, Shift
from mindspa.services.plan_duty import write_duty
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_duty import LOOKED_AHEAD, DutyView
from mindspa.ui import session
from mindspa.ui.alert_words import length
from mindspa.ui.duty_rows import Row, edited, plan_of
from mindspa.ui.local_time import short, spoken
from mindspa.ui.picked_table import names_apart
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press

_DRAWN, _SAVE = "duty_drawn", "duty_save"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the tables began with, by their name, and the plan that they were drawn for."""

    number: int
    rows: Mapping[str, Sequence[Row]]


def pressed() -> Press | None:
    """Read before anything is drawn. What is saved is what the tables hold."""
    drawn: _Drawn | None = st.session_state.get(_DRAWN)
    if drawn is None or not st.session_state.get(_SAVE):
        return None
    state = {name: st.session_state.get(_key(name, drawn.number)) for name in _TABLES}

    def act(work: UnitOfWork) -> object:
        rows = {name: edited(drawn.rows[name], state[name] or {}) for name in _TABLES}
        return write_duty(work, plan_of(rows), replaces=drawn.number)

    return Press(act, "Hours and rota are saved.")


def draw(view: DutyView) -> None:
    if view.help_lines:
        st.warning(
            plain(
                f"The help lines that patients are shown were checked on "
                f"{view.help_lines.checked_on.isoformat()}, too long ago. Call each of them, and "
                "have whoever runs this server correct data/crisis.toml and set checked_on."
            ),
            icon=":material/support:",
        )
    _say_holes(view)
    _say_unreachable(view)
    plan = view.plan
    rows: dict[str, Sequence[Row]] = {
        "hours": [_row(each) for each in plan.hours],
        "weekly": [_row(each) for each in plan.shifts if each.day is None],
        "dated": [_row(each) for each in plan.shifts if each.day is not None],
        "holidays": [_row(each) for each in plan.holidays],
        "steps": [{"step": step} for step in plan.unreached_steps],
    }
    st.session_state[_DRAWN] = _Drawn(plan.number, rows)
    people = names_apart({c.id: c.name for c in view.colleagues} | dict(view.former))
    for name, table in _TABLES.items():
        st.header(table.title, anchor=False)
        st.caption(table.words)
        columns = table.columns(people)
        st.data_editor(
            pd.DataFrame(list(rows[name]), columns=list(columns)),
            key=_key(name, plan.number),
            num_rows="dynamic",
            hide_index=True,
            width="stretch",
            column_config=columns,
        )
    # A cell that is left reaches the server a moment later: a press in between saves without it.
    if any(any(st.session_state[_key(name, plan.number)].values()) for name in _TABLES):
        st.warning("Changes above are not saved yet.", icon=":material/edit:")
    st.button("Save hours and rota", type="primary", key=_SAVE)
    if plan.written_at:
        st.caption(
            plain(f"Last saved {short(plan.written_at, view.zone)} by {plan.written_by_name}.")
        )


def _say_holes(view: DutyView) -> None:
    if not view.plan.shifts:
        st.warning(
            "Nobody is on the rota. An alert is then told to everybody who may assess risk, and "
            "it is nobody's turn. Write down who is first, and who is asked when they do not act.",
            icon=":material/person_off:",
        )
        return
    while_open = [hole for hole in view.holes if hole.is_open]
    if while_open:
        st.warning(
            f"Nobody is on duty while the clinic is open, in the next {LOOKED_AHEAD.days} days: "
            + "; ".join(_hole(hole, view) for hole in while_open[:5])
            + (" and more." if len(while_open) > 5 else "."),
            icon=":material/person_off:",
        )
    else:
        st.success(
            "Somebody is on duty in every open hour of the next "
            f"{LOOKED_AHEAD.days} days. Times in {view.zone}.",
            icon=":material/task_alt:",
        )
    if any(not hole.is_open for hole in view.holes):
        st.caption(
            "Outside the opening hours nobody is on call at times: what is raised then is due in "
            "the first hour that somebody is there."
        )


def _say_unreachable(view: DutyView) -> None:
    if not session.channels():
        st.warning(
            "This server sends no messages, so nobody is told of an alert who does not look at "
            "these pages. Whoever runs it sets MINDSPA_SMTP_URL.",
            icon=":material/unsubscribe:",
        )
    elif view.unreachable:
        st.warning(
            plain(
                f"No notice reaches {', '.join(view.unreachable)}: they have given no address that "
                "this server sends to. Each writes their own on the page Account."
            ),
            icon=":material/unsubscribe:",
        )


def _hole(hole: Hole, view: DutyView) -> str:
    begins = spoken(hole.period.begins, view.zone, now=view.now)
    return f"{begins}, for {length(hole.period.ends - hole.period.begins)}"


# The tables


@dataclass(frozen=True, slots=True)
class _Table:
    title: str
    words: str
    columns: Callable[[Mapping[str, str]], dict[str, Any]]


def _weekday() -> Any:
    return st.column_config.SelectboxColumn(
        "Weekday",
        options=list(range(7)),
        format_func=lambda day: WEEKDAYS[int(day)],
        required=True,
    )


def _time(label: str) -> Any:
    return st.column_config.TimeColumn(label, format="HH:mm", step=60, required=True)


def _person(label: str, people: Mapping[str, str], *, required: bool) -> Any:
    return st.column_config.SelectboxColumn(
        label,
        options=list(people),
        format_func=lambda person: people.get(str(person), str(person)),
        required=required,
    )


def _shift_columns(people: Mapping[str, str]) -> dict[str, Any]:
    return {
        "begins": _time("From"),
        "ends": _time("To"),
        "first": _person("First", people, required=True),
        "second": _person("Second", people, required=False),
    }


_TABLES = {
    "hours": _Table(
        "Opening hours",
        "When somebody is in the clinic who can act on an alert. A closing time that is not after "
        "the opening is on the next day.",
        lambda people: {
            "weekday": _weekday(),
            "opens": _time("Opens"),
            "closes": _time("Closes"),
        },
    ),
    "weekly": _Table(
        "Rota of the week",
        "Who is told first, and who is asked when the first does not act in time. A shift outside "
        "the opening hours is on call.",
        lambda people: {
            "weekday": _weekday(),
            **_shift_columns(people),
            "on_holidays": st.column_config.CheckboxColumn("On holidays too", default=False),
        },
    ),
    "dated": _Table(
        "Single days",
        "Goes before the rota of the week on that day.",
        lambda people: {
            "day": st.column_config.DateColumn("Day", required=True),
            **_shift_columns(people),
        },
    ),
    "holidays": _Table(
        "Holidays",
        "The clinic is closed all day.",
        lambda people: {
            "day": st.column_config.DateColumn("Day", required=True),
            "name": st.column_config.TextColumn("Name", max_chars=100, required=True),
        },
    ),
    "steps": _Table(
        "When a patient cannot be reached",
        "What is done before an alert may be closed although the patient was not reached. Without "
        "a step here it stays open until they are.",
        lambda people: {"step": st.column_config.TextColumn("Step", max_chars=100, required=True)},
    ),
}


def _row(value: OpenHours | Shift | Holiday) -> Row:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _key(name: str, number: int) -> str:
    """By plan: the tables of a new one begin with what is in force then."""
    return f"duty_{name}:{number}"
