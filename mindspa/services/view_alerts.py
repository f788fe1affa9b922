"""The alerts of a clinic: what is open, in order of need, and all that acting on one needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain.access import Colleague, Permission
from mindspa.domain.alert_cases import AlertCase, CaseEvent, CaseState
from mindspa.domain.alert_figures import Month, by_month
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.contacts import Contact, WaitingWish
from mindspa.domain.duty import OnDuty
from mindspa.domain.instruments import Instrument
from mindspa.domain.messages import Message
from mindspa.domain.safety import Alert, SafetyAnswer, Tier
from mindspa.domain.safety_card import SafetyCard
from mindspa.domain.treatment import Infusion, Patient
from mindspa.services.raise_alerts import watch_of
from mindspa.services.show_help import Help, show_help
from mindspa.services.unit_of_work import UnitOfWork

CLOSED_FOR = timedelta(days=90)  # so long a closed one is listed
FIGURES_FOR = timedelta(days=366)
ANSWERS_FOR = timedelta(days=366)
LATEST_ANSWERS = 8
_ORDER = (CaseState.ESCALATED, CaseState.OPEN, CaseState.OWNED, CaseState.CLOSED)


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """`alerts`: what raised it, the first first."""

    case: AlertCase
    patient: Patient
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class AlertList:
    """`on_duty`: names; `opens_at`: when the clinic is closed, and it is known when it opens."""

    zone: str
    listed: tuple[ListedAlert, ...]
    closed: bool
    on_duty: tuple[str, ...]
    has_rota: bool
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A message about it, and to whom."""

    name: str
    message: Message


@dataclass(frozen=True, slots=True)
class OpenedAlert:
    """`answers`: the latest to questions about safety, the newest first. `furthest`: the latest
    that another attempt may be put. `screens`: what staff can ask by a script."""

    listed: ListedAlert
    steps: Sequence[CaseEvent]
    contacts: Sequence[Contact]
    told: Sequence[Told]
    answers: Sequence[SafetyAnswer]
    last_infusion: Infusion | None
    wishes: Sequence[WaitingWish]
    card: SafetyCard | None
    colleagues: Sequence[Colleague]
    furthest: datetime
    unreached_steps: tuple[str, ...]
    help: Help
    screens: Sequence[Instrument]


def view_alerts(work: UnitOfWork, *, closed: bool = False) -> AlertList:
    """A fixed number of reads, whatever their number."""
    work.actor.require(Permission.HANDLE_ALERTS)
    records, watch = work.records, watch_of(work)
    cases = (
        records.alert_cases.closed_since(work.now - CLOSED_FOR)
        if closed
        else sorted(records.alert_cases.open(), key=_need)
    )
    on_duty = watch.duty.on_duty(work.now)
    return AlertList(
        work.clinic.zone,
        tuple(_listed(work, cases)),
        closed,
        _names(work, on_duty),
        bool(watch.duty.plan.shifts),
        watch.duty.opens_at(work.now),
    )


def open_alert(work: UnitOfWork, case_id: str | None) -> OpenedAlert | None:
    """One in full, which counts as looking at the patient's record; None where none is chosen."""
    work.actor.require(Permission.HANDLE_ALERTS)
    if not case_id:
        return None
    records = work.records
    case = records.alert_cases.get(case_id)
    patient_id = case.patient_id
    work.look_at(patient_id)
    (listed,) = _listed(work, [case])
    watch = watch_of(work)
    given = [i for i in records.treatment.infusions_of(patient_id) if i.treated]
    forms = records.check_ins.forms_since(patient_id, work.now - ANSWERS_FOR)
    return OpenedAlert(
        listed,
        records.alert_cases.steps(case.id),
        records.contacts.last_of(patient_id),
        _told(work, case.id),
        _safety_answers(work, forms, listed.alerts),
        max(given, key=lambda infusion: infusion.starts_at, default=None),
        records.alerts.wishes_of(patient_id),
        records.safety_cards.last(patient_id),
        [one for one in records.colleagues.handling_alerts() if one.id != case.owner],
        watch.duty.furthest_attempt(watch.rule(case.tier), work.now),
        watch.duty.plan.unreached_steps,
        show_help(work, Mode.BY_PHONE),
        work.definitions.screens,
    )


def alert_figures(work: UnitOfWork) -> tuple[Month, ...]:
    """Of the last year, open ones included."""
    work.actor.require(Permission.HANDLE_ALERTS)
    since = work.now - FIGURES_FOR
    cases = work.records.alert_cases
    recent = [case for case in cases.open() if case.opened_at >= since]
    return by_month([*recent, *cases.closed_since(since)], work.clinic.zone)


def _listed(work: UnitOfWork, cases: Sequence[AlertCase]) -> Iterable[ListedAlert]:
    if not cases:
        return
    patients = {
        patient.id: patient
        for patient in work.records.patients.of_many({case.patient_id for case in cases})
    }
    alerts: dict[str, list[Alert]] = {}
    for alert in work.records.alerts.of_cases([case.id for case in cases]):
        alerts.setdefault(alert.case_id or "", []).append(alert)
    for case in cases:
        yield ListedAlert(case, patients[case.patient_id], tuple(alerts.get(case.id, ())))


def _need(case: AlertCase) -> tuple[object, ...]:
    """Immediate ones first, then those that nobody acted on, then by the time that is left."""
    return case.tier is not Tier.IMMEDIATE, _ORDER.index(case.state), case.due_at, case.id


def _names(work: UnitOfWork, on_duty: OnDuty | None) -> tuple[str, ...]:
    if on_duty is None:
        return ()
    ids = [on_duty.first, *([on_duty.second] if on_duty.second else [])]
    names = work.records.patients.names_of_people(ids)
    return tuple(names[one] for one in ids if one in names)


def _told(work: UnitOfWork, case_id: str) -> list[Told]:
    messages = work.records.messages.about(case_id)
    names = work.records.patients.names_of_people(message.person_id for message in messages)
    return [Told(names.get(message.person_id, ""), message) for message in messages]


def _safety_answers(
    work: UnitOfWork, forms: Iterable[StoredForm], alerts: Iterable[Alert]
) -> list[SafetyAnswer]:
    """Of forms that were handed in, and what raised this although it was not, or not yet."""
    instruments = work.definitions.instruments
    answers = {
        (form.instrument, item, form.answered_at): SafetyAnswer(
            form.instrument, item, form.answers.get(item), form.answered_at
        )
        for form in forms
        if form.answers and form.instrument in instruments
        for item in instruments[form.instrument].safety_items
        # A screen asks some of them only after a yes.
        if item in form.answers or not instruments[form.instrument].script
    }
    for alert in alerts:
        known = (
            instruments[alert.instrument].safety_items if alert.instrument in instruments else ()
        )
        if alert.item is not None and alert.item in known:
            answers[alert.instrument, alert.item, alert.answered_at] = SafetyAnswer(
                alert.instrument, alert.item, alert.value, alert.answered_at
            )
    found = sorted(answers.values(), key=lambda answer: answer.answered_at, reverse=True)
    return found[:LATEST_ANSWERS]
