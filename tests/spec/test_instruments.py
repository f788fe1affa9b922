"""The shipped instruments: what they must say word for word, and how their parts are read."""

from datetime import UTC, datetime, timedelta

import pytest

from mindspa.domain.errors import InvalidAnswers
from mindspa.domain.instruments import Instrument, Kind, check_total, recall_share_before
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.instruments import load_instruments

INSTRUMENTS = load_instruments(DATA_FOLDER / "instruments")
PHQ9, GAD7, PCL5, PULSE = (INSTRUMENTS[name] for name in ("phq9", "gad7", "pcl5", "pulse"))
ASQ, QIDS = INSTRUMENTS["asq"], INSTRUMENTS["qids_sr16"]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instrument", "bands"),
    [
        (
            PHQ9,
            [
                (0, 4, "minimal"),
                (5, 9, "mild"),
                (10, 14, "moderate"),
                (15, 19, "moderately severe"),
                (20, 27, "severe"),
            ],
        ),
        (GAD7, [(0, 4, "minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 21, "severe")]),
        (
            QIDS,
            [
                (0, 5, "none"),
                (6, 10, "mild"),
                (11, 15, "moderate"),
                (16, 20, "severe"),
                (21, 27, "very severe"),
            ],
        ),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_bands_cover_the_range_without_gap_or_overlap(
    instrument: Instrument, bands: list[tuple[int, int, str]]
) -> None:
    expected = [severity for low, high, severity in bands for _ in range(low, high + 1)]
    totals = range(instrument.minimum, instrument.maximum + 1)
    assert [band.severity for total in totals if (band := instrument.band(total))] == expected


def test_only_validated_scales_have_bands_cut_offs_and_codes() -> None:
    assert [i.id for i in INSTRUMENTS.values() if i.bands] == ["gad7", "phq9", "qids_sr16"]
    assert [i.id for i in INSTRUMENTS.values() if i.codes] == ["gad7", "pcl5", "phq9"]
    assert {i.id: c.start for i in INSTRUMENTS.values() for c in i.cut_offs} == {
        "phq9": 10,
        "gad7": 10,
        "pcl5": 31,
    }
    assert not any(item.code for item in PULSE.items)


def test_loinc_codes_are_those_of_each_item_and_not_in_item_order() -> None:
    assert {item.id: item.code for item in PHQ9.items} == {
        "1": "44250-9",
        "2": "44255-8",
        "3": "44259-0",
        "4": "44254-1",
        "5": "44251-7",
        "6": "44258-2",
        "7": "44252-5",
        "8": "44253-3",
        "9": "44260-8",
        "difficulty": "69722-7",
    }
    assert [item.code for item in GAD7.items] == [
        "69725-0",
        "68509-9",
        "69733-4",
        "69734-2",
        "69735-9",
        "69689-8",
        "69736-7",
        "69722-7",
    ]
    assert (PHQ9.codes["panel"], PHQ9.codes["total"]) == ("44249-1", "44261-6")
    assert (GAD7.codes["panel"], GAD7.codes["total"]) == ("69737-5", "70274-6")
    assert (PCL5.codes["panel"], PCL5.codes["total"]) == ("101697-1", "101698-9")


@pytest.mark.parametrize("instrument", [PHQ9, GAD7], ids=lambda i: i.id)
def test_extremely_difficult_is_3_although_its_code_sorts_before(instrument: Instrument) -> None:
    options = instrument.item("difficulty").options
    assert [(o.value, o.code) for o in options] == [
        (0, "LA6572-7"),
        (1, "LA6573-5"),
        (2, "LA6575-0"),
        (3, "LA6574-3"),
    ]


@pytest.mark.parametrize(
    ("instrument", "item", "words"),
    [
        (PHQ9, "1", "Little interest or pleasure in doing things"),
        (
            PHQ9,
            "9",
            "Thoughts that you would be better off dead or of hurting yourself in some way",
        ),
        (GAD7, "7", "Feeling afraid as if something awful might happen"),
        (PCL5, "1", "Repeated, disturbing, and unwanted memories of the stressful experience?"),
        (PCL5, "20", "Trouble falling or staying asleep?"),
    ],
)
def test_validated_wording(instrument: Instrument, item: str, words: str) -> None:
    assert instrument.item(item).text["en"] == words


@pytest.mark.parametrize("instrument", [PHQ9, GAD7], ids=lambda i: i.id)
def test_the_lowest_answer_is_not_at_all_and_never_not_at_all_sure(instrument: Instrument) -> None:
    assert [o.text["en"] for o in instrument.item("1").options] == [
        "Not at all",
        "Several days",
        "More than half the days",
        "Nearly every day",
    ]
    assert "No permission required to reproduce" in instrument.provenance.notice


def test_recall_of_each_form() -> None:
    assert {i.id: i.recall for i in INSTRUMENTS.values() if i.kind is not Kind.ENTERED_TOTAL} == {
        "phq9": timedelta(days=14),
        "gad7": timedelta(days=14),
        "pcl5": timedelta(days=30),
        "pulse": timedelta(hours=24),
        "asq": None,
        "cssrs": None,
    }


@pytest.mark.parametrize(
    ("variant", "items"),
    [
        ("before", ["interest", "low_mood", "nervous", "worry", "safety", "call"]),
        (
            "after",
            [
                "interest",
                "low_mood",
                "nervous",
                "worry",
                "change",
                "side_effects",
                "safety",
                "call",
            ],
        ),
        (None, ["interest", "low_mood", "nervous", "worry", "safety", "call"]),
    ],
)
def test_change_and_side_effects_are_asked_after_an_infusion_only(
    variant: str | None, items: list[str]
) -> None:
    assert [item.id for item in PULSE.items_for(variant)] == items


def test_the_pulse_says_who_sees_the_safety_answer_before_asking() -> None:
    intro = PULSE.item("safety").intro
    assert intro is not None
    assert "does not by itself end your treatment" in intro["en"]


def test_the_pulse_is_no_standard_form() -> None:
    assert PULSE.kind is Kind.PULSE
    assert (PULSE.minimum, PULSE.maximum) == (0, 12)
    assert {part.id: part.maximum for part in PULSE.sub_scores} == {"mood": 6, "worry": 6}
    standard = {item.text["en"] for form in (PHQ9, GAD7) for item in form.items}
    assert standard.isdisjoint(item.text["en"] for item in PULSE.items)


def test_the_asq_stays_off_and_with_staff_until_it_is_signed() -> None:
    assert (ASQ.enabled, ASQ.staff_only, ASQ.provenance.reviewed_by) == (False, True, None)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [({}, False), ({"1": 0, "9": 0}, False), ({"9": 1}, True), ({"1": 3, "9": 0}, True)],
)
def test_difficulty_is_asked_when_some_symptom_is_above_0(
    answers: dict[str, int], asked: bool
) -> None:
    assert PHQ9.is_asked(PHQ9.item("difficulty"), answers) is asked
    assert PHQ9.is_asked(PHQ9.item("1"), answers)


@pytest.mark.parametrize("total", [0, 60])
def test_entered_totals_at_the_edges(total: int) -> None:
    check_total(INSTRUMENTS["madrs"], total)


@pytest.mark.parametrize("total", [-1, 61, 1.0, True, "20", None])
def test_entered_totals_outside_the_range_are_refused(total: object) -> None:
    with pytest.raises(InvalidAnswers, match="whole numbers from 0 to 60"):
        check_total(INSTRUMENTS["madrs"], total)


def test_a_screen_has_no_total() -> None:
    with pytest.raises(InvalidAnswers, match="cssrs has no total"):
        check_total(INSTRUMENTS["cssrs"], 0)


def test_an_unknown_language_falls_back_to_the_first() -> None:
    assert (PHQ9.language_for("en"), PHQ9.language_for("xx")) == ("en", "en")


@pytest.mark.parametrize(
    ("since", "percent"),
    [
        (timedelta(hours=-1), 100.0),  # answered before it
        (timedelta(0), 100.0),
        (timedelta(hours=24), 92.9),
        (timedelta(hours=48), 85.7),
        (timedelta(hours=72), 78.6),
        (timedelta(days=7), 50.0),
        (timedelta(days=14), 0.0),
        (timedelta(days=15), 0.0),
    ],
)
def test_share_of_two_weeks_that_lies_before_an_infusion(since: timedelta, percent: float) -> None:
    assert PHQ9.recall is not None
    share = recall_share_before(PHQ9.recall, answered_at=NOON + since, instant=NOON)
    assert round(100 * share, 1) == percent
