"""The figure in words."""

from mindspa.charts.alt_text import alt_text, how_to_read
from mindspa.charts.time_axis import View
from mindspa.domain.outcomes import Progress
from tests.charts.factories import a_missed, a_progress, a_study, definitions, induction


def words(progress: Progress) -> str:
    return alt_text(progress, definitions(), View())


def test_a_course() -> None:
    text = words(induction())
    assert "times in America/New_York. Infusions given: 6, planned: 1." in text
    assert (
        "PHQ-9 of 27, lower is better: 5 scores between 4 and 19, from 19 on 2026-02-28 to 4,"
        " minimal, on 2026-03-29."
    ) in text
    assert (
        "Vitals at 3 of them, at the latest: Blood pressure (mmHg) 118/74, highest 139/88, last"
        " 120/–; Heart rate (a minute) 78; SpO2 (%) 98, lowest 95, last 97. Side effects at 2 of"
        " them, at worst moderate; at the latest of these: nausea (mild)."
    ) in text
    assert "TMS: Maintenance, once a week, since 2026-03-07, entered by staff." in text
    assert "Long ago" not in text
    assert "GAD-7 of 21" in text
    assert "not answered: 1." in text
    assert text.endswith("Alerts: 3.")


def test_only_the_marks_that_are_there_are_explained() -> None:
    for word in ("cross", "square"):
        assert word in how_to_read(induction())
        assert word not in how_to_read(a_study())


def test_a_placebo_is_not_counted_as_given() -> None:
    assert "Infusions given: 1, placebo: 1." in words(a_study())


def test_one_score_none_and_nothing() -> None:
    assert "1 score, 0, minimal, on 2026-03-02." in words(a_progress({"phq9": [(0, 0)]}))
    missed = a_progress(missed=[a_missed(0, "gad7")])
    assert "GAD-7 of 21, lower is better: no score in this period; not answered: 1." in words(
        missed
    )
    assert "No scores yet." in words(a_progress())
