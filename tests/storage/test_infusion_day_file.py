"""A file of what is written down on an infusion's day that contradicts itself is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mindspa.charts.colours import Theme
from mindspa.charts.vitals import vitals_figure, vitals_table
from mindspa.domain.errors import InvalidDefinition
from mindspa.domain.infusion_sheet import Limit, Reading, beyond
from mindspa.domain.treatment import Infusion, InfusionStatus
from mindspa.storage.definition_files.infusion_day import load_infusion_day

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
INFUSION = Infusion("i", "p", "c", NOW, InfusionStatus.GIVEN, NOW)
SHIPPED = Path(__file__).parents[2] / "data" / "infusion_day.toml"


def test_the_shipped_file_says_where_it_comes_from_and_that_nobody_signed_it() -> None:
    rules = load_infusion_day(SHIPPED)
    assert rules.source
    assert rules.reviewed_by is None
    assert rules.limits == {}


def test_limits_are_in_force_once_they_are_signed(tmp_path: Path) -> None:
    rules = load_infusion_day(signed(tmp_path))
    assert rules.limits["systolic"] == Limit(high=180)
    reading = a_reading(systolic=180, diastolic=109, spo2=91, respiration=10)
    assert beyond(rules, reading) == (
        "Systolic (mmHg) 180 (limit from 180), SpO2 (%) 91 (limit under 92)"
    )
    drawn = vitals_figure(INFUSION, [reading], rules, theme=Theme.LIGHT).layout
    assert [line.y0 for line in drawn.shapes] == [180, 110, 92, 10]  # heart rate was not measured
    assert [label.text for label in drawn.annotations][2] == "SpO2 (%): limit 92"
    (row,) = vitals_table(INFUSION, [reading], rules, by=lambda _: "").to_dict("records")
    assert row["Beyond a limit"] == beyond(rules, reading)
    unsigned = load_infusion_day(SHIPPED)
    assert beyond(unsigned, reading) == ""
    assert not vitals_figure(INFUSION, [reading], unsigned, theme=Theme.LIGHT).layout.shapes


def signed(folder: Path) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    before, limits = text.split("[limits]")
    copy = folder / "infusion_day.toml"
    copy.write_text(
        before + "[limits]" + limits.replace('reviewed_by = ""', 'reviewed_by = "Dr. C"', 1),
        encoding="utf-8",
    )
    return copy


def a_reading(**vitals: int) -> Reading:
    return Reading("r", "p", "i", NOW, vitals, NOW, "nurse")


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
        ("[limits.spo2]\nunder = 92", "[limits.spo2]", "limits, spo2: needs from or under"),
        ("under = 92", "under = 920", "within the readings of spo2"),
        ("[limits.spo2]", "[limits.oxygen]", "unknown key oxygen"),
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
