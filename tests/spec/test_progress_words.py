"""What a clinician and a patient read about progress: every claim with its scale, time and n."""

from dataclasses import replace

import pytest

from mindspa.domain.definitions import Definitions
from mindspa.domain.outcomes import Progress
from mindspa.domain.progress_words import own_words, words
from mindspa.domain.safety import Alert, Tier
from mindspa.domain.treatment import Substance
from tests.spec.progress_factories import DAY, END, HOUR, START, a_form, an_infusion, progress_of


def a_responder() -> Progress:
    return progress_of(
        [
            a_form(20, START - DAY),
            a_form(9, END + 2 * DAY),
            a_form(None, START + 3 * DAY),
            a_form(6, START - HOUR, "pulse"),
            a_form(4, END + 26 * HOUR, "pulse"),
        ],
        [an_infusion()],
    )


def test_what_a_clinician_reads(definitions: Definitions) -> None:
    assert words(a_responder(), definitions) == (
        "1 infusion given; the last on 10 June 2026.",
        (
            "PHQ-9 (0-27, past 2 weeks): 9, mild, on 12 June 2026, 48 h after infusion 1;"
            " 86 % of its recall lies before that infusion."
        ),
        (
            "PHQ-9 since 9 June 2026: down 11 points (55 %) from 20, the baseline; response;"
            " a reliable fall (6 points or more); an important fall (5 points or more)."
            " Read from 1 complete form since the first infusion."
        ),
        "85 % of the recall of the latest PHQ-9 lies before the course began.",
        "Pulse (0-12, past 24 hours): 4, on 11 June 2026, 26 h after infusion 1.",
        (
            "Pulse since 10 June 2026: down 2 points from 6, the baseline."
            " Read from 1 complete form since the first infusion."
        ),
        "1 PHQ-9 form incomplete, without a score.",
    )


def test_what_the_patient_reads(definitions: Definitions) -> None:
    assert own_words(a_responder(), definitions) == (
        "You have had 1 infusion; the last was on 10 June 2026.",
        "PHQ-9: your latest score is 9 of 27, from 12 June 2026. Lower is better.",
        "That is 11 points lower than before this course of infusions began.",
        "Pulse: your latest score is 4 of 12, from 11 June 2026. Lower is better.",
        "That is 2 points lower than before this course of infusions began.",
    )


@pytest.mark.parametrize(
    ("baseline", "since", "said"),
    [
        (9, [4], "PHQ-9 counts in no response rate: the baseline is below 10."),
        (20, [10, 11], "partial response; an earlier response is lost; a reliable fall"),
        (12, [18], "no response; a reliable rise (6 points or more)"),
        (12, [10], "no response; not a reliable change (under 6 points)."),
        (20, [4], "below the remission cut-off of 5 on this form."),
        (20, [4] * 22, "remission: every form since 11 June 2026 below 5."),
        (12, [12], "no change from 12, the baseline"),
        (12, [9, 15], "PHQ-9 reliably higher than on the form before (11 June 2026 to 12 June"),
    ],
)
def test_each_claim(definitions: Definitions, baseline: int, since: list[int], said: str) -> None:
    forms = [a_form(total, END + (day + 1) * DAY) for day, total in enumerate(since)]
    found = progress_of([a_form(baseline, START - DAY), *forms], [an_infusion()])
    assert said in " ".join(words(found, definitions))


def test_without_a_baseline_nothing_is_claimed(definitions: Definitions) -> None:
    found = progress_of([a_form(4, END + 20 * DAY)], [an_infusion()])
    assert words(found, definitions)[1:] == (
        "PHQ-9 (0-27, past 2 weeks): 4, minimal, on 30 June 2026, 20 days after infusion 1.",
        (
            "No baseline: no complete PHQ-9 in the 14 days up to the first infusion of this course,"
            " so no change is claimed."
        ),
    )


def test_a_placebo_is_named_and_not_counted(definitions: Definitions) -> None:
    placebo = an_infusion(substance=Substance.PLACEBO)
    found = progress_of([a_form(30, END + 2 * DAY, "madrs", date_only=True)], [placebo])
    assert words(found, definitions)[:2] == (
        "No ketamine infusion has been given.",
        (
            "MADRS (0-60, past week): 30, on 12 June 2026, 2 days after a placebo infusion;"
            " 71 % of its recall lies before that infusion."
        ),
    )


def test_a_patient_reads_no_alerts_and_nothing_staff_entered(definitions: Definitions) -> None:
    alert = Alert("a", "p", "phq9_item9", Tier.IMMEDIATE, "phq9", "9", 3, END, END)
    historic = Alert("b", "p", "phq9_item9", Tier.SAME_DAY, "phq9", "9", 1, END, END, historic=True)
    found = progress_of([a_form(12, START - DAY), a_form(30, END, "madrs")], [an_infusion()])
    with_alerts = replace(found, alerts=(alert, historic))
    assert words(with_alerts, definitions)[-1] == "1 safety alert open."
    assert own_words(with_alerts, definitions) == (
        "You have had 1 infusion; the last was on 10 June 2026.",
        "PHQ-9: your latest score is 12 of 27, from 9 June 2026. Lower is better.",
    )


def test_a_patient_whose_score_rose_is_offered_a_way_to_say_more(definitions: Definitions) -> None:
    found = progress_of([a_form(12, START - DAY), a_form(13, END + DAY)], [an_infusion()])
    assert own_words(found, definitions)[-1] == (
        "That is 1 point higher than before this course of infusions began. Scores go up and down;"
        " if things feel harder, tell us how you are now or ask for a call."
    )


def test_nothing_to_show_yet(definitions: Definitions) -> None:
    assert own_words(progress_of([], []), definitions) == (
        "Nothing to show yet. Your scores appear here after your first check-in.",
    )


def test_forms_stand_in_the_order_they_are_asked(definitions: Definitions) -> None:
    names = ("madrs", "pulse", "gad7", "phq9", "cadss")
    found = progress_of([a_form(5, END + DAY, name) for name in names], [])
    scores = [sentence for sentence in words(found, definitions) if ": 5" in sentence]
    assert [sentence.split(" (")[0] for sentence in scores] == [
        "PHQ-9",
        "GAD-7",
        "Pulse",
        "CADSS",
        "MADRS",
    ]
