"""A patient's plan: the next infusion in words, then what is ahead as tables."""

from datetime import datetime

import streamlit as st

from mindspa.domain.definitions import Definitions
from mindspa.domain.due import wanted_at
from mindspa.domain.schedule import PULSE, Occasion
from mindspa.domain.treatment import InfusionStatus, PatientStatus
from mindspa.services.view_plan import OwnPlan
from mindspa.ui import download_link, own_adjuncts
from mindspa.ui.local_time import spoken

MOST_CHECK_INS = 12  # further ahead nobody plans their day by them


def draw(plan: OwnPlan, definitions: Definitions) -> None:
    st.text(_in_words(plan))
    if plan.patient.status is not PatientStatus.ACTIVE:
        st.info(
            "No check-ins are planned for you now. You can tell us how you are at any time, on "
            "Today.",
            icon=":material/pause_circle:",
        )
    if plan.infusions:
        st.header("Infusions", anchor=False)
        st.table([{"When": _when(plan, i.starts_at)} for i in plan.infusions])
    if plan.check_ins:
        st.header("Check-ins", anchor=False)
        shown = plan.check_ins[:MOST_CHECK_INS]
        st.table([_check_in(plan, occasion, definitions) for occasion in shown])
        if more := len(plan.check_ins) - len(shown):
            st.caption(f"{more} more later.")
    if plan.infusions or plan.check_ins:
        st.caption(f"Times are those of {plan.zone.replace('_', ' ')}.")
        download_link.own_calendar()
        st.caption(
            "Your calendar shows appointments and check-ins, and not what they are about. When "
            "something has moved, download it again: what is there already moves with it."
        )
    own_adjuncts.draw(plan)


def _in_words(plan: OwnPlan) -> str:
    under_way = [i for i in plan.infusions if i.status is InfusionStatus.STARTED]
    ahead = [i for i in plan.infusions if i.starts_at > plan.now]
    if under_way:
        return "Your infusion is under way."
    if not ahead:
        return "No infusion is planned for you now. The clinic plans the next one with you."
    first = f"Your next infusion is {_when(plan, ahead[0].starts_at)}."
    if more := len(ahead) - 1:
        first += f" {more} more {'is' if more == 1 else 'are'} planned after it."
    return first


def _check_in(plan: OwnPlan, occasion: Occasion, definitions: Definitions) -> dict[str, str]:
    is_open = occasion.opens_at <= plan.now
    return {
        "When": "now" if is_open else _when(plan, wanted_at(occasion)),
        "Open until": _when(plan, occasion.closes_at),
        "What": " and ".join(_name(form, definitions) for form in occasion.forms),
    }


def _name(form: str, definitions: Definitions) -> str:
    if form == PULSE:
        return "Short check-in"
    return definitions.instruments[form].short_name["en"]


def _when(plan: OwnPlan, at: datetime) -> str:
    return spoken(at, plan.zone, now=plan.now)
