"""The list of alerts: who is on duty, what is open in order of need, and the clinic's figures."""

from collections.abc import Sequence

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.alert_figures import Month, Span
from mindspa.services.view_alerts import CLOSED_FOR, AlertList, ListedAlert
from mindspa.ui.alert_words import URGENCY, AlertWords, length, outcome
from mindspa.ui.menu import path_of
from mindspa.ui.patient_name import listed_name
from mindspa.ui.picked_table import PickedTable, names_apart
from mindspa.ui.plain_text import plain
from mindspa.ui.window import on_a_phone

# An alert is chosen by the id of its case.
TABLE = PickedTable("alerts")

_WHICH = "alerts_which"
_OPEN, _CLOSED = "Open", f"Closed, of the last {CLOSED_FOR.days} days"
_HISTORIC = "From old answers"


def shows_closed() -> bool:
    return st.session_state.get(_WHICH) == _CLOSED


def shows_historic() -> bool:
    return st.session_state.get(_WHICH) == _HISTORIC


def choose(actor: Actor, listed: AlertList, words: AlertWords) -> None:
    """Which list is shown."""
    _say_who_is_there(actor, listed, words)
    st.radio("Show", [_OPEN, _CLOSED, _HISTORIC], horizontal=True, key=_WHICH)


def draw(listed: AlertList, words: AlertWords) -> None:
    if not listed.listed:
        st.info(
            f"No alert of the last {CLOSED_FOR.days} days is closed."
            if listed.closed
            else "No alert is open. One appears here as soon as an answer raises it, whether or "
            "not the form is finished.",
            icon=":material/task_alt:",
        )
        return
    names = names_apart(
        {one.case.id: f"{listed_name(one.patient)}: {_raised(one, words)}" for one in listed.listed}
    )
    narrow = on_a_phone()
    TABLE.draw(
        pa.table(_columns(listed, words)),
        names,
        picker="Open an alert",
        placeholder="Choose an alert, or tick its row below",
        columns={
            "Patient": st.column_config.TextColumn(pinned=True, width=115 if narrow else 165),
            "Urgency": st.column_config.TextColumn(width=85),
            "Act by": st.column_config.TextColumn(width=190),
            "Because": st.column_config.TextColumn(width=330),
        },
        alt="Alerts by need. The list above opens one by keyboard.",
    )


def figures(months: Sequence[Month]) -> None:
    opened = st.expander("How quickly, and what came of it", icon=":material/monitoring:")
    with opened:
        if not months:
            st.caption("No alert was raised in the last year.")
            return
        if on_a_phone():  # as a table it would not fit
            st.markdown("\n".join(f"- {plain(_in_words(month))}" for month in months))
        else:
            st.table(
                [_row(month) for month in months],
                hide_index=True,
                alt="Alerts by the month in which they were raised, the newest first",
            )
        st.caption(
            "Median and longest time from being raised. An alert that nobody took, or that is "
            "open, has no such time yet: it is in the count of those raised, and in no median."
        )


def _row(month: Month) -> dict[str, str]:
    return {
        "Month": f"{month.year}-{month.month:02}",
        "Raised": str(month.raised),
        "Closed": f"{month.closed} of {month.raised}",
        "Until somebody took it": _span(month.to_own, month.raised),
        "Until it was closed": _span(month.to_close, month.raised),
        "What came of it": _outcomes(month),
    }


def _in_words(month: Month) -> str:
    cells = list(_row(month).items())
    return "; ".join(
        [cells[0][1], *(f"{name.lower()}: {said}" for name, said in cells[1:] if said)]
    )


def _say_who_is_there(actor: Actor, listed: AlertList, words: AlertWords) -> None:
    if listed.on_duty:
        then = "".join(f", then {plain(name)}" for name in listed.on_duty[1:])
        st.caption(f"On duty now: {plain(listed.on_duty[0])}{then}. Times in {listed.zone}.")
        return
    opens = f" The clinic opens {words.when(listed.opens_at)}." if listed.opens_at else ""
    if listed.has_rota:
        text = f"Nobody is on duty now.{opens}"
    else:
        text = "Nobody is on the rota: an alert has nobody whose turn it is."
    st.warning(text, icon=":material/person_off:")
    if actor.may(Permission.PLAN_DUTY):
        st.page_link(path_of("duty"), label="Hours and rota", icon=":material/calendar_clock:")


def _columns(listed: AlertList, words: AlertWords) -> dict[str, list[str]]:
    rows = listed.listed
    columns = {
        "Patient": [listed_name(one.patient) for one in rows],
        "Urgency": [URGENCY[one.case.tier] for one in rows],
    }
    if listed.closed:
        columns |= {
            "What came of it": [outcome(one.case.outcome or "") for one in rows],
            "Closed": [words.when(one.case.closed_at or words.now) for one in rows],
            "By": [one.case.closed_by_name or "" for one in rows],
        }
    else:
        columns |= {
            "Act by": [words.due(one.case) for one in rows],
            "Whose it is": [words.state(one.case) for one in rows],
        }
    return columns | {
        "Because": [words.reasons(one) for one in rows],
        "Raised": [words.when(one.case.opened_at) for one in rows],
    }


def _raised(one: ListedAlert, words: AlertWords) -> str:
    return f"raised {words.when(one.case.opened_at)}"


def _outcomes(month: Month) -> str:
    return "; ".join(
        f"{outcome(name)} {count} of {month.closed}" for name, count in month.outcomes.items()
    )


def _span(span: Span, of: int) -> str:
    if span.median is None or span.longest is None:
        return f"0 of {of}"
    return f"{length(span.median)}, longest {length(span.longest)} ({span.count} of {of})"
