"""The follow-up list: who is on it, in what order, with what beside them; hours are from the end
of the infusion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.definitions import Definitions
from mindspa.domain.follow_up import (
    Disposition,
    FollowUpEntry,
    FollowUpReview,
    Need,
    follow_up_entries,
)
from mindspa.domain.follow_up_rows import FollowUp, follow_ups
from mindspa.domain.follow_up_windows import Windows
from mindspa.domain.safety import Alert, AlertState, Tier
from mindspa.domain.schedule import OccasionStatus, plan
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Patient, Phase, Substance
from tests.spec.treatment_factories import (
    DAY,
    HOUR,
    PATIENT,
    START,
    TICK,
    a_course,
    a_form,
    an_infusion,
    definitions,
)

END = START + HOUR


@dataclass(frozen=True)
class Row:
    """Where a row stands on the list at an instant, and what it was made of."""

    entry: FollowUpEntry
    found: FollowUp
    now: datetime

    def __getattr__(self, name: str) -> Any:
        holders = (self.entry, self.found, self.found.row)
        return next(getattr(holder, name) for holder in holders if hasattr(holder, name))

    @property
    def overdue(self) -> bool:
        return self.entry.overdue

    def status(self, code: str) -> OccasionStatus:
        return self.found.row.cells[code].status(now=self.now)


def listed(
    infusions: Sequence[Infusion] = (an_infusion(),),
    forms: Iterable[StoredForm] = (),
    *,
    now: datetime,
    alerts: Iterable[Alert] = (),
    reviews: Iterable[FollowUpReview] = (),
    courses: Sequence[Course] = (a_course(),),
    content: Definitions | None = None,
) -> tuple[Row, ...]:
    content = content or definitions()
    found: dict[str, FollowUp] = {}
    rows = []
    for patient in [Patient(patient_id, "") for patient_id in {i.patient_id for i in infusions}]:
        for follow_up in _follow_ups(
            content,
            now,
            _of(patient, courses),
            _of(patient, infusions),
            _of(patient, forms),
            _of(patient, alerts),
            _of(patient, reviews),
        ):
            found[follow_up.infusion.id] = follow_up
            rows.append((patient, follow_up.row))
    entries = follow_up_entries(rows, now=now)
    return tuple(Row(entry, found[entry.row.infusion_id], now) for entry in entries)


Owned = TypeVar("Owned", Course, Infusion, StoredForm, Alert, FollowUpReview)


def _of(patient: Patient, values: Iterable[Owned]) -> list[Owned]:
    return [value for value in values if value.patient_id == patient.id]


def _follow_ups(
    content: Definitions,
    now: datetime,
    courses: Sequence[Course],
    infusions: Sequence[Infusion],
    forms: Sequence[StoredForm],
    alerts: Sequence[Alert],
    reviews: Sequence[FollowUpReview],
) -> Sequence[FollowUp]:
    protocol = content.protocol
    windows = Windows(infusions, alerts, reviews, protocol)
    patient_id = infusions[0].patient_id
    return follow_ups(
        windows,
        windows.waiting(newest_versions(forms)),
        courses=courses,
        infusions=infusions,
        occasions=plan(patient_id, courses, infusions, protocol, indications=[], until=now),
        forms=forms,
        definitions=content,
        zone=ZoneInfo("UTC"),
    )


def ids(entries: Iterable[Row]) -> list[str]:
    return [entry.infusion.id for entry in entries]


def row(
    forms: Iterable[StoredForm] = (), *, now: datetime = END + 80 * HOUR, infusion_id: str = "i1"
) -> Row:
    (found,) = (entry for entry in listed(forms=forms, now=now))
    assert found.infusion.id == infusion_id
    return found


def a_review(entry: Row, *, at: datetime, review_id: str = "r1") -> FollowUpReview:
    """Of all that the row shows, as the service stores it."""
    return FollowUpReview(
        id=review_id,
        patient_id=entry.patient.id,
        infusion_id=entry.infusion.id,
        reviewed_by="nurse",
        reviewed_by_name="Nurse",
        reviewed_at=at,
        disposition=Disposition.NO_ACTION,
        note=None,
        seen_form_ids=entry.form_ids,
        seen_alert_ids=entry.alert_ids,
    )


def an_alert(
    answered_at: datetime = END + 30 * HOUR,
    *,
    tier: Tier = Tier.SAME_DAY,
    state: AlertState = AlertState.OPEN,
    historic: bool = False,
    patient_id: str = PATIENT,
) -> Alert:
    return Alert(
        f"alert {answered_at}",
        patient_id,
        "pulse_safety",
        tier,
        "pulse",
        "safety",
        1,
        answered_at,
        answered_at,
        state,
        historic,
    )


# Who is on the list


@pytest.mark.parametrize("after, is_listed", [(-TICK, False), (timedelta(0), True)])
def test_a_row_enters_at_infusion_end(after: timedelta, is_listed: bool) -> None:
    assert bool(listed(now=END + after)) is is_listed


@pytest.mark.parametrize(
    "after, overdue", [(84 * HOUR - TICK, False), (84 * HOUR, True), (400 * DAY, True)]
)
def test_a_row_stays_until_it_is_reviewed_and_is_overdue_after_its_window(
    after: timedelta, overdue: bool
) -> None:
    (entry,) = listed(now=END + after)
    assert entry.overdue is overdue


def test_the_next_infusion_ends_the_window_of_a_row() -> None:
    infusions = [an_infusion(), an_infusion("i2", START + 48 * HOUR, status=InfusionStatus.PLANNED)]
    (before,) = listed(infusions, now=START + 48 * HOUR - TICK)
    assert (before.closes_at, before.overdue) == (START + 48 * HOUR, False)
    (after,) = listed(infusions, now=START + 48 * HOUR)
    assert after.overdue


def test_a_reviewed_row_leaves() -> None:
    now = END + 80 * HOUR
    form = a_form("f", END + 25 * HOUR)
    review = a_review(row([form], now=now), at=now)
    assert listed(forms=[form], reviews=[review], now=now + 90 * DAY) == ()


@pytest.mark.parametrize(
    "infusion",
    [
        an_infusion(status=InfusionStatus.CANCELLED),
        an_infusion(substance=Substance.PLACEBO),
        an_infusion(substance=Substance.PLACEBO, status=InfusionStatus.PLANNED),
        an_infusion(recorded_at=END + 14 * DAY + TICK),
    ],
    ids=["cancelled", "placebo", "placebo without an end", "history"],
)
def test_these_never_enter(infusion: Infusion) -> None:
    assert listed([infusion], now=END + 20 * DAY) == ()


@pytest.mark.parametrize("status", [InfusionStatus.GIVEN, InfusionStatus.STOPPED])
def test_these_enter(status: InfusionStatus) -> None:
    infusion = an_infusion(status=status, recorded_at=END + 14 * DAY)
    assert ids(listed([infusion], now=END + 20 * DAY)) == ["i1"]


@pytest.mark.parametrize("after, is_listed", [(3 * HOUR - TICK, False), (3 * HOUR, True)])
@pytest.mark.parametrize("status", [InfusionStatus.PLANNED, InfusionStatus.STARTED])
def test_an_infusion_without_an_end_is_listed_from_3_hours_after_its_planned_start(
    status: InfusionStatus, after: timedelta, is_listed: bool
) -> None:
    infusion = an_infusion(status=status)
    entries = listed([infusion], now=START + after)
    assert bool(entries) is is_listed
    if entries:
        assert entries[0].need is Need.FORGOTTEN_END
        review = a_review(entries[0], at=START + after)
        assert listed([infusion], reviews=[review], now=START + 9 * HOUR), "until it is closed"


# Reviewed, and then


def reviewed_at_40_hours(*forms: StoredForm) -> FollowUpReview:
    now = END + 40 * HOUR
    return a_review(row(forms, now=now), at=now)


FIRST = a_form("f1", END + 25 * HOUR)


@pytest.mark.parametrize(
    "later",
    [
        a_form("later", END + 48 * HOUR),
        a_form("later", END + 84 * HOUR - TICK, "phq9"),
        a_form("on paper", END + 30 * HOUR, saved_at=END + 70 * HOUR),
        a_form("entered late", START - 24 * HOUR, saved_at=END + 70 * HOUR),
        a_form("correction", FIRST.answered_at, replaces="f1"),
    ],
)
def test_a_later_answer_reopens_a_row_as_new_since_review(later: StoredForm) -> None:
    review = reviewed_at_40_hours(FIRST)
    (entry,) = listed(forms=[FIRST, later], reviews=[review], now=END + 90 * HOUR)
    assert entry.new_since_review
    assert entry.need is Need.NEW_SINCE_REVIEW
    assert entry.review is review
    assert not entry.overdue
    again = a_review(entry, at=END + 90 * HOUR, review_id="r2")
    assert listed(forms=[FIRST, later], reviews=[again, review], now=END + 90 * HOUR) == ()


@pytest.mark.parametrize(
    "elsewhere",
    [
        a_form("after its window", END + 84 * HOUR),
        a_form("before its window", START - 24 * HOUR - TICK),
        a_form("a clinician's rating", END + 48 * HOUR, "madrs"),
    ],
)
def test_answers_that_are_not_about_this_infusion_do_not_reopen_it(elsewhere: StoredForm) -> None:
    review = reviewed_at_40_hours(FIRST)
    assert listed(forms=[FIRST, elsewhere], reviews=[review], now=END + 90 * HOUR) == ()


def test_a_patient_with_an_open_alert_stays_listed_whatever_is_marked() -> None:
    now = END + 80 * HOUR
    (entry,) = listed(alerts=[an_alert()], now=now)
    review = a_review(entry, at=now)
    (still,) = listed(alerts=[an_alert()], reviews=[review], now=now)
    assert still.open_alerts == (an_alert(),)
    assert not still.new_since_review
    closed = replace(an_alert(), state=AlertState.CLOSED)
    assert listed(alerts=[closed], reviews=[review], now=now) == ()


def test_an_alert_reopens_a_row_and_a_historic_one_does_not() -> None:
    now = END + 80 * HOUR
    review = a_review(row(now=now), at=now)
    (entry,) = listed(alerts=[an_alert()], reviews=[review], now=now)
    assert entry.new_since_review
    assert listed(alerts=[an_alert(historic=True)], reviews=[review], now=now) == ()


@pytest.mark.parametrize(
    "answered_at, infusion_id",
    [
        (START - DAY, "i1"),  # before all of them: with the first
        (END, "i1"),
        (END + 47 * HOUR + HOUR - TICK, "i1"),
        (END + 48 * HOUR, "i2"),
        (END + 30 * DAY, "i2"),
    ],
)
def test_an_alert_stands_with_the_infusion_that_was_over(
    answered_at: datetime, infusion_id: str
) -> None:
    infusions = [an_infusion(), an_infusion("i2", START + 48 * HOUR)]
    entries = listed(infusions, alerts=[an_alert(answered_at)], now=END + 31 * DAY)
    assert [entry.infusion.id for entry in entries if entry.open_alerts] == [infusion_id]


def test_an_open_alert_lists_a_patient_whose_infusions_are_all_history() -> None:
    infusion = an_infusion(recorded_at=END + 20 * DAY)
    alert = an_alert(END + 21 * DAY)
    assert ids(listed([infusion], alerts=[alert], now=END + 22 * DAY)) == ["i1"]


def test_an_alert_that_came_and_went_after_the_window_is_no_news_of_the_infusion() -> None:
    review = a_review(row(), at=END + 80 * HOUR)
    gone = an_alert(END + 84 * HOUR, state=AlertState.CLOSED)
    assert listed(alerts=[gone], reviews=[review], now=END + 90 * HOUR) == ()
    within = an_alert(END + 84 * HOUR - TICK, state=AlertState.CLOSED)
    assert len(listed(alerts=[within], reviews=[review], now=END + 90 * HOUR)) == 1


# Order


def a_pulse(after: timedelta, answers: Mapping[str, int], total: int | None = 6) -> StoredForm:
    return a_form("after", END + after, answers={"safety": 0, **answers}, total=total)


BEFORE = a_form("before", START - HOUR, total=6)


def test_order_of_need() -> None:
    assert [need.name for need in Need] == [
        "FORGOTTEN_END",
        "IMMEDIATE_ALERT",
        "SAFETY_NOT_ANSWERED",
        "SEVERE_SIDE_EFFECT",
        "PULSE_WORSE",
        "SILENT",
        "SAME_DAY_ALERT",
        "NEW_SINCE_REVIEW",
        "REST",
    ]


@pytest.mark.parametrize(
    "answers, total, need",
    [
        ({}, 6, Need.REST),
        ({"safety": 2}, 6, Need.REST),  # rather not say is an answer; its alert is not this rule's
        ({"side_effects": 2}, 6, Need.REST),
        ({"side_effects": 3}, 6, Need.SEVERE_SIDE_EFFECT),
        ({"change": 5}, 6, Need.REST),
        ({"change": 6}, 6, Need.PULSE_WORSE),
        ({"change": 7}, 6, Need.PULSE_WORSE),
        ({}, 9, Need.REST),
        ({}, 10, Need.PULSE_WORSE),  # up by 4
        ({"change": 7, "side_effects": 3}, 12, Need.SEVERE_SIDE_EFFECT),
    ],
)
def test_need_of_an_answer(answers: Mapping[str, int], total: int, need: Need) -> None:
    entry = row([BEFORE, a_pulse(30 * HOUR, answers, total)])
    assert entry.need is need
    acute = row([BEFORE, a_pulse(2 * HOUR, answers, total)])
    assert acute.need is need, "safety uses the worst answer, the acute ones too"


def test_what_was_told_before_an_infusion_is_not_worse_after_it() -> None:
    """Such as the 48 h pulse of the infusion before, which is this one's pre-infusion pulse."""
    answers = {"safety": 0, "change": 7, "side_effects": 3}
    shared = a_form("shared", START - HOUR, answers=answers)
    assert row([shared, FIRST]).need is Need.REST


