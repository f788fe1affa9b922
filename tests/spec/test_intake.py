"""The new-patient forms: what a field can hold, what is missing, and how the forms stand."""

from datetime import timedelta

import pytest

from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import InvalidInput
from mindspa.domain.intake import (
    Entry,
    HandIn,
    Intake,
    IntakeReview,
    IntakeRules,
    Kind,
    Status,
    Value,
    Verdict,
    all_fields,
    checked,
    failed,
    flagged,
    indications,
    missing,
    trials,
)
from tests.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def rules(definitions: Definitions) -> IntakeRules:
    return definitions.intake


def complete(rules: IntakeRules) -> dict[str, Value]:
    values: dict[str, Value] = {"reason_depression": True}
    for field in rules.fields.values():
        if field.kind is Kind.CHOICE:
            values[field.id] = "no"
        elif field.kind is Kind.CONSENT:
            values[field.id] = field.version
        elif field.required:
            values[field.id] = "555-0100"
    return values


# What a field can hold


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("reason_ptsd", True, True),
        ("heart", "unsure", "unsure"),
        ("trial1_name", "  Sertraline  ", "Sertraline"),
        ("trial1_name", "", ""),
        ("trial2_weeks", 12, 12),
        ("trial2_weeks", "", ""),
        ("trial8_outcome", "no_help", "no_help"),
        ("trial8_outcome", "", ""),
        ("medicines", "one\r\ntwo", "one\ntwo"),
        ("emergency_phone", "555 0100", "555 0100"),
        ("emergency_phone", "", ""),
        ("consent_record", "1", "1"),
        ("consent_record", "", ""),
    ],
)
def test_what_is_kept(rules: IntakeRules, field: str, value: object, kept: Value) -> None:
    found = checked(all_fields(rules)[field], value)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason_ptsd", "yes"),
        ("reason_ptsd", 1),
        ("heart", "maybe"),
        ("heart", ""),
        ("heart", None),
        ("trial1_name", "x" * 201),
        ("trial1_name", 5),
        ("trial2_weeks", -1),
        ("trial2_weeks", 2001),
        ("trial2_weeks", "12"),
        ("trial2_weeks", True),
        ("trial2_weeks", 12.5),
        ("trial2_weeks", float("nan")),
        ("trial8_outcome", "miracle"),
        ("medicines", "x" * 2001),
        ("emergency_phone", "my sister"),
        ("consent_record", "2"),
        ("consent_record", True),
    ],
)
def test_what_is_refused(rules: IntakeRules, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(all_fields(rules)[field], value)
    assert str(refused.value).endswith(".")


def test_there_are_no_fields_beyond_the_last_antidepressant(rules: IntakeRules) -> None:
    assert "trial8_name" in all_fields(rules)
    assert "trial9_name" not in all_fields(rules)


# What they say


def test_failed_antidepressants(rules: IntakeRules) -> None:
    """What was stopped for side effects, or is too early to tell, is no failure; nor is one of
    which nobody told how it went."""
    outcomes = ["helped", "helped_some", "no_help", "side_effects", "still_taking", ""]
    values: dict[str, Value] = {}
    for number, outcome in enumerate(outcomes, start=1):
        values[f"trial{number}_name"] = f"Medicine {number}"
        values[f"trial{number}_outcome"] = outcome
    values["trial7_outcome"] = "no_help"  # of a medicine without a name
    tried = trials(rules.trials, values)
    assert [trial.name for trial in tried] == [f"Medicine {n}" for n in range(1, 7)]
    assert tried[0].weeks is None
    assert failed(rules.trials, tried) == 2


def test_why_they_come(rules: IntakeRules) -> None:
    assert indications(rules, {}) == frozenset()
    ticked: dict[str, Value] = {
        "reason_ptsd": True,
        "reason_anxiety": False,
        "reason_suicidal": True,
    }
    assert indications(rules, ticked) == {"ptsd", "suicidal_thoughts"}


def test_what_speaks_against_it_stands_before_what_was_not_answered(rules: IntakeRules) -> None:
    values = complete(rules) | {"heart": "unsure", "psychosis": "yes"}
    del values["liver"]
    assert [(field.id, answer) for field, answer in flagged(rules, values)] == [
        ("psychosis", "Yes"),
        ("heart", "Not sure"),
        ("liver", "Not answered"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("reason_depression", False, "why you come"),
        ("heart", None, "A heart condition"),
        ("consent_record", "", "My answers are kept"),
        ("consent_record", "0", "My answers are kept"),  # of an older text
        ("emergency_phone", "", "Phone"),
    ],
)
def test_what_keeps_them_from_being_handed_in(
    rules: IntakeRules, field: str, value: Value | None, said: str
) -> None:
    values = complete(rules)
    assert missing(rules, values) == ()
    values |= {field: value} if value is not None else {}
    if value is None:
        del values[field]
    (found,) = missing(rules, values)
    assert found.startswith(said)


# How they stand

ENTRY = Entry("pat", "heart", 1, "no", NOW, "pat")


def handed(hours: float) -> HandIn:
    return HandIn(f"handed {hours}", "pat", NOW + hours * HOUR, "pat")


def review(hours: float, verdict: Verdict) -> IntakeReview:
    at = NOW + hours * HOUR
    return IntakeReview(f"review {hours}", "pat", at, "doc", "Doc", verdict, "Because.")


@pytest.mark.parametrize(
    ("hand_ins", "reviews", "status", "is_open"),
    [
        ([], [], Status.BEGUN, True),
        ([1], [], Status.TO_REVIEW, False),
        ([1], [(2, Verdict.ELIGIBLE)], Status.ELIGIBLE, False),
        ([1], [(1, Verdict.ELIGIBLE)], Status.ELIGIBLE, False),
        ([1], [(2, Verdict.NOT_ELIGIBLE)], Status.NOT_ELIGIBLE, False),
        ([1], [(2, Verdict.MORE_NEEDED)], Status.MORE_NEEDED, True),
        ([1, 3], [(2, Verdict.MORE_NEEDED)], Status.TO_REVIEW, False),
        ([1, 3], [(2, Verdict.MORE_NEEDED), (4, Verdict.ELIGIBLE)], Status.ELIGIBLE, False),
        ([1], [(2, Verdict.ELIGIBLE), (5, Verdict.NOT_ELIGIBLE)], Status.NOT_ELIGIBLE, False),
        ([], [(2, Verdict.ELIGIBLE)], Status.ELIGIBLE, False),  # told in person
    ],
)
def test_status(
    hand_ins: list[float],
    reviews: list[tuple[float, Verdict]],
    status: Status,
    is_open: bool,
) -> None:
    intake = Intake(
        "pat",
        (ENTRY,),
        tuple(map(handed, hand_ins)),
        tuple(review(*one) for one in reviews),
    )
    assert intake.status is status
    assert intake.open is is_open


def test_nobody_has_begun() -> None:
    intake = Intake("pat", (), (), ())
    assert intake.status is Status.NOT_BEGUN
    assert intake.open


def test_the_last_entry_of_a_field_stands() -> None:
    changed = Entry("pat", "heart", 2, "yes", NOW + HOUR, "pat")
    intake = Intake("pat", (ENTRY, changed), (), ())
    assert intake.values == {"heart": "yes"}
