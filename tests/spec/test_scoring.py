"""Totals, bands, rules and their edges: the vectors that a clinician can check by hand."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindspa.domain.errors import InvalidAnswers, InvalidInput
from mindspa.domain.instruments import Instrument
from mindspa.domain.scoring import score
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.instruments import load_instruments

INSTRUMENTS = load_instruments(DATA_FOLDER / "instruments")
PHQ9, GAD7, PCL5, PULSE = (INSTRUMENTS[name] for name in ("phq9", "gad7", "pcl5", "pulse"))
SUMMED = [PHQ9, GAD7, PCL5, PULSE]


def answered(instrument: Instrument, row: str) -> dict[str, int]:
    """Answers in item order; a dash is unanswered."""
    items = [item.id for item in instrument.scored_items]
    given = row.split()
    assert len(given) == len(items)
    return {item: int(value) for item, value in zip(items, given, strict=True) if value != "-"}


@pytest.mark.parametrize(
    ("row", "total", "severity", "finding"),
    [
        ("0 0 0 0 0 0 0 0 0", 0, "minimal", "none"),  # P-1
        ("1 1 1 1 0 0 0 0 0", 4, "minimal", "none"),  # P-2
        ("1 1 1 1 1 0 0 0 0", 5, "mild", "none"),  # P-3
        ("1 1 1 1 1 1 1 1 1", 9, "mild", "none"),  # P-4
        ("2 1 1 1 1 1 1 1 1", 10, "moderate", "other"),  # P-5
        ("2 2 2 2 2 1 1 1 1", 14, "moderate", "major"),  # P-6
        ("2 2 2 2 2 2 1 1 1", 15, "moderately severe", "major"),  # P-7
        ("3 3 2 2 2 2 2 2 1", 19, "moderately severe", "major"),  # P-8
        ("3 3 3 2 2 2 2 2 1", 20, "severe", "major"),  # P-9
        ("3 3 3 3 3 3 3 3 3", 27, "severe", "major"),  # P-10
        ("0 0 0 0 0 0 0 0 1", 1, "minimal", "none"),  # P-11
        ("2 0 2 2 2 0 0 0 1", 9, "mild", "major"),  # P-12
        ("3 3 1 1 1 1 1 1 0", 12, "moderate", "other"),  # P-13
        ("2 3 2 3 1 3 2 1 1", 18, "moderately severe", "major"),  # P-14
        # Without one of the first two items nothing is found, however many others count.
        ("1 1 3 3 3 3 3 3 3", 23, "severe", "none"),
        # Four count: other. The fifth, item 9 from 1, makes it major.
        ("2 0 2 2 2 0 0 0 0", 8, "mild", "other"),
        # One alone is not enough for other.
        ("3 0 0 0 0 0 0 0 0", 3, "minimal", "none"),
        ("3 0 1 2 0 0 1 0 3", 10, "moderate", "other"),
        ("2 2 2 2 1 1 2 0 0", 12, "moderate", "major"),
    ],
)
def test_phq9(row: str, total: int, severity: str, finding: str) -> None:
    result = score(PHQ9, answered(PHQ9, row))
    assert (result.total, result.severity, result.finding) == (total, severity, finding)
    assert result.complete
    assert not result.prorated


@pytest.mark.parametrize(
    ("row", "total", "severity", "gad2"),
    [
        ("0 0 0 0 0 0 0", 0, "minimal", 0),  # G-1
        ("1 1 1 1 0 0 0", 4, "minimal", 2),  # G-2
        ("1 1 1 1 1 0 0", 5, "mild", 2),  # G-3
        ("2 2 1 1 1 1 1", 9, "mild", 4),  # G-4
        ("2 2 1 1 1 1 2", 10, "moderate", 4),  # G-5
        ("3 3 2 2 2 1 1", 14, "moderate", 6),  # G-6
        ("3 3 2 2 2 2 1", 15, "severe", 6),  # G-7
        ("3 3 3 3 3 3 3", 21, "severe", 6),  # G-8
        ("3 0 1 2 0 0 1", 7, "mild", 3),
    ],
)
def test_gad7(row: str, total: int, severity: str, gad2: int) -> None:
    result = score(GAD7, answered(GAD7, row))
    assert (result.total, result.severity, result.sub_scores) == (total, severity, {"gad2": gad2})


@pytest.mark.parametrize(
    ("row", "total", "clusters", "finding"),
    [
        # T-1 positive although under the cut-off, T-2 negative although over it.
        ("3 2 2 1 0  2 1  2 2 1 0 1 0 0  2 0 2 1 1 0", 23, (8, 3, 6, 6), "positive"),
        ("4 4 4 4 4  1 1  2 2 2 2 2 2 2  1 1 1 1 1 1", 42, (20, 2, 14, 6), "negative"),
        ("0 0 0 0 0  0 0  0 0 0 0 0 0 0  0 0 0 0 0 0", 0, (0, 0, 0, 0), "negative"),
        ("4 4 4 4 4  4 4  4 4 4 4 4 4 4  4 4 4 4 4 4", 80, (20, 8, 28, 24), "positive"),
        ("2 0 0 0 0  2 0  2 2 0 0 0 0 0  2 2 0 0 0 0", 12, (2, 2, 4, 4), "positive"),
        # T-5 with one symptom fewer in one cluster at a time.
        ("1 0 0 0 0  2 0  2 2 0 0 0 0 0  2 2 0 0 0 0", 11, (1, 2, 4, 4), "negative"),
        ("2 0 0 0 0  1 0  2 2 0 0 0 0 0  2 2 0 0 0 0", 11, (2, 1, 4, 4), "negative"),
        ("2 0 0 0 0  2 0  2 1 0 0 0 0 0  2 2 0 0 0 0", 11, (2, 2, 3, 4), "negative"),
        ("2 0 0 0 0  2 0  2 2 0 0 0 0 0  2 1 0 0 0 0", 11, (2, 2, 4, 3), "negative"),
        ("4 3 1 0 3  3 4  1 2 0 3 1 0 0  1 2 4 0 0 3", 35, (11, 7, 7, 10), "positive"),
    ],
)
def test_pcl5(row: str, total: int, clusters: tuple[int, ...], finding: str) -> None:
    result = score(PCL5, answered(PCL5, row))
    assert (result.total, tuple(result.sub_scores.values())) == (total, clusters)
    assert result.finding == finding
    assert result.severity is None  # no bands are official


@pytest.mark.parametrize(
    ("row", "phq2"),
    [("2 3 2 3 1 3 2 1 1", 5), ("0 0 0 0 0 0 0 0 1", 0), ("3 - 0 0 0 0 0 0 0", None)],
)
def test_phq2_is_the_first_two_items_and_blind_to_item_9(row: str, phq2: int | None) -> None:
    assert score(PHQ9, answered(PHQ9, row)).sub_scores == {"phq2": phq2}


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ("2 2 2 2 2 2 2 - -", 7),  # P-15
        ("2 1 2 2 2 1 2 1 -", 8),  # P-16
        ("3 3 3 - - - 1 1 0", 6),  # P-17
        ("0 - - - - - - - 2", 2),  # P-18: the alert fires all the same, see test_safety
        ("0 1 1 1 0 0 0 0 -", 8),  # an eight-item form passed on as a PHQ-9 of 3
        ("- - - - - - - - -", 0),
    ],
)
def test_without_every_answer_there_is_no_total(row: str, count: int) -> None:
    result = score(PHQ9, answered(PHQ9, row))
    assert (result.total, result.severity, result.finding) == (None, None, None)
    assert (result.answered, result.of, result.complete) == (count, 9, False)


@pytest.mark.parametrize(
    ("row", "total", "unrounded", "severity"),
    [
        ("2 2 2 2 2 2 2 - -", 18, 18.0, "moderately severe"),  # P-15
        ("2 1 2 2 2 1 2 1 -", 15, 14.625, "moderately severe"),  # P-16: half up, not cut off
        ("2 0 2 - 2 0 0 0 0", 7, 6.75, "mild"),
        ("1 0 1 - 1 0 0 0 1", 5, 4.5, "mild"),  # exactly half goes up
        ("1 1 1 - 0 0 0 0 0", 3, 3.375, "minimal"),
    ],
)
def test_pro_rating_is_marked_and_keeps_what_it_rounded(
    row: str, total: int, unrounded: float, severity: str
) -> None:
    answers = answered(PHQ9, row)
    result = score(PHQ9, answers, prorate=True)
    assert (result.total, result.unrounded, result.severity) == (total, unrounded, severity)
    assert result.prorated
    assert not result.complete
    assert result.finding is None
    assert answers == answered(PHQ9, row)  # no answer is made up, item 9 least of all


@pytest.mark.parametrize("row", ["3 3 3 - - - 1 1 0", "- - - - - - - - -"])
def test_pro_rating_needs_seven_of_nine(row: str) -> None:
    result = score(PHQ9, answered(PHQ9, row), prorate=True)
    assert (result.total, result.prorated) == (None, False)


def test_pro_rating_is_an_option_of_the_instrument() -> None:
    assert score(GAD7, answered(GAD7, "1 1 1 1 1 1 -"), prorate=True).total is None


def test_a_complete_form_is_never_marked_as_pro_rated() -> None:
    result = score(PHQ9, answered(PHQ9, "1 1 1 1 1 1 1 1 1"), prorate=True)
    assert (result.total, result.prorated, result.unrounded) == (9, False, None)


@pytest.mark.parametrize("value", [4, -1, 1.5, 1.0, True, "2 ", "2", None])
def test_answers_that_are_no_option_are_refused(value: object) -> None:
    """P-19: "2 " and null are dealt with where a table is read; here only options count."""
    answers: Mapping[str, object] = {"1": 0, "2": value}
    with pytest.raises(InvalidAnswers) as caught:
        score(PHQ9, answers)  # type: ignore[arg-type]
    assert str(caught.value) == "phq9 item 2 takes one of 0, 1, 2, 3."  # never the value
    assert (caught.value.item, caught.value.value) == ("2", value)


def test_an_unknown_item_is_refused() -> None:
    with pytest.raises(InvalidAnswers, match="phq9 has no item '10'"):
        score(PHQ9, {"10": 0})


def test_the_difficulty_item_is_not_in_the_total() -> None:
    answers = answered(PHQ9, "1 0 0 0 0 0 0 0 0")
    result = score(PHQ9, answers | {"difficulty": 3})
    assert (result.total, result.answered, result.of) == (1, 9, 9)


def test_what_is_entered_as_a_result_is_not_scored() -> None:
    with pytest.raises(InvalidInput, match="madrs has no scored items"):
        score(INSTRUMENTS["madrs"], {})


def test_pulse_sub_scores_stand_alone() -> None:
    result = score(PULSE, {"interest": 3, "low_mood": 2, "nervous": 1, "safety": 1, "change": 7})
    assert (result.total, result.sub_scores) == (None, {"mood": 5, "worry": None})


@st.composite
def some_answers(draw: st.DrawFn) -> tuple[Instrument, dict[str, int]]:
    """An instrument with any of its items answered or not."""
    instrument = draw(st.sampled_from(SUMMED))
    options = {
        item.id: st.none() | st.sampled_from(sorted(item.values)) for item in instrument.items
    }
    drawn = draw(st.fixed_dictionaries(options))
    return instrument, {item: value for item, value in drawn.items() if value is not None}


@st.composite
def all_answers(draw: st.DrawFn) -> tuple[Instrument, dict[str, int]]:
    instrument = draw(st.sampled_from(SUMMED))
    options = {item.id: st.sampled_from(sorted(item.values)) for item in instrument.items}
    return instrument, draw(st.fixed_dictionaries(options))


@given(all_answers(), st.data())
def test_a_worse_answer_never_lowers_a_total(
    form: tuple[Instrument, dict[str, int]], data: st.DataObject
) -> None:
    instrument, answers = form
    item = data.draw(st.sampled_from(instrument.items))
    worse = data.draw(st.sampled_from(sorted(v for v in item.values if v >= answers[item.id])))
    before, after = score(instrument, answers), score(instrument, answers | {item.id: worse})
    assert before.total is not None
    assert after.total is not None
    step = worse - answers[item.id] if item.scored else 0
    assert after.total == before.total + step
    if instrument.bands:
        order = [band.severity for band in instrument.bands]
        assert order.index(str(after.severity)) >= order.index(str(before.severity))


@given(some_answers())
def test_missing_never_counts(form: tuple[Instrument, dict[str, int]]) -> None:
    instrument, answers = form
    result = score(instrument, answers)
    scored = [item.id for item in instrument.scored_items]
    given = [answers[item] for item in scored if item in answers]
    assert result.answered == len(given)
    assert result.total == (sum(given) if len(given) == len(scored) else None)
    for part in instrument.sub_scores:
        whole = all(item in answers for item in part.items)
        assert (result.sub_scores[part.id] is not None) == whole


@given(some_answers())
def test_a_pro_rated_total_stays_within_what_the_missing_answers_could_make(
    form: tuple[Instrument, dict[str, int]],
) -> None:
    instrument, answers = form
    result = score(instrument, answers, prorate=True)
    given = [answers[item.id] for item in instrument.scored_items if item.id in answers]
    missing = [item for item in instrument.scored_items if item.id not in answers]
    if result.total is None:
        assert len(missing) > instrument.prorate_missing
    else:
        assert sum(given) <= result.total <= sum(given) + sum(item.highest for item in missing)