def test_a_rise_needs_something_to_have_risen_from() -> None:
    assert row([a_pulse(30 * HOUR, {}, 12)]).need is Need.REST


@pytest.mark.parametrize(
    "form, need",
    [
        (a_form("f", END + 30 * HOUR, answers={"interest": 0}), Need.SAFETY_NOT_ANSWERED),
        (a_form("f", START - HOUR, answers={"interest": 0}), Need.SAFETY_NOT_ANSWERED),
        (a_form("f", END + 30 * HOUR, "phq9", answers={"1": 0}), Need.SAFETY_NOT_ANSWERED),
        (a_form("f", END + 30 * HOUR, "phq9", answers={"9": 0}), Need.REST),
        (a_form("f", END + 30 * HOUR, "phq9", answers={}), Need.REST),  # came in as a total
        (a_form("f", END + 30 * HOUR, "gad7", answers={"1": 0}), Need.REST),
    ],
)
def test_a_form_without_its_safety_answer_sorts_up(form: StoredForm, need: Need) -> None:
    answered = a_form("answered", END + 26 * HOUR)
    assert row([form, answered]).need is need


@pytest.mark.parametrize(
    "tier, need", [(Tier.IMMEDIATE, Need.IMMEDIATE_ALERT), (Tier.SAME_DAY, Need.SAME_DAY_ALERT)]
)
def test_need_of_an_alert(tier: Tier, need: Need) -> None:
    (entry,) = listed(alerts=[an_alert(tier=tier)], forms=[FIRST], now=END + 30 * HOUR)
    assert entry.need is need


