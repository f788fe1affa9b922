"""Published results: a figure without what belongs beside it is refused."""

from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidDefinition
from mindspa.storage.definition_files.evidence import load_evidence, load_treatment_text

SHIPPED = Path(__file__).parents[2] / "data" / "evidence.toml"


def wilson(percent: float, people: int) -> tuple[float, float]:
    """95 %, in percent to one place."""
    z, share = 1.959964, round(percent * people / 100) / people
    middle = (share + z * z / (2 * people)) / (1 + z * z / people)
    half = z * ((share * (1 - share) + z * z / (4 * people)) / people) ** 0.5
    half /= 1 + z * z / people
    return round(100 * (middle - half), 1), round(100 * (middle + half), 1)


def test_what_was_computed_is_right() -> None:
    computed = [result for result in load_evidence(SHIPPED).results if result.computed]
    assert computed
    for result in computed:
        assert (result.low, result.high) == wilson(result.percent, result.people), result.id


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("checked = 2026-10-09", "", "checked is missing"),
        ("percent = 70.8", "percent = 170.8", "percent must be a decimal number from 0 to 100"),
        ("percent = 70.8", "percent = 10.8", "percent must lie between low and high"),
        ("low = 50.8\n", "", "low and high stand together"),
        ("percent = 52.2", "percent = 52.2\ncomputed = true", "they are missing"),
        ("people = 24", "people = 0", "people must be at least 1"),
        ('scale = "MADRS"', "", "scale is missing"),
        ('id = "han2016_7d"', 'id = "han2016_24h"', "no id twice"),
        ('id = "lii2023"', 'id = "lii2023"\nmood = 3', "unknown key mood"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "evidence.toml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidDefinition) as refused:
        load_evidence(broken)
    assert says in str(refused.value)


SENTENCES = SHIPPED.with_name("about_treatment.toml")


def test_the_sentences_for_patients_say_where_they_come_from() -> None:
    text = load_treatment_text(SENTENCES)
    assert text.source
    assert text.reviewed_by is None


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("before = [", "earlier = [", "unknown key earlier"),
        ('"Tell the clinic if you are or might be pregnant."', '" "', "before needs at least one"),
        ('reviewed_by = ""', 'signed_by = ""', "unknown key signed_by"),
    ],
)
def test_sentences_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = SENTENCES.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "about_treatment.toml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidDefinition) as refused:
        load_treatment_text(broken)
    assert says in str(refused.value)
