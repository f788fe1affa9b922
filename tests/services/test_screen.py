"""The ASQ, where a clinic has signed it: staff ask it word for word, and what follows is said."""

from dataclasses import replace
from datetime import date

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, operator
from mindspa.domain.check_ins import CheckIn, Mode
from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import InvalidInput
from mindspa.domain.safety import Screened, Tier
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.check_records import problems
from mindspa.services.enter_for_patient import open_for_patient, show_entry, start_of_entry
from mindspa.services.export_answers import export_answers
from mindspa.services.open_check_in import today
from mindspa.services.record_rating import ratings
from mindspa.services.save_answer import save_answer
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Receipt, Sheet
from mindspa.services.view_alerts import open_alert, view_alerts
from mindspa.services.view_progress import view_progress
from tests.factories import a_patient, account_of

RESPONDER = "Dr. Example, extension 12"
NO, YES, REFUSED = 0, 1, 2


def signed(definitions: Definitions) -> Definitions:
    """As a clinic makes it in the file."""
    asq = definitions.instruments["asq"]
    assert asq.script is not None
    on = replace(
        asq,
        enabled=True,
        provenance=replace(asq.provenance, reviewed_by="Dr. Example", reviewed_on=date(2026, 6, 1)),
        script=replace(asq.script, responder=RESPONDER),
    )
    return replace(definitions, instruments={**definitions.instruments, "asq": on})


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    return replace(runtime, definitions=signed(runtime.definitions))


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic)


def asked(runtime: Runtime, nurse: Actor, patient: Patient, *answers: int) -> CheckIn:
    """By phone, as far as the answers go."""
    with runtime.unit_of_work(nurse) as work:
        check_in = open_for_patient(work, patient.id, mode="by_phone", forms=["asq"])
    for number, value in enumerate(answers, start=1):
        with runtime.unit_of_work(nurse) as work:
            save_answer(
                work,
                check_in.id,
                instrument_id="asq",
                item_id=str(number),
                value=value,
                replaces=0,
            )
    return check_in


def sheet(runtime: Runtime, nurse: Actor, check_in: CheckIn) -> Sheet:
    with runtime.reading(nurse) as work:
        shown = show_entry(work, check_in.id).shown
    assert isinstance(shown, Sheet)
    return shown


def tiers(runtime: Runtime, patient: Patient) -> list[Tier]:
    with runtime.reading(operator("clinic")) as work:
        return sorted(alert.tier for alert in work.records.alerts.of_many([patient.id]))


@pytest.mark.parametrize(
    ("answers", "came_to"),
    [
        ((), None),
        ((NO, NO, NO), None),
        ((NO, NO, NO, NO), Screened.NEGATIVE),
        ((YES,), None),
        ((YES, NO, NO, NO), None),  # then the fifth is asked
        ((YES, NO, NO, NO, NO), Screened.POSITIVE),
        ((NO, NO, NO, YES, NO), Screened.POSITIVE),
        ((NO, REFUSED, NO, NO, NO), Screened.POSITIVE),
        ((NO, NO, YES, NO, YES), Screened.ACUTE),
        ((NO, NO, NO, REFUSED, REFUSED), Screened.ACUTE),
    ],
)
def test_what_it_comes_to(
    runtime: Runtime,
    nurse: Actor,
    patient: Patient,
    answers: tuple[int, ...],
    came_to: Screened | None,
) -> None:
    check_in = asked(runtime, nurse, patient, *answers)
    (section,) = sheet(runtime, nurse, check_in).sections
    assert section.screened is came_to
    positive = any(answers[:4])
    assert len(section.items) == (5 if positive else 4)
    raised = tiers(runtime, patient)
    assert bool(raised) is positive
    assert (Tier.IMMEDIATE in raised) is (came_to is Screened.ACUTE)


@pytest.mark.parametrize(
    ("answers", "came_to"),
    [
        ((NO, NO, NO, NO), Screened.NEGATIVE),
        ((YES, NO), Screened.POSITIVE),
        ((YES, NO, NO, NO, YES), Screened.ACUTE),
    ],
)
def test_handed_in_it_says_the_same_and_goes_where_answers_go(
    runtime: Runtime,
    nurse: Actor,
    clinician: Actor,
    patient: Patient,
    answers: tuple[int, ...],
    came_to: Screened,
) -> None:
    check_in = asked(runtime, nurse, patient, *answers)
    with runtime.unit_of_work(nurse) as work:
        send_check_in(work, check_in.id, unanswered_too=True)
    with runtime.reading(nurse) as work:
        shown = show_entry(work, check_in.id).shown
    assert isinstance(shown, Receipt)
    assert [form.screened for form in shown.forms] == [came_to]
    with runtime.reading(operator("clinic")) as work:
        assert list(problems(work)) == []
        (form,) = work.records.check_ins.forms_of(patient.id)
    assert (form.mode, form.total, form.entered_by) == (Mode.BY_PHONE, None, nurse.id)
    with runtime.unit_of_work(clinician) as work:
        assert "asq" in str(export_answers(work, patient.id))
        view_progress(work, patient.id, kept=None, whole=True)


def test_an_alert_leads_to_it(
    runtime: Runtime, nurse: Actor, clinician: Actor, patient: Patient
) -> None:
    asked(runtime, nurse, patient, NO, NO, YES)
    with runtime.reading(clinician) as work:
        (listed,) = view_alerts(work).listed
        opened = open_alert(work, listed.case.id)
    assert opened is not None
    assert [screen.id for screen in opened.screens] == ["asq"]
    assert [(alert.rule, alert.value) for alert in opened.listed.alerts] == [("asq_3", YES)]


def test_it_is_entered_answer_by_answer_and_never_as_a_rating(
    runtime: Runtime, nurse: Actor, clinician: Actor, patient: Patient
) -> None:
    with runtime.reading(clinician) as work:
        assert "asq" not in {instrument.id for instrument in ratings(work)}
        assert "asq" in start_of_entry(work, patient.id).forms
        assert "asq" not in start_of_entry(work, patient.id).due


def test_a_patient_is_never_asked(runtime: Runtime, clinic: Clinic, patient: Patient) -> None:
    pat = account_of(runtime, clinic, patient)
    with runtime.reading(pat) as work:
        assert "asq" not in str(today(work))
    with pytest.raises(InvalidInput), runtime.unit_of_work(operator("clinic")) as work:
        open_for_patient(work, patient.id, mode="remote", forms=["asq"])
