"""The files of rules and help lines: what ships is sound, and a contradiction is named by place."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidDefinition
from mindspa.domain.instruments import Instrument
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files.crisis import load_crisis
from mindspa.storage.definition_files.instruments import load_instruments
from mindspa.storage.definition_files.rules import load_rules

RULES, CRISIS = DATA_FOLDER / "rules.toml", DATA_FOLDER / "crisis.toml"


@pytest.fixture(scope="module")
def instruments() -> Mapping[str, Instrument]:
    return load_instruments(DATA_FOLDER / "instruments")


def altered(original: Path, folder: Path, old: str, new: str) -> Path:
    text = original.read_text(encoding="utf-8")
    assert old in text
    changed = folder / original.name
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    return changed


def test_shipped_rules(instruments: Mapping[str, Instrument]) -> None:
    changes, safety = load_rules(RULES, instruments)
    assert set(changes) == {"phq9", "gad7", "pcl5"}
    assert safety.historic_after == timedelta(days=14)
    # Shipped unsigned, and said so; they hold all the same.
    assert (safety.signed_by, safety.signed_on) == (None, None)
    for rule in changes.values():
        assert all(rule.sources.values())


def test_a_signature_is_read(instruments: Mapping[str, Instrument], tmp_path: Path) -> None:
    signed = altered(
        RULES, tmp_path, 'signed_by = ""', 'signed_by = "A. Clinician"\nsigned_on = 2026-06-01'
    )
    _, safety = load_rules(signed, instruments)
    assert (safety.signed_by, safety.signed_on) == ("A. Clinician", date(2026, 6, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('signed_by = ""', 'signed_by = "A. Clinician"', "signed_by and signed_on go together"),
        ('instrument = "phq9"', 'instrument = "phq10"', "no instrument phq10"),
        ("percent = 50,", "percent = 150,", "change phq9, response: percent must be from 1 to 100"),
        ("percent = 25,", "percent = 50,", "change phq9: partial must be below response"),
        ("remission = { below = 5", "remission = { below = 28", "below must be from 1 to 27"),
        (
            'remission = { below = 5, source = "McMillan et al. 2010; HEDIS DRR-E" }',
            "",
            "change phq9: sustained needs remission",
        ),
        ("points = 6, sd", "points = 5, sd", "reliable points must be 6"),
        ("sd = 6.1, ", "", "sd, reliability and reliability_kind go together"),
        (
            "important = { points = 5, source",
            "important = { points = 5, sorce",
            "source is missing",
        ),
        ('instrument = "gad7"', 'instrument = "phq9"', "stands twice"),
        ("historic_after_days = 14", "", "historic_after_days is missing"),
        ("immediate = [2, 3]", "immediate = [2, 4]", "triggers phq9_item9: immediate: 4 is no"),
        ("immediate = [2, 3]", "immediate = [2, true]", "triggers phq9_item9: immediate: True"),
        ("immediate = [2, 3]", "immediate = [1, 2, 3]", "the answer 1 stands in two tiers"),
        ("immediate = [3]\nsame_day = [2]\n", "", "triggers cssrs_level: no answer raises it"),
        ('item = "9"', 'item = "19"', "phq9 has no item 19"),
        ('item = "9"', 'item = "8"', "no trigger looks at the safety item 9 of phq9"),
        ('id = "asq_2"', 'id = "asq_1"', "the id asq_1 stands twice"),
        (
            "immediate = [1, 2]",
            "immediate = [1]\nsame_day = [2]",
            "item 5 of asq needs a trigger for its answer 2, immediate.",
        ),
        (
            'item = "3"\nsame_day = [1, 2]',
            'item = "3"\nsame_day = [1]',
            "item 3 of asq needs a trigger for its answer 2, same_day.",
        ),
        (
            'item = "3"\nsame_day = [1, 2]',
            'item = "3"\nimmediate = [1, 2]',
            "item 3 of asq needs a trigger for its answer 1, same_day.",
        ),
        ("points = 4\n", "", "points must be 1 or more"),
        ('tier = "same_day"', 'tier = "soon"', "tier must be one of immediate, same_day"),
        ("values = [1]", "values = []", "contact_requests call_wanted: values is missing"),
        ("[safety]", "[safety]\nsigned = true", "safety: unknown key signed"),
        ("within = 30", "within = 0", "clock, immediate: within must be 1 or more"),
        ("repeat = 15\n", "", "clock, immediate: repeat is missing"),
        ("within = 30", "within = 30\nwhen = 1", "clock, immediate: unknown key when"),
        ("values = [1, 2]", "values = [0, 1]", "phq9_item9 does not raise the answer 0"),
        ("values = [1, 2]", "values = [true]", "must be a list of whole numbers"),
        ('rule = "phq9_item9"', 'rule = "phq9_item8"', "there is no trigger phq9_item8"),
        ("within_days = 14", "within_days = 0", "within_days must be 1 or more"),
    ],
)
def test_rules_that_contradict_themselves(
    instruments: Mapping[str, Instrument], tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        load_rules(altered(RULES, tmp_path, old, new), instruments)
    assert "rules.toml" in str(refused.value)
    assert said in str(refused.value)


def test_only_verified_help_lines_count() -> None:
    entries = load_crisis(CRISIS)
    assert set(entries) == {"US", "CA"}
    line = entries["US"].lines[0]
    assert (entries["US"].emergency, line.call, line.text) == ("911", "988", "988")


def test_a_clinic_verifies_its_own_entry(tmp_path: Path) -> None:
    text = CRISIS.read_text(encoding="utf-8")
    spanish = text[text.index('country = "ES"') :]
    verified = spanish.replace("verified = false", "verified = true\nchecked_on = 2026-06-01", 1)
    file = tmp_path / "crisis.toml"
    file.write_text(text.replace(spanish, verified), encoding="utf-8")
    entry = load_crisis(file)["ES"]
    assert (entry.checked_on, entry.lines[0].call) == (date(2026, 6, 1), "024")
    assert entry.check_again_by == date(2026, 12, 1)
    assert not entry.is_overdue(date(2026, 12, 1))
    assert entry.is_overdue(date(2026, 12, 2))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('country = "US"', 'country = "USA"', "two capital letters"),
        ('country = "CA"', 'country = "US"', "countries US: this country stands twice"),
        ('emergency = "911"', 'emergency = ""', "countries US: emergency is empty"),
        ("checked_on = 2026-11-23\n", "", "countries US: a verified entry needs checked_on"),
        ('source = "samaritans.org"', "", "countries IE: source is missing"),
        ('call = "024"', "", "lines Línea 024: a help line needs call, text or chat"),
        ("verified = true\n", 'verified = "yes"\n', "verified must be true or false"),
        ("check_again_after_days = 183", "", "check_again_after_days is missing"),
        ("check_again_after_days = 183", "check_again_after_days = 0", "must be at least 1"),
        ('emergency = "911"', 'emergency = "911"\npolice = "911"', "unknown key police"),
    ],
)
def test_help_lines_that_cannot_be_right(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        load_crisis(altered(CRISIS, tmp_path, old, new))
    assert "crisis.toml" in str(refused.value)
    assert said in str(refused.value)


def test_an_entry_needs_a_line(tmp_path: Path) -> None:
    file = tmp_path / "crisis.toml"
    file.write_text(
        "check_again_after_days = 183\n"
        '[[countries]]\ncountry = "US"\nemergency = "911"\nsource = "x"\n'
    )
    with pytest.raises(InvalidDefinition, match="at least one help line"):
        load_crisis(file)
