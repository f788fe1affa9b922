"""A clinic and what happens in it, made through the services as people would; a test names only
what it is about."""

from datetime import datetime, timedelta

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Person, Role, operator
from mindspa.domain.alert_cases import AlertCase
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.safety import findings
from mindspa.domain.scoring import SCORER_VERSION, score
from mindspa.domain.treatment import Clinic, Course, Infusion, Patient, Phase
from mindspa.services.handle_alert import close_alert
from mindspa.services.plan_course import open_course, plan_infusion
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.record_infusion import record_end
from mindspa.services.register_patient import register_patient
from mindspa.services.unit_of_work import UnitOfWork

NO_PASSWORD = "no password opens this"  # a hash that nothing matches


def a_clinic(
    runtime: Runtime, clinic_id: str = "clinic", zone: str = "America/New_York", country: str = "US"
) -> Clinic:
    clinic = Clinic(clinic_id, "Example Clinic", zone, country, "555-0100", "Mon-Fri 9-17")
    _add_person(runtime, operator(clinic_id), f"admin@{clinic_id}", Role.ADMINISTRATOR, clinic)
    return clinic


def _add_person(
    runtime: Runtime,
    by: Actor,
    login: str,
    role: Role,
    new_clinic: Clinic | None = None,
    patient_id: str | None = None,
) -> Actor:
    person = Person(
        id=runtime.new_id(),
        clinic_id=by.clinic_id,
        login=login,
        name=login,
        roles=frozenset({role}),
        patient_id=patient_id,
        active=True,
        must_change_password=False,
    )
    runtime.accounts.add_person(
        person, NO_PASSWORD, by=by, now=runtime.clock(), new_clinic=new_clinic
    )
    return Actor(person.id, person.clinic_id, person.name, person.roles, patient_id)


def staff(runtime: Runtime, clinic: Clinic, role: Role) -> Actor:
    return _add_person(runtime, operator(clinic.id), f"{role}@{clinic.id}", role)


def a_patient(runtime: Runtime, clinic: Clinic, name: str = "Pat Example") -> Patient:
    with runtime.unit_of_work(operator(clinic.id)) as work:
        return register_patient(work, name=name)


def account_of(runtime: Runtime, clinic: Clinic, patient: Patient) -> Actor:
    return _add_person(
        runtime,
        operator(clinic.id),
        f"{patient.id}@{clinic.id}",
        Role.PATIENT,
        patient_id=patient.id,
    )


def an_induction(
    runtime: Runtime, clinic: Clinic, patient: Patient, *, starts_at: datetime
) -> Course:
    with runtime.unit_of_work(operator(clinic.id)) as work:
        return open_course(work, patient.id, Phase.INDUCTION, starts_at=starts_at)


def an_infusion(
    runtime: Runtime,
    clinic: Clinic,
    course: Course,
    *,
    starts_at: datetime,
    length: timedelta = timedelta(hours=1),
) -> Infusion:
    """Given, with its end recorded, unless it is still ahead."""
    with runtime.unit_of_work(operator(clinic.id)) as work:
        infusion = plan_infusion(work, course, planned_at=starts_at)
        if starts_at + length > work.now:
            return infusion
        return record_end(
            work,
            infusion.id,
            version=infusion.version,
            started_at=starts_at,
            ended_at=starts_at + length,
            dose_mg=40,
            weight_kg=80,
        )


def a_stored_form(
    runtime: Runtime,
    clinic: Clinic,
    patient: Patient,
    instrument_id: str,
    *,
    at: datetime,
    each: int = 1,
    **answers: int | None,
) -> StoredForm:
    """Handed in as a patient's answers are, with the alerts that they raise. Every scored item is
    answered with `each`, but for those named: `_9=2`, `safety=None` for one left out."""
    with runtime.unit_of_work(operator(clinic.id)) as work:
        work.write_about(patient.id)
        instrument = work.definitions.instruments[instrument_id]
        given: dict[str, int | None] = {item.id: each for item in instrument.scored_items}
        given |= {name.removeprefix("_"): value for name, value in answers.items()}
        kept = {item: value for item, value in given.items() if value is not None}
        form = StoredForm(
            work.new_id(),
            patient.id,
            instrument_id,
            instrument.version,
            "en",
            kept,
            score(instrument, kept).total,
            SCORER_VERSION,
            Mode.REMOTE,
            answered_at=at,
            saved_at=at,
            entered_by=patient.id,
        )
        work.records.check_ins.add_form(form)
        found = findings(work.definitions.safety, instrument_id, kept)
        raise_alerts(work, patient.id, found, answered_at=at, form_id=form.id)
        return form


def assessed(
    work: UnitOfWork,
    alert_id: str,
    *,
    outcome: str = "assessed",
    note: str = "Talked to them.",
) -> AlertCase:
    """Closes the case that the alert is in, as somebody does who has seen all of it."""
    case_id = work.records.alerts.get(alert_id).case_id or ""
    seen = [alert.id for alert in work.records.alerts.of_cases([case_id])]
    return close_alert(work, case_id, seen_alert_ids=seen, outcome=outcome, note=note)
