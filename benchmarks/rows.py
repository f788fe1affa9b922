"""The pages whose reruns are measured, and what each may cost at most."""

from collections.abc import Callable
from functools import partial

from benchmarks import clinic, steps
from benchmarks.reruns import Row
from mindspa.bootstrap import Runtime
from mindspa.services.demo_accounts import CARE_TEAM, CLINICIAN, MID_COURSE, DemoAccount

LONG_RECORDS = 4  # patients who are looked at in turn
FLOOR, EMPTY, FEW = "one-line script", "empty page", "patient with 50 forms, first look"


def rows(runtime: Runtime) -> list[Row]:
    """What a row is compared with stands before it. `runtime` is over the same clinic."""
    records = clinic.longest_records(runtime, LONG_RECORDS)
    few, many = (clinic.named(runtime, name) for name in (clinic.FEW_FORMS, clinic.MANY_FORMS))
    written = partial(next, clinic.pulses_given(runtime))
    patient, clinician, care_team = map(_always, (MID_COURSE, CLINICIAN, CARE_TEAM))
    return [
        Row(FLOOR, None, steps.page(""), None),
        Row(EMPTY, clinician, steps.page("empty"), FLOOR, 2),
        Row("today", patient, steps.page(""), EMPTY),
        Row("check-in", clinic.login_of, steps.check_in, EMPTY, 3),
        Row("one saved answer", clinic.login_of, steps.saved_answer, EMPTY, 3, reruns=24),
        Row("my progress", patient, steps.page("my_progress"), EMPTY),
        Row("patients", clinician, steps.page("patients"), EMPTY),
        Row("patient, first look", clinician, steps.first_looks(records), EMPTY, 12),
        Row("patient, again", clinician, steps.page("patient", id=records[0]), EMPTY, 5),
        Row(FEW, clinician, steps.first_looks(few), EMPTY, reruns=20),
        Row("with 5,000 forms, first look", clinician, steps.first_looks(many), FEW, 2, reruns=20),
        Row("today in the clinic", care_team, steps.page("home"), EMPTY),
        Row("due and missing", care_team, steps.page("due_and_missing"), EMPTY),
        Row("alerts", care_team, steps.page("alerts"), EMPTY),
        Row("follow-up, first look", care_team, steps.reloads("follow_up"), EMPTY, reruns=24),
        Row(
            "follow-up, after a change",
            care_team,
            steps.after(written, steps.page("follow_up")),
            EMPTY,
            5,
            reruns=24,
        ),
        Row("follow-up, again", care_team, steps.page("follow_up"), EMPTY, 5),
    ]


def _always(account: DemoAccount) -> Callable[[int], str]:
    return lambda _: account.login
