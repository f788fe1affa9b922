"""The new-patient forms as staff read them, and the clinician's verdict."""

import secrets
from collections.abc import Iterator
from functools import partial

import streamlit as st

from mindspa.charts.time_axis import local
from mindspa.domain.access import Actor, Permission
from mindspa.domain.intake import CHOICES, Kind, Status
from mindspa.domain.outcomes import Progress
from mindspa.services.review_intake import (
    STATUSES,
    VERDICTS,
    IntakeView,
    review_intake,
    view_intake,
)
from mindspa.ui import notices, session
from mindspa.ui.local_time import short
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press, expander, key_of

_TITLE = "New-patient forms"


def pressed(patient_id: str) -> Press | None:
    key, state = partial(key_of, patient_id), st.session_state
    if not state.get(key("intake_send")):
        return None
    verdict, reason = state.get(key("intake_verdict")), state.get(key("intake_reason")) or ""
    review_id = state.get(key("intake_id"))
    return Press(
        lambda work: review_intake(
            work, patient_id, verdict=verdict, reason=reason, review_id=review_id
        ),
        "The review is saved.",
        {key("intake_verdict"): None, key("intake_reason"): ""},
    )


def draw(actor: Actor, progress: Progress) -> None:
    opened = expander(progress.patient.id, _TITLE, ":material/assignment_ind:")
    if not opened.open:
        return
    with opened:
        with notices.errors_shown(), session.reading(actor) as work:
            view = view_intake(work, progress.patient.id)
            names = {
                form: work.definitions.instruments[form].short_name["en"]
                for form in view.baseline_missing
            }
        st.markdown(f"**{STATUSES[view.intake.status]}**")
        for review in reversed(view.intake.reviews):
            st.markdown(
                f"{VERDICTS[review.verdict]}, by {plain(review.by_name)} on "
                f"{short(review.at, progress.zone)}: {plain(review.reason)}"
            )
        if view.intake.status is Status.NOT_BEGUN:
            return
        st.markdown("\n".join(f"- {fact}" for fact in _facts(view, names)))
        _trials(view)
        st.table(
            [
                {"Asked": plain(label), "Answer": plain(answer)}
                for label, answer in _answers(view, progress.zone)
            ],
            hide_index=True,
            alt="What the patient entered",
        )
        if actor.may(Permission.REVIEW_INTAKE):
            _verdict_form(progress.patient.id)


def _facts(view: IntakeView, names: dict[str, str]) -> Iterator[str]:
    wanted = view.rules.trials.criterion
    yield (
        f"Antidepressants that did not help: {view.failed} of {len(view.trials)} told "
        f"(criterion: at least {wanted}; no gate)."
    )
    said = [f"{plain(field.label)}: {answer.lower()}" for field, answer in view.flagged]
    yield f"To weigh: {'; '.join(said)}." if said else "To weigh: every question answered with no."
    left = ", ".join(names.values())
    yield f"Baseline forms not answered yet: {left}." if left else "No baseline form is waited for."
    if not view.rules.reviewed_by:
        yield "The forms are in force as shipped; no clinician has signed them yet."


def _trials(view: IntakeView) -> None:
    if view.trials:
        st.table(
            [
                {
                    "Antidepressant": plain(trial.name),
                    "Dose": plain(trial.dose or "not told"),
                    "Weeks": "not told" if trial.weeks is None else str(trial.weeks),
                    "Outcome": view.rules.trials.outcomes.get(trial.outcome, "not told"),
                }
                for trial in view.trials
            ],
            hide_index=True,
            alt="Antidepressants that the patient has tried",
        )


def _answers(view: IntakeView, zone: str) -> Iterator[tuple[str, str]]:
    """In the order of the forms, but for the antidepressants, which have a table."""
    standing = view.intake.standing
    for field in view.rules.fields.values():
        entry = standing.get(field.id)
        value = entry.value if entry else None
        match field.kind:
            case Kind.TICK:
                answer = "Ticked" if value else "Not ticked"
            case Kind.CHOICE:
                answer = CHOICES.get(str(value), "Not answered")
            case Kind.CONSENT if entry and value:
                at = local(entry.at, zone)
                answer = f"Agreed to version {value} on {at:%Y-%m-%d %H:%M}"
            case Kind.CONSENT:
                answer = "Not agreed"
            case _:
                answer = str(value) if value else "Not answered"
        yield field.label, answer


def _verdict_form(patient_id: str) -> None:
    key = partial(key_of, patient_id)
    st.session_state[key("intake_id")] = secrets.token_hex(10)
    with st.form(key("intake")):
        st.selectbox(
            "What came of the review",
            list(VERDICTS),
            index=None,
            format_func=VERDICTS.__getitem__,
            placeholder="Choose one",
            key=key("intake_verdict"),
        )
        st.text_area(
            "Reason; the patient reads it where more is needed",
            key=key("intake_reason"),
            height=100,
        )
        st.form_submit_button("Save review", key=key("intake_send"), type="primary")
