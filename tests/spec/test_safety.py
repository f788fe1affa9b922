"""Which answers raise which alert: the shipped rules, at every edge."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.safety import (
    Alert,
    AlertState,
    Finding,
    Tier,
    answered_safety,
    assessed_on,
    contact_requests,
    findings,
    findings_for_item,
    is_historic,
    opens_help,
    worst_safety_answer,
)
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.instruments import load_instruments
from mindspa.storage.definition_files.rules import load_rules

INSTRUMENTS = load_instruments(DATA_FOLDER / "instruments")
_, SAFETY = load_rules(DATA_FOLDER / "rules.toml", INSTRUMENTS)

NOW = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
IMMEDIATE, SAME_DAY = Tier.IMMEDIATE, Tier.SAME_DAY


def before(instrument: str, total: int | None, **answers: int) -> StoredForm:
    """The form that a rise is measured from; `item9` stands for the item "9"."""
    given_answers = {key.removeprefix("item"): value for key, value in answers.items()}
    return StoredForm(
        id="before",
        patient_id="p",
        instrument=instrument,
        instrument_version="1",
        language="en",
        answers=given_answers,
        total=total,
        scorer_version="1",
        mode=Mode.REMOTE,
        answered_at=NOW,
        saved_at=NOW,
        entered_by="p",
    )


@pytest.mark.parametrize(
    ("instrument", "item", "by_value"),
    [
        ("phq9", "9", {0: None, 1: SAME_DAY, 2: IMMEDIATE, 3: IMMEDIATE}),
        ("phq9", "8", {0: None, 3: None}),
        ("pulse", "safety", {0: None, 1: IMMEDIATE, 2: SAME_DAY}),
        ("pulse", "side_effects", {0: None, 1: None, 2: None, 3: SAME_DAY}),
        ("pulse", "change", {1: None, 4: None, 5: None, 6: SAME_DAY, 7: SAME_DAY}),
        ("pulse", "call", {0: None, 1: None}),
        ("asq", "1", {0: None, 1: SAME_DAY, 2: SAME_DAY}),
        ("asq", "2", {0: None, 1: SAME_DAY, 2: SAME_DAY}),
        ("asq", "3", {0: None, 1: SAME_DAY, 2: SAME_DAY}),
        ("asq", "4", {0: None, 1: SAME_DAY, 2: SAME_DAY}),
        ("asq", "5", {0: None, 1: IMMEDIATE, 2: IMMEDIATE}),
        ("cssrs", "risk_level", {0: None, 1: None, 2: SAME_DAY, 3: IMMEDIATE}),
        ("qids_sr16", "12", {0: None, 1: SAME_DAY, 3: SAME_DAY}),
        ("gad7", "7", {3: None}),
    ],
)
def test_one_answer_raises_its_tier(
    instrument: str, item: str, by_value: Mapping[int, Tier | None]
) -> None:
    for value, tier in by_value.items():
        found = findings_for_item(SAFETY, instrument, item, value)
        assert [(f.tier, f.item, f.value) for f in found] == ([(tier, item, value)] if tier else [])


@pytest.mark.parametrize(
    ("answers", "tiers"),
    [
        ({str(i): 0 for i in range(1, 9)} | {"9": 1}, [SAME_DAY]),  # P-11: total 1, minimal
        ({"1": 0, "9": 2}, [IMMEDIATE]),  # P-18: abandoned after item 9, no total
        ({"9": 3}, [IMMEDIATE]),  # nothing else answered
        ({str(i): 3 for i in range(1, 9)}, []),  # the rest at its worst says nothing of item 9
        ({}, []),
    ],
)
def test_item_9_alone_decides(answers: Mapping[str, int], tiers: list[Tier]) -> None:
    assert [finding.tier for finding in findings(SAFETY, "phq9", answers)] == tiers


def test_every_positive_answer_is_found() -> None:
    answers = {"safety": 1, "side_effects": 3, "change": 7}
    assert {finding.rule for finding in findings(SAFETY, "pulse", answers)} == {
        "pulse_safety",
        "severe_side_effect",
        "pulse_much_worse",
    }


PULSE_6 = {"interest": 3, "low_mood": 3, "nervous": 0, "worry": 0}


@pytest.mark.parametrize(
    ("instrument", "previous", "answers", "total", "rules"),
    [
        # PHQ-9: 6 points, the reliable change; a part of the form can show it already
        ("phq9", before("phq9", 9), {str(i): 2 for i in range(1, 8)}, None, []),
        ("phq9", before("phq9", 8), {str(i): 2 for i in range(1, 8)}, None, ["phq9_rise"]),
        ("phq9", before("phq9", 10), {}, 15, []),
        ("phq9", before("phq9", 10), {}, 16, ["phq9_rise"]),
        ("phq9", before("phq9", None), {str(i): 3 for i in range(1, 9)}, None, []),
        ("phq9", None, {str(i): 3 for i in range(1, 9)}, None, []),
        # the unscored difficulty item adds nothing
        ("phq9", before("phq9", 0), {"1": 3, "2": 2, "difficulty": 3}, None, []),
        # item 9: any rise, beside what the answer raises by itself
        ("phq9", before("phq9", 5, item9=0), {"9": 1}, None, ["phq9_item9", "phq9_item9_rise"]),
        ("phq9", before("phq9", 5, item9=1), {"9": 1}, None, ["phq9_item9"]),
        ("phq9", before("phq9", 5, item9=2), {"9": 1}, None, ["phq9_item9"]),
        ("phq9", before("phq9", 5), {"9": 1}, None, ["phq9_item9"]),  # not known from before
        # GAD-7: 4 points, PCL-5: 15
        ("gad7", before("gad7", 8), {}, 11, []),
        ("gad7", before("gad7", 8), {}, 12, ["gad7_rise"]),
        ("pcl5", before("pcl5", 30), {}, 44, []),
        ("pcl5", before("pcl5", 30), {}, 45, ["pcl5_rise"]),
        # the pulse: 4 of 12
        ("pulse", before("pulse", 3), PULSE_6, None, []),
        ("pulse", before("pulse", 2), PULSE_6, None, ["pulse_rise"]),
        # no rule, no finding
        ("madrs", before("madrs", 0), {}, 60, []),
    ],
)
def test_rise_since_the_form_before(
    instrument: str,
    previous: StoredForm | None,
    answers: Mapping[str, int],
    total: int | None,
    rules: list[str],
) -> None:
    found = findings(SAFETY, instrument, answers, previous=previous, total=total)
    assert [finding.rule for finding in found] == rules
    assert all(finding.tier is SAME_DAY for finding in found)


def test_a_risen_total_tells_by_how_much() -> None:
    (found,) = findings(SAFETY, "gad7", {}, previous=before("gad7", 8), total=15)
    assert (found.item, found.value) == (None, 7)


ANSWERS = st.dictionaries(
    st.sampled_from([item.id for item in INSTRUMENTS["phq9"].scored_items]), st.integers(0, 3)
)


@given(ANSWERS, ANSWERS, st.integers(0, 27), st.integers(0, 3))
def test_a_further_answer_never_lowers_what_was_found(
    first: dict[str, int], further: dict[str, int], total: int, item9: int
) -> None:
    previous = before("phq9", total, item9=item9)
    found, found_later = (
        {(f.rule, f.tier) for f in findings(SAFETY, "phq9", answers, previous=previous)}
        for answers in (first, further | first)
    )
    assert found <= found_later


@pytest.mark.parametrize(
    ("answers", "asked"),
    [({"call": 1}, ["call_wanted"]), ({"call": 0}, []), ({}, []), ({"safety": 1}, [])],
)
def test_a_wish_to_be_called_has_its_own_list(answers: Mapping[str, int], asked: list[str]) -> None:
    assert [request.id for request in contact_requests(SAFETY, "pulse", answers)] == asked


@pytest.mark.parametrize(
    ("instrument", "answers", "answered"),
    [
        ("phq9", {"9": 0}, True),
        ("phq9", {"1": 3}, False),
        ("pulse", {"safety": 2}, True),  # rather not say
        ("pulse", {}, False),
        ("gad7", {}, None),
    ],
)
def test_whether_safety_was_answered(
    instrument: str, answers: Mapping[str, int], answered: bool | None
) -> None:
    assert answered_safety(INSTRUMENTS[instrument], answers) is answered


@pytest.mark.parametrize(
    ("given_in_order", "worst"),
    [
        ([], None),
        ([("gad7", {"1": 0})], None),
        ([("phq9", {})], None),  # came in as a total
        ([("pulse", {"safety": 0}), ("phq9", {"9": 0})], ("phq9", 0)),  # the latest
        ([("pulse", {"low_mood": 1}), ("phq9", {"9": 0})], ("pulse", None)),
        ([("pulse", {"safety": 2}), ("phq9", {"1": 0})], ("pulse", 2)),
        ([("phq9", {"9": 1}), ("pulse", {"safety": 2})], ("pulse", 2)),  # the latest of equals
        ([("phq9", {"9": 2}), ("pulse", {"safety": 2})], ("phq9", 2)),
        ([("pulse", {"safety": 1}), ("phq9", {"9": 3})], ("phq9", 3)),
    ],
)
def test_the_safety_answer_that_matters_most(
    given_in_order: list[tuple[str, Mapping[str, int]]], worst: tuple[str, int | None] | None
) -> None:
    forms = [
        replace(before(instrument, 0), answers=answers, answered_at=NOW + timedelta(hours=hour))
        for hour, (instrument, answers) in enumerate(given_in_order)
    ]
    found = worst_safety_answer(SAFETY, INSTRUMENTS, forms)
    assert (found and (found.instrument, found.value)) == worst


@pytest.mark.parametrize(
    ("instrument", "answers", "previous", "opens"),
    [
        ("phq9", {"9": 1}, None, True),
        ("pulse", {"safety": 1}, None, True),
        ("pulse", {"safety": 2}, None, True),
        ("pulse", {"safety": 0, "side_effects": 3, "change": 7}, None, False),
        ("gad7", {str(i): 3 for i in range(1, 8)}, before("gad7", 0), False),
    ],
)
def test_help_opens_for_a_positive_safety_answer(
    instrument: str, answers: Mapping[str, int], previous: StoredForm | None, opens: bool
) -> None:
    found = findings(SAFETY, instrument, answers, previous=previous)
    assert opens_help(INSTRUMENTS[instrument], found) is opens


@pytest.mark.parametrize(
    ("age", "historic"),
    [
        (timedelta(days=14), False),
        (timedelta(days=14, microseconds=1), True),
        (timedelta(0), False),
    ],
)
def test_answers_older_than_14_days_are_historic(age: timedelta, historic: bool) -> None:
    assert is_historic(SAFETY, NOW - age, now=NOW) is historic


def test_staff_read_words_for_a_rule() -> None:
    assert SAFETY.words("phq9_rise") == "PHQ-9 reliably higher than on the form before"
    assert SAFETY.words("retired_rule") == "retired_rule"


# Chronic passive ideation


DAY = timedelta(days=1)


def closed(value: int | None, days_ago: float, outcome: str = "assessed", rule: str = "") -> Alert:
    at = NOW - days_ago * DAY
    return Alert(
        "a",
        "p",
        rule or "phq9_item9",
        SAME_DAY,
        "phq9",
        "9",
        value,
        at,
        at,
        AlertState.CLOSED,
        closed_at=at,
        outcome=outcome,
    )


@pytest.mark.parametrize(
    ("value", "alerts", "plan", "noted"),
    [
        (1, [closed(1, 3)], True, True),
        (1, [closed(2, 3)], True, True),  # no higher than what was assessed
        (2, [closed(2, 3)], True, True),
        (2, [closed(1, 3)], True, False),  # a rise
        (3, [closed(3, 3)], True, False),  # always starts a clock
        (1, [closed(1, 3)], False, False),  # no safety plan on file
        (1, [closed(1, 14)], True, True),  # the edge, both sides
        (1, [closed(1, 14.001)], True, False),
        (1, [closed(1, 3, "handed_over")], True, False),  # nobody has assessed it
        (1, [closed(1, 3, "emergency_care")], True, False),
        (1, [closed(1, 3, "unreached")], True, False),
        (1, [closed(1, 3, "as_assessed")], True, False),  # noted ones do not carry each other on
        (1, [closed(2, 3, rule="phq9_item9_rise")], True, False),
        (1, [replace(closed(1, 3), closed_at=None, outcome=None)], True, False),  # still open
        (1, [], True, False),
    ],
)
def test_as_assessed(value: int, alerts: list[Alert], plan: bool, noted: bool) -> None:
    finding = Finding("phq9_item9", SAME_DAY, "phq9", "9", value)
    found = assessed_on(SAFETY, finding, alerts, safety_plan=plan, now=NOW)
    assert found == (alerts[0].closed_at if noted else None)


def test_a_yes_to_the_pulse_always_starts_a_clock() -> None:
    finding = Finding("pulse_safety", IMMEDIATE, "pulse", "safety", 1)
    assessed = replace(closed(1, 3, rule="pulse_safety"), instrument="pulse", item="safety")
    assert assessed_on(SAFETY, finding, [assessed], safety_plan=True, now=NOW) is None
