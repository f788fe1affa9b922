"""What staff enter on a patient's page: infusions and ratings."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor, Permission
from mindspa.domain.contacts import WaitingWish, Wish
from mindspa.domain.instruments import Instrument
from mindspa.domain.outcomes import Progress
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.services.ask_for_call import wish_met
from mindspa.services.book_infusion import book_infusion
from mindspa.services.record_infusion import record_end
from mindspa.services.record_rating import record_rating
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.ui import wish_asked
from mindspa.ui.local_time import short
from mindspa.ui.record_entry import (
    Press,
    expander,
    instant,
    key_of,
    show_versions,
    version_shown,
)

_UNPLANNED = ""  # among the infusions that await their record
_NOT_RECORDED = -1  # among the answers of a rating
_MINUTES = timedelta(minutes=5)


def pressed(patient_id: str) -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    presses = {
        "given_send": _given_pressed,
        "rate_send": _rate_pressed,
    }
    for button, read in presses.items():
        if st.session_state.get(key_of(patient_id, button)):
            return read(patient_id)
    return _wish_pressed(patient_id)


# What the patient asked for


def wishes(actor: Actor, progress: Progress, waiting: Sequence[WaitingWish]) -> None:
    key = partial(key_of, progress.patient.id)
    for one in waiting:
        wish_asked.say(one, f"on {short(one.asked_at, progress.zone)}")
        if actor.may(Permission.REVIEW_FOLLOW_UP):
            st.session_state[key("wish_seen_at")] = progress.now
            st.button(
                wish_asked.done(one.wish), key=key(f"{one.wish}_send"), icon=":material/check:"
            )


def _wish_pressed(patient_id: str) -> Press | None:
    key, state = partial(key_of, patient_id), st.session_state
    wish = next((wish for wish in Wish if state.get(key(f"{wish}_send"))), None)
    if wish is None:
        return None
    seen_at = state[key("wish_seen_at")]
    return Press(
        lambda work: wish_met(work, patient_id, wish, seen_at=seen_at), wish_asked.recorded(wish)
    )


# Infusions


def record_forms(actor: Actor, progress: Progress, ratings: Sequence[Instrument]) -> None:
    if not actor.may(Permission.RECORD_TREATMENT):
        return
    st.header("Record", anchor=False)
    infusions = expander(progress.patient.id, "Infusions", ":material/vaccines:")
    if infusions.open:
        with infusions:
            _infusion_forms(progress)
    rated = expander(progress.patient.id, "Ratings", ":material/fact_check:")
    if rated.open:
        with rated:
            _rating_form(progress, ratings)


def _infusion_forms(progress: Progress) -> None:
    key = partial(key_of, progress.patient.id)
    today = local(progress.now, progress.zone).date()
    open_ones = {
        infusion.id: f"Planned for {local(infusion.planned_at, progress.zone):%d %b %Y, %H:%M}"
        for infusion in progress.infusions
        if infusion.status in (InfusionStatus.PLANNED, InfusionStatus.STARTED)
    }
    show_versions(progress)
    with st.form(key("given")):
        st.markdown("**An infusion was given**")
        which = open_ones | {_UNPLANNED: "One that was not planned"}
        st.selectbox("Which", list(which), format_func=which.__getitem__, key=key("given_infusion"))
        st.date_input("Day", value=today, key=key("given_day"))
        times, amounts = st.columns(2), st.columns(2)
        times[0].time_input("Start", value=None, key=key("given_start"), step=_MINUTES)
        times[1].time_input("End", value=None, key=key("given_end"), step=_MINUTES)
        amounts[0].number_input("Dose (mg)", value=None, min_value=0.0, key=key("given_dose"))
        amounts[1].number_input("Weight (kg)", value=None, min_value=0.0, key=key("given_weight"))
        st.checkbox("The dose is right, if it is an unusual one", key=key("given_sure"))
        st.form_submit_button("Save infusion", key=key("given_send"))


def _given_pressed(patient_id: str) -> Press:
    key, state = partial(key_of, patient_id), st.session_state
    infusion_id, day = state[key("given_infusion")], state[key("given_day")]
    start, end = state[key("given_start")], state[key("given_end")]
    dose, weight = state[key("given_dose")], state[key("given_weight")]
    sure = state[key("given_sure")]
    version = 0 if infusion_id == _UNPLANNED else version_shown(patient_id, infusion_id)

    def act(work: UnitOfWork) -> Infusion:
        started_at, ended_at = instant(work, day, start), instant(work, day, end)
        which, seen = infusion_id, version
        if which == _UNPLANNED:
            booked = book_infusion(work, patient_id, planned_at=started_at)
            which, seen = booked.id, booked.version
        return record_end(
            work,
            which,
            version=seen,
            started_at=started_at,
            ended_at=ended_at,
            dose_mg=dose,
            weight_kg=weight,
            dose_confirmed=sure,
        )

    empty = dict.fromkeys(map(key, ("given_start", "given_end", "given_dose", "given_weight")))
    return Press(act, "The infusion is saved.", empty | {key("given_sure"): False})


# Ratings


def _rating_form(progress: Progress, ratings: Sequence[Instrument]) -> None:
    """The choice stands outside the form, because the fields follow from it."""
    key = partial(key_of, progress.patient.id)
    titles = {instrument.id: instrument.title["en"] for instrument in ratings}
    chosen_id = st.selectbox(
        "Rating", list(titles), format_func=titles.__getitem__, key=key("rate_instrument")
    )
    chosen = next(instrument for instrument in ratings if instrument.id == chosen_id)
    with st.form(key("rate")):
        fields = st.columns(3)
        today = local(progress.now, progress.zone).date()
        fields[0].date_input("Day of the rating", value=today, key=key("rate_day"))
        fields[1].time_input("Time", value=None, key=key("rate_time"), step=_MINUTES)
        if chosen.has_total:
            fields[2].number_input(
                f"Total ({chosen.minimum} to {chosen.maximum})",
                value=None,
                min_value=chosen.minimum,
                max_value=chosen.maximum,
                step=1,
                key=key(f"rate_total_{chosen.id}"),
            )
        for item in chosen.items:
            options = {_NOT_RECORDED: "Not recorded"}
            options |= {option.value: option.text["en"] for option in item.options}
            st.selectbox(
                item.text["en"],
                list(options),
                format_func=options.__getitem__,
                key=key(f"rate_item_{chosen.id}_{item.id}"),
            )
        st.form_submit_button("Save rating", key=key("rate_send"))
    st.session_state[key("rate_items")] = [item.id for item in chosen.items]


def _rate_pressed(patient_id: str) -> Press:
    key, state = partial(key_of, patient_id), st.session_state
    instrument = state[key("rate_instrument")]
    day, at = state[key("rate_day")], state[key("rate_time")]
    total_key = key(f"rate_total_{instrument}")
    items = {item: key(f"rate_item_{instrument}_{item}") for item in state[key("rate_items")]}
    answers = {item: state.get(item_key, _NOT_RECORDED) for item, item_key in items.items()}
    given = {item: value for item, value in answers.items() if value != _NOT_RECORDED}
    total = state.get(total_key)
    return Press(
        lambda work: record_rating(
            work,
            patient_id,
            instrument,
            rated_at=instant(work, day, at),
            total=total,
            answers=given,
        ),
        "The rating is saved.",
        {key("rate_time"): None, total_key: None, **dict.fromkeys(items.values(), _NOT_RECORDED)},
    )
