"""A protocol file that contradicts itself is refused, and the sentence says where."""

from pathlib import Path

import pytest

from mindspa.domain.errors import InvalidDefinition
from mindspa.storage.definition_files.protocol import load_protocol

SHIPPED = Path(__file__).parents[2] / "data" / "protocol.toml"
INSTRUMENTS = ("phq9", "gad7", "pcl5", "pulse")


def test_the_shipped_protocol_says_where_it_comes_from_and_that_nobody_signed_it() -> None:
    protocol = load_protocol(SHIPPED, INSTRUMENTS)
    assert protocol.version
    assert protocol.source
    assert protocol.reviewed_by is None


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('version = "1"', "", "protocol.toml: version is missing"),
        ('version = "1"', 'version = "1"\ncolour = "red"', "unknown key colour"),
        ('opens = "-2 d"', 'opens = "-2 weeks"', 'occasions weekly: opens must look like "24 h"'),
        ('opens = "-2 d"', 'opens = "2 d"', "weekly: opens must be earlier than closes"),
        ('due = "-2 d"', 'due = "1 d"', "baseline: due must lie between opens and closes"),
        ('target = "31 d"', 'target = "32 d"', "index: target must lie between opens and closes"),
        ('every = "7 d"', 'every = "3 d"', "weekly: its window is longer than every"),
        ('every = "7 d"', 'every = "0 d"', "weekly: every must be longer than nothing"),
        ('code = "24h"', 'code = "24h"\nevery = "1 d"', "24h: only occasions anchored at course"),
        ('code = "24h"', 'code = "24-h"', "24-h: code may hold small letters"),
        ('code = "48h"', 'code = "24h"', "the code 24h stands twice"),
        ('closes = "36 h"', 'closes = "35 h"', "the window of 24h leaves a gap before that of 48h"),
        ('closes = "36 h"', 'closes = "37 h"', "the window of 24h overlaps that of 48h"),
        (
            'closes = "45 d"\nforms = ["pcl5"]',
            'closes = "45 d"\nforms = ["pcl5", "gad7"]',
            "the windows of index and index_pcl5 overlap, and both ask for gad7",
        ),
        (
            'every = "30 d"\nopens = "-3 d"\ndue = "0 d"\ncloses = "3 d"\nforms = ["pcl5"]',
            'every = "30 d"\nopens = "-3 d"\ndue = "0 d"\ncloses = "3 d"\nforms = ["phq9"]',
            "the windows of weekly and monthly overlap, and both ask for phq9",
        ),
        ('anchor = "infusion_start"', 'anchor = "lunch"', "pre_infusion: anchor must be one of"),
        (
            'anchor = "infusion_start"',
            'anchor = "course_start"',
            "an occasion with the pulse and the anchor infusion_start is needed",
        ),
        ('phase = "maintenance"', 'phase = "spring"', "phase must be one of induction"),
        ('forms = ["pulse"]', 'forms = ["puls"]', "pre_infusion: there is no instrument puls"),
        ('forms = ["pulse"]', "forms = []", "forms must name at least one form"),
        ('forms = ["phq9", "gad7"]', 'forms = ["phq9", "phq9"]', "and none twice"),
        ('form = "pcl5"', 'form = "asq"', "only_for asq: no occasion asks for this form"),
        ('to = "72 h"', 'to = "24 h"', "figures: to must be later than from"),
        ('to = "72 h"', 'to = "72 h"\nby = "80 h"', "figures: unknown key by"),
        (
            'days = ["monday", ',
            'days = ["moonday", ',
            "course: days must name at least one of monday",
        ),
        ('days = ["monday", "wednesday", "friday"]', "days = []", "course: days must name"),
        ('days = ["monday", ', 'days = ["friday", ', "and none twice"),
        (
            'days = ["monday", "wednesday", "friday"]',
            'days = ["friday"]',
            "6 infusions on these days, the first on a friday, take longer than within",
        ),
        ("infusions = 6", "infusions = 0", "course: infusions must be from 1 to 30"),
        ('apart = "2 d"', 'apart = "36 h"', "course: apart must be whole days"),
        ('apart = "2 d"', 'apart = "0 d"', "course: apart must be longer than nothing"),
        ("from = 2\n", "from = 5\n", "course: review: from must be at least 1, until no less"),
        ("from = 2\n", "from = 0\n", "course: review: from must be at least 1"),
        ("until = 4", "until = 6", "and fewer than all infusions"),
        ("never_two_pulses_within", "never_two_pulses_in", "never_two_pulses_within is missing"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "protocol.toml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidDefinition) as refused:
        load_protocol(broken, INSTRUMENTS)
    assert says in str(refused.value)