@pytest.mark.parametrize(
    "after, need", [(36 * HOUR - TICK, Need.REST), (36 * HOUR, Need.SILENT), (DAY * 9, Need.SILENT)]
)
def test_silent_from_36_hours_on(after: timedelta, need: Need) -> None:
    assert row([BEFORE], now=END + after).need is need
    assert row([BEFORE, a_form("f", END)], now=END + after).need is Need.REST


def test_what_a_reviewer_has_seen_does_not_sort_up_again() -> None:
    worse = a_form("worse", END + 25 * HOUR, answers={"safety": 0, "change": 7})
    fine = a_form("fine", END + 50 * HOUR)
    again = a_form("again", END + 50 * HOUR, answers={"safety": 0, "change": 6})
    review = reviewed_at_40_hours(worse)
    for new, need in ((fine, Need.NEW_SINCE_REVIEW), (again, Need.PULSE_WORSE)):
        (entry,) = listed(forms=[worse, new], reviews=[review], now=END + 60 * HOUR)
        assert entry.need is need


def test_silence_that_was_reviewed_does_not_sort_up_again() -> None:
    review = reviewed_at_40_hours()
    assessed = an_alert(END + 50 * HOUR, state=AlertState.CLOSED)
    (entry,) = listed(alerts=[assessed], reviews=[review], now=END + 60 * HOUR)
    assert entry.need is Need.NEW_SINCE_REVIEW


