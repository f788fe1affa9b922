"""A clinician reads the new-patient forms and records whether the patient can be treated."""

from collections.abc import Mapping
from dataclasses import dataclass

from mindspa.domain import entered
from mindspa.domain import intake as rules
from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.intake import Field, Intake, IntakeReview, IntakeRules, Status, Trial, Verdict
from mindspa.domain.schedule import Anchor
from mindspa.services.unit_of_work import UnitOfWork

VERDICTS: Mapping[Verdict, str] = {
    Verdict.ELIGIBLE: "Eligible",
    Verdict.NOT_ELIGIBLE: "Not eligible",
    Verdict.MORE_NEEDED: "More needed",
}
STATUSES: Mapping[Status, str] = {
    Status.NOT_BEGUN: "Not begun",
    Status.BEGUN: "Begun by the patient",
    Status.TO_REVIEW: "To be reviewed",
    Status.ELIGIBLE: "Eligible",
    Status.NOT_ELIGIBLE: "Not eligible",
    Status.MORE_NEEDED: "More needed from the patient",
}


@dataclass(frozen=True, slots=True)
class IntakeView:
    """`failed` of `trials` did not help, of which the criterion wants so many. `flagged`: field and
    answer, those that speak against treatment first. `baseline_missing`: ids of forms."""

    intake: Intake
    rules: IntakeRules
    trials: tuple[Trial, ...]
    failed: int
    flagged: tuple[tuple[Field, str], ...]
    baseline_missing: tuple[str, ...]


def view_intake(work: UnitOfWork, patient_id: str) -> IntakeView:
    work.look_at(patient_id)
    found, content = work.records.intakes.of(patient_id), work.definitions.intake
    tried = rules.trials(content.trials, found.values)
    return IntakeView(
        found,
        content,
        tried,
        rules.failed(content.trials, tried),
        tuple(rules.flagged(content, found.values)),
        tuple(_baseline_missing(work, patient_id)),
    )


def review_intake(
    work: UnitOfWork,
    patient_id: str,
    *,
    verdict: str | None,
    reason: str,
    review_id: str | None = None,
) -> IntakeReview:
    """`review_id` names the press: the same one twice stores one review. "More needed" opens the
    forms to the patient again; a later review stands for an earlier one."""
    work.actor.require(Permission.REVIEW_INTAKE)
    work.write_about(patient_id)
    found = work.records.intakes.of(patient_id)
    for review in found.reviews:
        if review.id == review_id:
            return review
    if verdict not in list(Verdict):
        raise InvalidInput("Choose what came of the review.")
    if not found.entries:
        raise InvalidInput("The patient has not begun the forms. There is nothing to review.")
    written = entered.needed_note(reason, missing="Write the reason: what the decision rests on.")
    review = IntakeReview(
        review_id or work.new_id(),
        patient_id,
        work.now,
        work.actor.id,
        work.actor.name,
        Verdict(verdict),
        written,
    )
    work.records.intakes.add_review(found, review)
    work.audit("intake.reviewed", about=patient_id, record=review.id)
    return review


def _baseline_missing(work: UnitOfWork, patient_id: str) -> list[str]:
    """Of the baseline that is asked for now, in a course that has begun or is planned."""
    lacking = work.records.treatment.lacking(patient_id, closing_since=work.now)
    once = {
        rule.code
        for rule in work.definitions.protocol.anchored(Anchor.COURSE_START)
        if rule.every is None
    }
    return [form for (_, _, code), forms in lacking.items() if code in once for form in forms]
