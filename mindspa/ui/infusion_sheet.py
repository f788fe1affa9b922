"""The sheet of one infusion, for a tablet in the room: what comes next stands first."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.definitions import Definitions
from mindspa.domain.infusion_sheet import (
    Checklist,
    boxes,
    minutes,
    newest,
    standing,
)
from mindspa.domain.intake import Status
from mindspa.domain.safety import Tier
from mindspa.domain.treatment import InfusionStatus
from mindspa.services.review_intake import STATUSES
from mindspa.services.session_summary import (
    SEVERITIES,
    clock,
    day_and_clock,
    effect_row,
    summary,
    written,
)
from mindspa.services.view_infusion_day import InfusionSheet
from mindspa.ui import download_link, infusion_correction, menu, notices, session, vitals_shown
from mindspa.ui.course_review_form import dose_of, due_words
from mindspa.ui.follow_up_words import TIERS
from mindspa.ui.infusion_list import STATUS
from mindspa.ui.infusion_presses import SHOWN, Shown, key_of
from mindspa.ui.plain_text import plain

_LOCK = "sheet_lock"


def lock_pressed() -> bool:
    return bool(st.session_state.get(_LOCK))


def draw(actor: Actor, sheet: InfusionSheet, definitions: Definitions) -> None:
    infusion = sheet.infusion
    st.session_state[SHOWN] = Shown(
        infusion,
        tuple(sheet.rules.vitals),
        boxes(sheet.rules, sheet.ticks),
    )
    st.title(plain(sheet.patient.name), anchor=False)
    st.button("Lock", key=_LOCK, icon=":material/lock:")
    _as_time_goes(sheet)
    _alerts(sheet)
    _review(sheet)
    if infusion.status is InfusionStatus.CANCELLED:
        st.info("This infusion was cancelled.", icon=":material/event_busy:")
        infusion_correction.draw(actor, sheet)
        return
    _what_comes_next(sheet)
    infusion_correction.draw(actor, sheet)
    with st.expander(
        "Before the infusion",
        icon=":material/checklist:",
        expanded=infusion.status is InfusionStatus.PLANNED,
    ):
        _readiness(sheet, definitions)
    _vitals(sheet)
    with st.expander(
        "Side effects", icon=":material/sick:", expanded=infusion.started_at is not None
    ):
        _side_effects(sheet)
    with st.expander("Notes", icon=":material/edit_note:", expanded=bool(sheet.notes)):
        _notes(sheet)
    with st.expander(
        "Before the patient leaves",
        icon=":material/directions_walk:",
        expanded=infusion.ended_at is not None,
    ):
        _leaving(sheet)
    if infusion.ended_at is not None:
        with st.expander("Summary for the clinic's record", icon=":material/content_copy:"):
            st.code("\n".join(summary(sheet)), language=None, wrap_lines=True)
            download_link.summary_of(infusion.id)


# What stands at the top


@st.fragment(run_every="30s")
def _as_time_goes(sheet: InfusionSheet) -> None:
    """Also while nobody touches the tablet, which keeps nobody signed in."""
    session.require(Permission.RECORD_TREATMENT, activity=False)
    if member := session.signed_in(activity=False):  # a page in another tab may have taken it back
        session.lock_when_idle(member, wanted=True)
    now = session.now()
    st.markdown(" · ".join(_facts(sheet, now)))
    if due := sheet.next_reading_at:
        at = clock(sheet, due)
        if due <= now:
            st.warning(f"Vitals are due since {at}.", icon=":material/monitor_heart:")
        else:
            st.caption(f"Vitals are due again at {at}.")


def _facts(sheet: InfusionSheet, now: datetime) -> Iterator[str]:
    infusion = sheet.infusion
    yield f"Infusion {sheet.number}"
    yield STATUS[infusion.status]
    yield f"planned {clock(sheet, infusion.planned_at)}"
    if infusion.started_at:
        yield f"started {clock(sheet, infusion.started_at)}"
    if infusion.started_at and infusion.ended_at is None:
        yield f"running {minutes(infusion, now)} min"
    if infusion.ended_at:
        yield f"ended {clock(sheet, infusion.ended_at)}"
    if infusion.discharged_at:
        yield f"left {clock(sheet, infusion.discharged_at)}"


def _alerts(sheet: InfusionSheet) -> None:
    alerts = sheet.readiness.alerts
    menu.link_to_patient(sheet.patient.id)
    for noted in sheet.readiness.noted:
        assert noted.assessed_on is not None
        st.info(
            f"An answer about safety on {day_and_clock(sheet, noted.answered_at)} was no graver "
            f"than what was assessed on {day_and_clock(sheet, noted.assessed_on)}. Talk about it "
            "at this visit.",
            icon=":material/forum:",
        )
    if not alerts:
        return
    immediate = [alert for alert in alerts if alert.tier is Tier.IMMEDIATE]
    tier = TIERS[Tier.IMMEDIATE if immediate else Tier.SAME_DAY]
    said = f"**{tier}** is open: see the patient's page before you go on."
    notices.alert(said, at_once=bool(immediate))


def _review(sheet: InfusionSheet) -> None:
    """Of the course, until this infusion has ended."""
    if sheet.infusion.status not in (InfusionStatus.PLANNED, InfusionStatus.STARTED):
        return
    if change := sheet.readiness.dose_change:
        st.info(
            f"**The dose has changed: {plain(dose_of(change))}.** {plain(change.by_name)} on "
            f"{day_and_clock(sheet, change.at)}: {plain(change.reason)}",
            icon=":material/prescriptions:",
        )
    if given := sheet.readiness.review_due:
        st.warning(
            f"{due_words(given)} A clinician records it on the patient's page.",
            icon=":material/rate_review:",
        )


def _what_comes_next(sheet: InfusionSheet) -> None:
    infusion = sheet.infusion
    key = partial(key_of, infusion.id)
    if infusion.status is InfusionStatus.PLANNED:
        if infusion.forgotten(now=sheet.now):
            st.warning(
                "Nobody has said that this infusion started. If it was given, write down its start "
                "and end on the patient's page, under Record; if not, move or cancel it there.",
                icon=":material/timer_off:",
            )
        st.button("Start now", key=key("start_send"), type="primary", width="stretch")
        _dose(sheet)
    elif infusion.status is InfusionStatus.STARTED:
        _dose(sheet)
        st.time_input("It ended at (empty: now)", value=None, step=60, key=key("end_at"))
        st.button("End", key=key("end_send"), type="primary", width="stretch")
        with st.expander("Stop early", icon=":material/stop_circle:"):
            st.text_input("Why", key=key("stop_reason"))
            st.button("Stop", key=key("stop_send"))
    else:
        dose = f"{infusion.dose_mg:g} mg" if infusion.dose_mg is not None else "not recorded"
        per_kg = infusion.dose_mg_per_kg
        st.markdown(f"Dose {dose}" + (f", {per_kg:.2f} mg for each kilogram." if per_kg else "."))
        opens = [f"{day_and_clock(sheet, o.opens_at)}" for o in sheet.check_ins]
        if opens:
            st.info(f"Check-ins open {'; '.join(opens)}.", icon=":material/event_note:")


def _dose(sheet: InfusionSheet) -> None:
    infusion = sheet.infusion
    key = partial(key_of, infusion.id)
    dose, weight = st.columns(2)
    dose.number_input("Dose (mg)", value=infusion.dose_mg, min_value=0.0, key=key("dose"))
    weight.number_input("Weight (kg)", value=infusion.weight_kg, min_value=0.0, key=key("weight"))
    given = st.session_state[key("dose")], st.session_state[key("weight")]
    if all(given):
        per_kg = given[0] / given[1]
        said = f"{per_kg:.2f} mg for each kilogram."
        if per_kg > sheet.rules.usual_dose:
            st.warning(f"{said} That is unusual: check both.", icon=":material/warning:")
            st.checkbox("Dose and weight are right", key=key("sure"))
        else:
            st.caption(said)
    if given != (infusion.dose_mg, infusion.weight_kg):
        st.button("Save dose and weight", key=key("dose_send"))


# Checklists


def _readiness(sheet: InfusionSheet, definitions: Definitions) -> None:
    found = sheet.readiness
    if found.intake is not None:
        st.warning(_intake(found.intake), icon=":material/assignment_ind:")
    if found.baseline_missing:
        names = " and ".join(
            definitions.instruments[form].short_name["en"] for form in found.baseline_missing
        )
        st.warning(f"The baseline lacks {names}.", icon=":material/assignment_late:")
    if found.pulse_at is None:
        st.info("No check-in was given in the day before.", icon=":material/hourglass_empty:")
    else:
        st.caption(f"Check-in before the infusion: {clock(sheet, found.pulse_at)}.")
    _boxes(sheet, Checklist.READINESS)


def _intake(status: Status) -> str:
    if status is Status.NOT_ELIGIBLE:
        return "A clinician found this patient not eligible for treatment."
    stands = STATUSES[status].lower()
    return f"The new-patient forms: {stands}. No clinician has found this patient eligible yet."


def _leaving(sheet: InfusionSheet) -> None:
    _boxes(sheet, Checklist.DISCHARGE)
    if sheet.infusion.discharged_at is None:
        st.button(
            "The patient leaves now",
            key=key_of(sheet.infusion.id, "leave_send"),
            type="primary" if sheet.infusion.ended_at else "secondary",
        )


def _boxes(sheet: InfusionSheet, checklist: Checklist) -> None:
    ticked, last = boxes(sheet.rules, sheet.ticks), standing(sheet.ticks)
    for choice in sheet.rules.checklists[checklist]:
        key = key_of(sheet.infusion.id, f"{checklist}_{choice.id}")
        # As stored, also when another tablet ticked it: what was just tapped is stored by now.
        st.session_state[key] = ticked[checklist, choice.id]
        st.checkbox(choice.label, key=key, disabled=sheet.infusion.discharged_at is not None)
        if ticked[checklist, choice.id]:
            tick = last[checklist, choice.id]
            st.caption(plain(written(sheet, tick.by, tick.at)))


# Vitals


def _vitals(sheet: InfusionSheet) -> None:
    st.header("Vitals", anchor=False)
    with st.expander(
        "Write down vitals",
        icon=":material/monitor_heart:",
        expanded=sheet.infusion.ended_at is None,
    ):
        _vitals_form(sheet)
    if not sheet.readings:
        return
    vitals_shown.draw(
        sheet.infusion,
        sheet.readings,
        sheet.rules,
        by=lambda reading: written(sheet, reading.recorded_by, reading.recorded_at),
    )
    with st.expander("Correct a reading", icon=":material/edit:"):
        _correct(sheet)


def _vitals_form(sheet: InfusionSheet) -> None:
    key = partial(key_of, sheet.infusion.id)
    with st.form(key("vitals_form")):
        columns = st.columns(len(sheet.rules.vitals))
        for column, vital in zip(columns, sheet.rules.vitals.values(), strict=True):
            column.number_input(
                vital.label,
                value=None,
                min_value=vital.lowest,
                max_value=vital.highest,
                step=1,
                key=key(f"vital_{vital.id}"),
            )
        st.time_input("Time (empty: now)", value=None, step=60, key=key("vitals_at"))
        st.form_submit_button("Save vitals", key=key("vitals_send"), type="primary")


def _correct(sheet: InfusionSheet) -> None:
    key = partial(key_of, sheet.infusion.id)
    readings = {reading.id: reading for reading in newest(sheet.readings)}
    chosen = st.selectbox(
        "Reading",
        list(reversed(readings)),
        format_func=lambda name: f"Minute {minutes(sheet.infusion, readings[name].taken_at)}",
        key=key("correct_id"),
    )
    with st.form(key("correct_form")):
        columns = st.columns(len(sheet.rules.vitals))
        for column, vital in zip(columns, sheet.rules.vitals.values(), strict=True):
            column.number_input(
                vital.label,
                value=readings[chosen].vitals.get(vital.id),
                min_value=vital.lowest,
                max_value=vital.highest,
                step=1,
                key=key(f"correct_{vital.id}_{chosen}"),
            )
        st.text_input("Why", key=key("correct_reason"))
        st.form_submit_button("Save the correction", key=key("correct_send"))
    st.session_state[key("correct_at")] = {name: r.taken_at for name, r in readings.items()}


# Side effects and notes


def _side_effects(sheet: InfusionSheet) -> None:
    key = partial(key_of, sheet.infusion.id)
    effects = newest(sheet.side_effects)
    if effects:
        st.table(
            [
                effect_row(sheet.infusion, effect, sheet.rules)
                | {"By": plain(written(sheet, effect.recorded_by, effect.recorded_at))}
                for effect in effects
            ]
        )
    going_on = {e.id: sheet.rules.side_effects[e.kind].label for e in effects if not e.ended_at}
    if going_on:
        st.selectbox(
            "Still going on",
            list(going_on),
            format_func=going_on.__getitem__,
            key=key("effect_over"),
        )
        st.button("It is over now", key=key("effect_over_send"))
    with st.form(key("effect_form")):
        kind, severity = st.columns(2)
        kind.selectbox(
            "Side effect",
            list(sheet.rules.side_effects),
            index=None,
            format_func=lambda name: sheet.rules.side_effects[name].label,
            placeholder="Choose one",
            key=key("effect_kind"),
        )
        severity.selectbox(
            "How bad",
            list(SEVERITIES),
            format_func=SEVERITIES.__getitem__,
            key=key("effect_severity"),
        )
        st.time_input("Since (empty: now)", value=None, step=60, key=key("effect_at"))
        st.form_submit_button("Save side effect", key=key("effect_send"))


def _notes(sheet: InfusionSheet) -> None:
    key = partial(key_of, sheet.infusion.id)
    for note in sheet.notes:
        st.caption(plain(written(sheet, note.by, note.at)))
        st.text(note.text)
    st.text_area("Note", key=key("note"), height=80)
    st.button("Add note", key=key("note_send"))
