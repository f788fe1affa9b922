"""When a check-in that nobody answered is one missed after a positive answer about safety."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.safety import NO_ANSWER, Alert, AlertState, Finding, Tier, silence
from mindspa.domain.schedule import Occasion
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.instruments import load_instruments
from mindspa.storage.definition_files.rules import load_rules

_, SAFETY = load_rules(DATA_FOLDER / "rules.toml", load_instruments(DATA_FOLDER / "instruments"))
RULE = SAFETY.missed

NOW = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def missed(due_after: timedelta = DAY, closes_after: timedelta = 36 * HOUR) -> Occasion:
    """Counted from NOW, when the answer was given."""
    due = NOW + due_after
    return Occasion(
        patient_id="p",
        anchor_id="i",
        code="after_24h",
        course_id="c",
        infusion_id="i",
        forms=("pulse",),
        target_at=due,
        opens_at=due - 6 * HOUR,
        due_at=due,
        closes_at=NOW + closes_after,
    )


def alert(rule: str = "pulse_safety", after: timedelta = timedelta(), **more: object) -> Alert:
    found = Alert(
        id="a",
        patient_id="p",
        rule=rule,
        tier=Tier.IMMEDIATE,
        instrument="pulse",
        item="safety",
        value=1,
        raised_at=NOW + after,
        answered_at=NOW + after,
        check_in_id="first",
    )
    return replace(found, **more)  # type: ignore[arg-type]


def form(after: timedelta, check_in_id: str = "second") -> StoredForm:
    return StoredForm(
        id="f",
        patient_id="p",
        instrument="pulse",
        instrument_version="1",
        language="en",
        answers={"safety": 0},
        total=None,
        scorer_version="1",
        mode=Mode.REMOTE,
        answered_at=NOW + after,
        saved_at=NOW + after,
        entered_by="p",
        check_in_id=check_in_id,
    )


def told(closed_after: timedelta | None = None) -> Alert:
    """Of the first check-in that was missed."""
    found = alert(RULE.id, 36 * HOUR, instrument=NO_ANSWER, item=None, value=None)
    if closed_after is None:
        return found
    return replace(found, state=AlertState.CLOSED, closed_at=NOW + closed_after)


@pytest.mark.parametrize(
    ("occasions", "alerts", "heard", "is_silent"),
    [
        ([missed()], [alert()], [], True),
        ([], [alert()], [], False),
        ([missed()], [], [], False),
        # What somebody answered is positive or it is not; other alerts are no reason.
        ([missed()], [alert("phq9_item9")], [], True),
        ([missed()], [alert("qids_item12")], [], True),
        ([missed()], [alert("severe_side_effect")], [], False),
        ([missed()], [alert("pulse_rise")], [], False),
        # Whatever became of the alert of that answer.
        ([missed()], [replace(alert(), state=AlertState.CLOSED, closed_at=NOW)], [], True),
        ([missed()], [alert(assessed_on=NOW, state=AlertState.CLOSED, closed_at=NOW)], [], True),
        # An import's old answers have no clock, and a form of somebody else says nothing.
        ([missed()], [alert(historic=True)], [], False),
        ([missed()], [alert(moved_at=NOW)], [], False),
        # Wanted after the answer, not only closed after it.
        ([missed(due_after=-HOUR)], [alert()], [], False),
        ([missed(due_after=timedelta())], [alert()], [], False),
        ([missed(due_after=timedelta(seconds=1))], [alert()], [], True),
        # Within 14 days of it, both sides of the edge.
        ([missed(13 * DAY, 14 * DAY)], [alert()], [], True),
        ([missed(13 * DAY, 14 * DAY + timedelta(seconds=1))], [alert()], [], False),
        # Heard from since, in another check-in: before it closed or after.
        ([missed()], [alert()], [form(20 * HOUR)], False),
        ([missed()], [alert()], [form(40 * HOUR)], False),
        ([missed()], [alert()], [form(-HOUR)], True),
        ([missed()], [alert()], [form(timedelta(minutes=2), "first")], True),
        ([missed()], [alert(check_in_id=None, form_id="x")], [form(20 * HOUR)], False),
        # Of the last positive answer, not of an earlier one.
        ([missed()], [alert(), alert(after=2 * DAY, check_in_id="third")], [], False),
        ([missed()], [alert(), alert(after=HOUR, check_in_id="second")], [form(HOUR)], True),
        # Once, for as long as that alert is open, and for what had closed when it was.
        ([missed()], [alert(), told()], [], False),
        ([missed(), missed(2 * DAY, 60 * HOUR)], [alert(), told()], [], False),
        ([missed(), missed(2 * DAY, 60 * HOUR)], [alert(), told(60 * HOUR)], [], False),
        ([missed(), missed(2 * DAY, 60 * HOUR)], [alert(), told(59 * HOUR)], [], True),
    ],
)
def test_silence(
    occasions: list[Occasion], alerts: list[Alert], heard: list[StoredForm], is_silent: bool
) -> None:
    found = silence(RULE, occasions, alerts, heard)
    assert (found is not None) is is_silent
    if found is not None:
        assert found.occasion == occasions[-1], "the last that was missed"
        assert found.after.rule != RULE.id


def test_what_it_raises() -> None:
    assert RULE.finding() == Finding("missed_after_positive", Tier.SAME_DAY, NO_ANSWER, None, None)
    assert SAFETY.words(RULE.id).startswith("A check-in was missed")
