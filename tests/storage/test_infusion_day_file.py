"""A file of what is written down on an infusion's day that contradicts itself is refused."""

from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidDefinition
from mindspa.storage.definition_files.infusion_day import load_infusion_day

SHIPPED = Path(__file__).parents[2] / "data" / "infusion_day.toml"


def test_the_shipped_file_says_where_it_comes_from_and_that_nobody_signed_it() -> None:
    rules = load_infusion_day(SHIPPED)
    assert rules.source
    assert rules.reviewed_by is None


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('version = "1"', 'version = "1"\ncolour = "red"', "unknown key colour"),
        ('vitals_every = "15 min"', 'vitals_every = "15"', 'vitals_every must look like "15 min"'),
        ('vitals_every = "15 min"', 'vitals_every = "0 min"', "vitals_every must look like"),
        ("usual = 1.0", "usual = 4.0", "usual must not be above most"),
        ("usual = 1.0", "usual = 0.0", "usual must be a decimal number above 0"),
        ('id = "systolic"', 'id = "upper"', "vitals needs systolic"),
        ('id = "spo2"', 'id = "systolic"', "vitals: systolic stands twice"),
        ('id = "spo2"', 'id = "SpO2"', "id may hold small letters"),
        (
            "lowest = 50\nhighest = 300",
            "lowest = 300\nhighest = 50",
            "lowest must be under highest",
        ),
        ('id = "awake"', 'id = "walks"', "discharge: walks stands twice"),
        ('label = "Nausea"', "", "label is missing"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "infusion_day.toml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidDefinition) as refused:
        load_infusion_day(broken)
    assert says in str(refused.value)
