"""Check that what is stored of a clinic agrees with itself; changes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from mindspa.domain import safety
from mindspa.domain.alert_cases import CaseState
from mindspa.domain.check_ins import CheckIn, CheckInState, GivenAnswer, StoredForm, origins
from mindspa.domain.errors import InvalidAnswers
from mindspa.domain.instruments import Instrument, check_answers, check_total
from mindspa.domain.safety import Alert, AlertState
from mindspa.domain.scoring import SCORER_VERSION, score
from mindspa.domain.treatment import Patient
from mindspa.services.summarise_patient import differing_summaries
from mindspa.services.unit_of_work import UnitOfWork


def problems(work: UnitOfWork) -> Iterator[str]:
    """A sentence for each, with ids and never a value. One patient after the other: the records of
    a large clinic need not fit into memory."""
    known = work.definitions.instruments.keys()
    readable = []
    for patient in work.records.patients.all():
        forms = work.records.check_ins.forms_of(patient.id)
        if unknown := sorted({form.instrument for form in forms} - known):
            yield f"Patient {patient.id}: data/instruments has no {unknown[0]}, which was answered."
            continue
        readable.append(patient.id)
        yield from _of_patient(work, patient, forms)
    for patient_id in differing_summaries(work, readable):
        yield f"Patient {patient_id}: the stored summary differs from the record."


def _of_patient(work: UnitOfWork, patient: Patient, forms: Sequence[StoredForm]) -> Iterator[str]:
    patient_id = patient.id
    given: dict[str, list[GivenAnswer]] = defaultdict(list)
    for answer in work.records.check_ins.all_answers_of(patient_id):
        given[answer.check_in_id].append(answer)
    alerts = work.records.alerts.of_many([patient_id])
    yield from _of_intake(work, patient, alerts)
    yield from _of_cases(work, patient_id, alerts)
    check_ins = work.records.check_ins.all_of(patient_id)
    by_id = {form.id: form for form in forms}
    for form in forms:
        if form.replaces is not None and form.replaces not in by_id:
            yield f"Form {form.id}: the version that it replaces is not in this record."
        yield from _of_form(work, form, alerts, origins(form, by_id, check_ins))
    for check_in in check_ins:
        own = [form for form in forms if form.check_in_id == check_in.id]
        yield from _of_check_in(work, check_in, own, given[check_in.id], alerts)


def _of_intake(work: UnitOfWork, patient: Patient, alerts: Sequence[Alert]) -> Iterator[str]:
    found = work.records.intakes.of(patient.id)
    if found.status is not patient.intake:
        yield f"Patient {patient.id}: what is noted of the new-patient forms is not how they stand."
    fields = work.definitions.intake.fields
    told = any(
        entry.value is True and entry.field in fields and fields[entry.field].safety
        for entry in found.entries
    )
    if told and work.definitions.safety.intake.id not in {alert.rule for alert in alerts}:
        yield f"Patient {patient.id}: the new-patient forms hold a safety answer without its alert."


def _of_cases(work: UnitOfWork, patient_id: str, alerts: Sequence[Alert]) -> Iterator[str]:
    cases = {case.id: case for case in work.records.alert_cases.of(patient_id)}
    for alert in alerts:
        if alert.historic or alert.assessed_on:
            continue
        case = cases.get(alert.case_id or "")
        if case is None:
            yield f"Alert {alert.id}: nobody is asked to act on it."
        elif (alert.state is AlertState.OPEN) is not (case.state is not CaseState.CLOSED):
            yield f"Alert {alert.id}: it does not stand as its case {case.id} does."
    for case in cases.values():
        steps = [event.number for event in work.records.alert_cases.steps(case.id)]
        if steps != list(range(1, case.version + 1)):
            yield f"Case {case.id}: its steps are not all on record."
        if case.state is not CaseState.CLOSED and case.next_at is None:
            yield f"Case {case.id}: it is open, and its clock does not run."


def _of_form(
    work: UnitOfWork, form: StoredForm, alerts: Sequence[Alert], names: Collection[str]
) -> Iterator[str]:
    instrument = work.definitions.instruments[form.instrument]
    if form.instrument_version == instrument.version and form.scorer_version == SCORER_VERSION:
        try:
            if not _total_is_right(instrument, form):
                yield f"Form {form.id}: the stored total is not that of its answers."
        except InvalidAnswers:
            yield f"Form {form.id}: it holds an answer or a total that {instrument.id} cannot have."
    for item in instrument.safety_items:
        if form.check_in_id is not None or item not in form.answers:
            continue
        raised = {
            (alert.rule, alert.value)
            for alert in alerts
            if alert.form_id in names or alert.check_in_id in names
        }
        for finding in safety.findings_for_item(
            work.definitions.safety, instrument.id, item, form.answers[item]
        ):
            if (finding.rule, finding.value) not in raised:
                yield f"Form {form.id}: its safety answer has no alert."


def _total_is_right(instrument: Instrument, form: StoredForm) -> bool:
    check_answers(instrument, form.answers)
    if any(item.id in form.answers for item in instrument.scored_items):
        return score(instrument, form.answers).total == form.total
    if form.total is not None:  # it came in as a total
        check_total(instrument, form.total)
    return True


def _of_check_in(
    work: UnitOfWork,
    check_in: CheckIn,
    forms: Sequence[StoredForm],
    given: Sequence[GivenAnswer],
    alerts: Sequence[Alert],
) -> Iterator[str]:
    stored = {form.instrument for form in forms}
    if check_in.state is not CheckInState.SENT:
        if stored:
            yield f"Check-in {check_in.id}: it was not sent, and yet it has a form."
    elif check_in.corrects is None and not stored:
        yield f"Check-in {check_in.id}: it was sent, and has no form."
    elif check_in.corrects is None:  # what a correction changes stands with what it corrects
        # An answer that came after the sending belongs to no form.
        before = [answer for answer in given if answer.given_at <= (check_in.sent_at or work.now)]
        for name in sorted(set(check_in.forms) - stored):
            if _asked(work.definitions.instruments[name], check_in, before):
                yield f"Check-in {check_in.id}: {name} was answered, and has no form."
    for answer in given:
        if not _has_its_alert(work, check_in, answer, alerts):
            yield f"Check-in {check_in.id}: a safety answer of {answer.instrument} has no alert."


def _asked(instrument: Instrument, check_in: CheckIn, given: Sequence[GivenAnswer]) -> bool:
    """Whether any answer belongs to a question that the form asks in the end."""
    values: Mapping[str, int] = {
        answer.item: answer.value for answer in given if answer.instrument == instrument.id
    }
    items = instrument.items_for(check_in.variant)
    return any(item.id in values and instrument.is_asked(item, values) for item in items)


def _has_its_alert(
    work: UnitOfWork, check_in: CheckIn, answer: GivenAnswer, alerts: Sequence[Alert]
) -> bool:
    """One that was closed before the answer was given is not that answer's. What stood on paper was
    given when it was written, however late it is typed."""
    answered_at = check_in.answered_at or answer.given_at
    instrument = work.definitions.instruments[answer.instrument]
    if answer.item not in instrument.safety_items:
        return True
    return all(
        any(
            (alert.check_in_id, alert.rule, alert.value)
            == (answer.check_in_id, finding.rule, finding.value)
            and (
                alert.state is AlertState.OPEN
                or alert.closed_at is None
                or alert.closed_at >= answered_at
            )
            for alert in alerts
        )
        for finding in safety.findings_for_item(
            work.definitions.safety, answer.instrument, answer.item, answer.value
        )
    )
