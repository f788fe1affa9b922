"""The review in the middle of a course, on a patient's page: what was decided, and the form."""

import secrets
from collections.abc import Iterator
from functools import partial

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.course_review import CourseReview, Decision, DoseUnit
from mindspa.domain.outcomes import Progress
from mindspa.services.review_course import DECISIONS, ReviewsView, review_course
from mindspa.ui.local_time import short, short_day
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, expander, key_of

TITLE = "Mid-course review"
_UNITS = {DoseUnit.MG_PER_KG: "mg for each kilogram", DoseUnit.MG: "mg"}


def dose_of(review: CourseReview) -> str:
    return f"{review.dose:g} {_UNITS[review.unit]}" if review.dose and review.unit else ""


def facts(view: ReviewsView, zone: str) -> Iterator[str]:
    """For the line below the patient's name: the last review."""
    for review in view.reviews[-1:]:
        yield f"mid-course review {short_day(review.at, zone)}: {_decided(review).lower()}"


def due_words(given: int) -> str:
    return f"The mid-course review is due: {given} infusions of this course are given."


def say_due(view: ReviewsView) -> None:
    if view.due is not None:
        st.info(
            f"{due_words(view.due)} A clinician records it below, under {TITLE}.",
            icon=":material/rate_review:",
        )


def pressed(patient_id: str) -> Press | None:
    key, state = partial(key_of, patient_id), st.session_state
    if not state.get(key("review_send")):
        return None
    course_id, decision = state.get(key("review_course")), state.get(key("review_decision"))
    reason, review_id = state.get(key("review_reason")) or "", state.get(key("review_id"))
    dose, unit = state.get(key("review_dose")), state.get(key("review_unit"))
    stops = decision == Decision.STOP
    return Press(
        lambda work: review_course(
            work,
            patient_id,
            course_id or "",
            decision=decision,
            reason=reason,
            dose=dose,
            unit=unit,
            review_id=review_id,
        ),
        "The review is saved, and the course has ended." if stops else "The review is saved.",
        {
            key("review_decision"): None,
            key("review_reason"): "",
            **({key("review_dose"): None} if decision == Decision.CHANGE_DOSE else {}),
        },
    )


def draw(actor: Actor, progress: Progress, view: ReviewsView) -> None:
    may_review = view.course is not None and actor.may(Permission.REVIEW_COURSE)
    if not view.reviews and not may_review:
        return
    opened = expander(progress.patient.id, TITLE, ":material/rate_review:")
    if not opened.open:
        return
    with opened:
        for review in reversed(view.reviews):
            st.markdown(
                f"{plain(_decided(review))}, by {plain(review.by_name)} on "
                f"{short(review.at, progress.zone)}, after {review.given} infusions: "
                f"{plain(review.reason)}"
            )
        if may_review:
            _form(progress.patient.id, view)


def _decided(review: CourseReview) -> str:
    dose = dose_of(review)
    return DECISIONS[review.decision] + (f" to {dose}" if dose else "")


def _form(patient_id: str, view: ReviewsView) -> None:
    """The choice stands outside the form, because the fields follow from it."""
    key = partial(key_of, patient_id)
    st.session_state[key("review_id")] = secrets.token_hex(10)
    st.session_state[key("review_course")] = view.course.id if view.course else None
    decision = st.selectbox(
        "How the course goes on",
        list(DECISIONS),
        index=None,
        format_func=DECISIONS.__getitem__,
        placeholder="Choose one",
        key=key("review_decision"),
    )
    if decision is Decision.STOP:
        st.warning(
            "Stopping ends the course: what it still has planned is cancelled, and the check-ins "
            "with it. The follow-up of what was given goes on.",
            icon=":material/event_busy:",
        )
    with st.form(key("review")):
        if decision is Decision.CHANGE_DOSE:
            dose, unit = st.columns(2)
            dose.number_input("New dose", value=None, min_value=0.0, key=key("review_dose"))
            unit.selectbox(
                "In", list(_UNITS), format_func=_UNITS.__getitem__, key=key("review_unit")
            )
            st.caption("The sheets of the infusions to come show it. Each dose is still entered.")
        st.text_area("Reason", key=key("review_reason"), height=100)
        st.form_submit_button("Save decision", key=key("review_send"), type="primary")
