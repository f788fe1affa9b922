"""What the forms of staff have in common: their fields, their presses, their clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from mindspa.domain.access import Actor
from mindspa.domain.errors import InvalidInput
from mindspa.domain.outcomes import Progress
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import notices, session


@dataclass(frozen=True, slots=True)
class Press:
    """What a press asks for. `cleared` are the fields that are emptied once it is stored."""

    act: Callable[[UnitOfWork], object]
    saved: str
    cleared: Mapping[str, object] = field(default_factory=dict)


def carry_out(actor: Actor, press: Press | None) -> None:
    """In one unit of work; None where nothing was pressed."""
    if press is None:
        return
    with session.unit_of_work(actor) as work:
        press.act(work)
    say_saved(press)


def say_saved(press: Press) -> None:
    for key, empty in press.cleared.items():
        st.session_state[key] = empty
    notices.saved(press.saved)


def key_of(patient_id: str, field: str) -> str:
    """Of a field in session state: what is typed for one patient never shows for another."""
    return f"{field}:{patient_id}"


def expander(patient_id: str, title: str, icon: str) -> ExpanderContainer:
    """Its key keeps it open when a sentence appears above it."""
    return st.expander(title, icon=icon, key=key_of(patient_id, title), on_change="rerun")


def show_versions(progress: Progress) -> None:
    """What is on the screen: a newer version is not overwritten by somebody who has not seen it."""
    versions = {infusion.id: infusion.version for infusion in progress.infusions}
    st.session_state[key_of(progress.patient.id, "versions")] = versions


def version_shown(patient_id: str, infusion_id: str) -> int:
    """What is chosen is one of the list in the browser only."""
    shown: Mapping[str, int] = st.session_state[key_of(patient_id, "versions")]
    if infusion_id not in shown:
        raise InvalidInput("That infusion is not on this page. Choose one in the list.")
    return shown[infusion_id]


def instant(work: UnitOfWork, day: date | None, at: time | None) -> datetime:
    """A time on the clinic's clock."""
    if day is None or at is None:
        raise InvalidInput("Give the day and the time.")
    return datetime.combine(day, at, tzinfo=ZoneInfo(work.clinic.zone))