def test_rows_of_a_patient_stand_together_where_the_neediest_belongs() -> None:
    """Patient a: one row at rest, one with an immediate alert. b is silent, c at rest and d at
    rest for longer."""
    infusions = [
        an_infusion("a1", START - 5 * DAY, patient_id="a"),
        an_infusion("a2", patient_id="a"),
        an_infusion("b1", patient_id="b"),
        an_infusion("c1", patient_id="c"),
        an_infusion("d1", START - TICK, patient_id="d"),
    ]
    courses = [a_course(patient_id=patient, started_at=START - 5 * DAY) for patient in "abcd"]
    forms = [
        a_form("fa", START - 4 * DAY, patient_id="a"),
        a_form("fc", END + HOUR, patient_id="c"),
        a_form("fd", END + HOUR, patient_id="d"),
    ]
    alert = an_alert(END + HOUR, tier=Tier.IMMEDIATE, patient_id="a")
    entries = listed(infusions, forms, alerts=[alert], courses=courses, now=END + 40 * HOUR)
    assert ids(entries) == ["a2", "a1", "b1", "d1", "c1"]


# What a row says


def test_cells_with_their_status_and_true_hours() -> None:
    forms = [
        BEFORE,
        a_form("+20", END + 20 * HOUR, total=4),
        a_form("+26", END + 26 * HOUR, total=3),
        a_form("+78", END + 78 * HOUR, total=2),
    ]
    found = row(forms, now=END + 80 * HOUR)
    cells = found.cells
    assert list(cells) == ["pre_infusion", "24h", "48h", "72h"]
    told = {
        code: (found.status(code), cell.total, cell.hours, cell.counts)
        for code, cell in cells.items()
    }
    assert cells["24h"].closes_at == END + 36 * HOUR
    assert told == {
        "pre_infusion": (OccasionStatus.DONE, 6, -2, False),
        "24h": (OccasionStatus.DONE, 3, 26, True),
        "48h": (OccasionStatus.MISSED, None, None, False),
        "72h": (OccasionStatus.DONE, 2, 78, False),
    }


