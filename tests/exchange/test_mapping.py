"""Mapping files: one that can be meant is read, any other is refused by one sentence."""

from datetime import date
from pathlib import Path

import pytest

from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import Substance
from mindspa.exchange.mapping import AnswerMapping, EventDay, read_mapping

SOUND = """
source = "study"
person = "id"
born_on = "birth"
event = "visit"
day_zero = 2026-01-05
missing = [7, -999, "n/a", 9.5]

[events]
"first" = -2
"second" = { after = "d", days = 10 }
"third" = { days = 0, occasion = "baseline" }

[instruments.phq9]
items = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"]
declared_total = "p_sum"

[instruments.madrs]
total = "madrs"

[values]
"Not at all" = 0

[infusions]
file = "infusions.csv"
person = "who"
columns = ["one", "two"]
days = [0, 14]
kinds = { d = "ketamine", p = "placebo" }
"""


def read(folder: Path, text: str, definitions: Definitions) -> AnswerMapping:
    path = folder / "map.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path, definitions.instruments)


def test_a_sound_mapping(tmp_path: Path, definitions: Definitions) -> None:
    mapping = read(tmp_path, SOUND, definitions)
    assert mapping.missing == {"7", "-999", "n/a", "9.5"}
    assert mapping.day_zero == date(2026, 1, 5)
    assert mapping.events == {
        "first": EventDay(days=-2),
        "second": EventDay(days=10, after="d"),
        "third": EventDay(days=0, occasion="baseline"),
    }
    assert mapping.values == {"Not at all": 0}
    assert mapping.infusions is not None
    assert mapping.infusions.kinds == {"d": Substance.KETAMINE, "p": Substance.PLACEBO}
    assert mapping.columns == (
        *("id", "birth", "visit"),
        *("p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p_sum"),
        "madrs",
    )


@pytest.mark.parametrize(
    "find, put, sentence",
    [
        ('source = "study"', "", "map.toml: source is missing."),
        ('source = "study"', 'source = " "', "map.toml: source: string should have at least 1"),
        ('source = "study"', "source = 1", "map.toml: source: input should be a valid string."),
        ('source = "study"', "source", "map.toml is not valid TOML"),
        ('source = "study"', 'sauce = "study"', "map.toml: source is missing."),
        ('person = "id"', 'person = "id"\nwho = "x"', "map.toml: who is not a key of a mapping."),
        # when
        ('event = "visit"', 'answered_at = "day"', "event and [events] go together."),
        ('event = "visit"', "", "say when with one of answered_at, answered_on and event."),
        (
            'event = "visit"',
            'event = "visit"\nanswered_on = 2026-01-05',
            "say when with one of answered_at, answered_on and event.",
        ),
        ("day_zero = 2026-01-05", "", "days are counted from day_zero, which is missing."),
        ("day_zero = 2026-01-05", 'day_zero = "5 Jan"', "map.toml: day_zero: input should be"),
        ("day_zero = 2026-01-05", "day_zero = 0", "day_zero: input should be"),  # no 1970
        ("day_zero = 2026-01-05", "day_zero = 9999-12-31", "day_zero: input should be less"),
        ('"first" = -2', '"first" = 1.5', "map.toml: events.first: input should be"),
        ('"first" = -2', '"first" = true', "map.toml: events.first: input should be"),
        (
            '"first" = -2',
            '"first" = 999999999',
            "map.toml: events.first.days: input should be less",
        ),
        ('after = "d"', 'after = "k"', "second is after k, which is not in [infusions] kinds."),
        ('after = "d", days', 'after = "d", hours', "map.toml: events.second.days is missing."),
        # instruments
        ("[instruments.phq9]", "[instruments.phq10]", "there is no instrument phq10. Known are"),
        ("[instruments.madrs]", "[instruments.pulse]", "the pulse is asked by this program alone."),
        ("[instruments.madrs]", "[instruments.asq]", "instruments.asq has no total."),
        ('"p8", "p9"]', '"p8"]', "phq9 needs 9 or 10 columns in the order of the items; given: 8."),
        ('"p8", "p9"]', '"p8", "p8"]', "the column p8 is named for two things."),
        ('"p8", "p9"]', '"p8", "id"]', "the column id is named for two things."),
        ('total = "madrs"', "", "instruments.madrs needs items or total."),
        (
            'total = "madrs"',
            'items = ["m1"]',
            "madrs is known by its total alone and has no items.",
        ),
        ('declared_total = "p_sum"', 'total = "p_sum"', "beside the items is its declared_total."),
        (
            'total = "madrs"',
            'total = "madrs"\ndeclared_total = "m"',
            "instruments.madrs needs items or total",
        ),
        (
            'total = "madrs"',
            'declared_total = "madrs"',
            "madrs has a declared_total without items",
        ),
        ("missing = [7", "missing = [3", "phq9 has an answer 3, which the mapping calls missing."),
        ('"Not at all" = 0', '"Not at all" = "0"', "map.toml: values.Not at all: input should be"),
        # infusions
        ("days = [0, 14]", "days = [0]", "map.toml: infusions needs as many days as columns."),
        ("days = [0, 14]", "days = [0, 0]", "map.toml: infusions has two infusions on one day."),
        ('d = "ketamine"', 'd = "esketamine"', "map.toml: infusions.kinds.d: input should be"),
        ('kinds = { d = "ketamine", p = "placebo" }', "", "infusions.kinds is missing."),
    ],
)
def test_what_cannot_be_meant_is_named(
    tmp_path: Path, definitions: Definitions, find: str, put: str, sentence: str
) -> None:
    assert SOUND.count(find) == 1
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, SOUND.replace(find, put), definitions)
    said = str(caught.value)
    assert sentence in said
    assert said.endswith(".")
    assert "\n" not in said


def test_a_mapping_that_is_no_text_is_named(tmp_path: Path, definitions: Definitions) -> None:
    (tmp_path / "map.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match=r"^map\.toml is not UTF-8 text\."):
        read_mapping(tmp_path / "map.toml", definitions.instruments)


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path, definitions: Definitions) -> None:
    with pytest.raises(InvalidInput, match=r"none\.toml cannot be read: No such file"):
        read_mapping(tmp_path / "none.toml", definitions.instruments)


def test_an_unscored_question_may_stand_last(tmp_path: Path, definitions: Definitions) -> None:
    """With all its items or with those that count; of a rating the item that stands apart."""
    text = SOUND.replace('"p8", "p9"]', '"p8", "p9", "hard"]') + (
        '[instruments.qids_sr16]\ntotal = "qids"\nitems = ["q12"]\n'
    )
    mapping = read(tmp_path, text, definitions)
    phq9, qids = (definitions.instruments[name] for name in ("phq9", "qids_sr16"))
    assert list(mapping.instruments["phq9"].by_item(phq9).items())[-2:] == [
        ("9", "p9"),
        ("difficulty", "hard"),
    ]
    assert mapping.instruments["qids_sr16"].by_item(qids) == {"12": "q12"}