def test_cells_that_are_not_answered_yet_or_never_will_be() -> None:
    infusions = [an_infusion(), an_infusion("i2", START + 48 * HOUR, status=InfusionStatus.PLANNED)]
    (entry,) = listed(infusions, now=END + 30 * HOUR)
    assert [entry.status(code).value for code in entry.cells] == [
        "missed",
        "open",
        "not due",
        "not applicable",
    ]


def test_a_cell_is_about_the_pulse_where_a_clinic_asks_for_a_phq9_with_it() -> None:
    """Two series from the same minute stay two."""
    shipped = definitions()
    rules = tuple(
        replace(rule, forms=("pulse", "phq9")) if rule.code in {"24h", "48h"} else rule
        for rule in shipped.protocol.rules
    )
    content = replace(shipped, protocol=replace(shipped.protocol, rules=rules))
    both = [a_form("p", END + 24 * HOUR, total=4), a_form("q", END + 24 * HOUR, "phq9")]
    only_pulse = a_form("only", END + 48 * HOUR, total=5)
    (entry,) = listed(forms=[*both, only_pulse], content=content, now=END + 70 * HOUR)
    for code, total in (("24h", 4), ("48h", 5)):
        assert (entry.status(code), entry.cells[code].total) == (OccasionStatus.DONE, total)
    assert [score.instrument for score in entry.standard] == ["phq9"]


def test_change_since_before_and_since_the_course_began() -> None:
    infusions = [an_infusion(), an_infusion("i2", START + 7 * DAY)]
    second_end = END + 7 * DAY
    forms = [
        a_form("course", START - HOUR, total=11),
        a_form("before", second_end - 2 * HOUR, total=7),
        a_form("24", second_end + 24 * HOUR, total=3),
        a_form("48", second_end + 48 * HOUR, total=5),
        a_form("72", second_end + 72 * HOUR, total=None),  # no sum: not the latest sum
    ]
    first, second = listed(infusions, forms, now=second_end + 80 * HOUR)
    assert (second.change_since_before, second.change_since_course) == (-2, -6)
    assert (first.change_since_before, first.change_since_course) == (None, None)


def test_maintenance_counts_from_the_beginning_of_its_induction() -> None:
    booster = an_infusion("i2", START + 28 * DAY, course_id="c2")
    courses = [
        a_course(ended_at=START + DAY),
        a_course("c2", Phase.MAINTENANCE, started_at=START + 28 * DAY),
    ]
    forms = [
        a_form("course", START - HOUR, total=11),
        a_form("24", booster.ends_at + 24 * HOUR, total=3),
    ]
    entries = listed([an_infusion(), booster], forms, courses=courses, now=START + 30 * DAY)
    entry = next(entry for entry in entries if entry.infusion.id == "i2")
    assert (entry.change_since_before, entry.change_since_course) == (None, -8)


def test_a_missing_pulse_before_is_no_zero() -> None:
    assert row([a_form("f", END + 24 * HOUR, total=3)]).change_since_before is None


def test_what_a_row_shows_is_what_a_review_has_seen() -> None:
    forms = [
        a_form("before its window", START - 24 * HOUR - TICK),
        a_form("first", START - 24 * HOUR),
        a_form("last", END + 84 * HOUR - TICK, "phq9"),
        a_form("after its window", END + 84 * HOUR),
    ]
    closed = an_alert(END + 30 * HOUR, state=AlertState.CLOSED)
    raised = an_alert(END + 90 * HOUR)
    (entry,) = listed(forms=forms, alerts=[closed, raised], now=END + 91 * HOUR)
    assert [form.id for form in entry.forms] == ["first", "last"]
    assert entry.form_ids == {"first", "last"}
    assert (entry.alerts, entry.open_alerts) == ((closed, raised), (raised,))
    assert entry.alert_ids == {closed.id, raised.id}


@pytest.mark.parametrize("after, before_infusion", [(24, 0.929), (48, 0.857), (72, 0.786)])
def test_standard_scores_say_how_much_of_their_recall_lies_before(
    after: int, before_infusion: float
) -> None:
    entry = row([a_form("f", END + after * HOUR, "phq9", total=11)])
    (score,) = entry.standard
    assert score.hours == after
    assert score.share_before_infusion == pytest.approx(before_infusion, abs=0.0005)
    # The course began an hour earlier, at the start of its first infusion.
    assert score.share_before_course == pytest.approx((14 * 24 - after - 1) / (14 * 24))


@pytest.mark.parametrize(
    "at, shown",
    [(END - TICK, False), (END, True), (END + 84 * HOUR - TICK, True), (END + 84 * HOUR, False)],
)
def test_standard_scores_and_side_effects_of_the_window_only(at: datetime, shown: bool) -> None:
    forms = [a_form("s", at, "gad7"), a_form("p", at, answers={"side_effects": 1})]
    entry = row(forms, now=END + 90 * HOUR)
    assert bool(entry.standard) is shown
    assert entry.side_effects == (1 if shown else None)


def test_the_worst_side_effect_is_shown() -> None:
    forms = [
        a_form(f"+{hours}", END + hours * HOUR, answers={"side_effects": told})
        for hours, told in ((2, 2), (26, 0))
    ]
    assert row(forms).side_effects == 2


def test_infusions_are_numbered_over_all_courses_without_placebo() -> None:
    infusions = [
        an_infusion("i1"),
        an_infusion("placebo", START + 7 * DAY, substance=Substance.PLACEBO),
        an_infusion("i2", START + 28 * DAY, course_id="c2"),
        an_infusion("open", START + 35 * DAY, course_id="c2", status=InfusionStatus.PLANNED),
    ]
    courses = [a_course(), a_course("c2", Phase.MAINTENANCE, started_at=START + 28 * DAY)]
    entries = listed(infusions, courses=courses, now=START + 36 * DAY)
    assert {entry.infusion.id: entry.number for entry in entries} == {
        "i1": 1,
        "i2": 2,
        "open": None,
    }
