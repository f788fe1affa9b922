"""The records of one clinic, or of one patient, as a unit of work reads and writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from mindspa.domain.audit import AuditEvent
from mindspa.domain.errors import NotFound
from mindspa.domain.treatment import Clinic
from mindspa.storage.audit_tables import AuditEventRow
from mindspa.storage.records.adjuncts import Adjuncts
from mindspa.storage.records.alert_cases import AlertCases
from mindspa.storage.records.alerts import Alerts
from mindspa.storage.records.audit_trail import EVENT, AuditTrail
from mindspa.storage.records.check_ins import CheckIns
from mindspa.storage.records.colleagues import Colleagues
from mindspa.storage.records.contacts import Contacts
from mindspa.storage.records.course_reviews import CourseReviews
from mindspa.storage.records.duty import DutyPlans
from mindspa.storage.records.emergency import EmergencyAccesses
from mindspa.storage.records.follow_up import FollowUpRows
from mindspa.storage.records.intake import Intakes
from mindspa.storage.records.links import CheckInLinks
from mindspa.storage.records.merging import Merging
from mindspa.storage.records.messages import Messages
from mindspa.storage.records.patients import Patients
from mindspa.storage.records.protocols import Protocols
from mindspa.storage.records.reminders import Reminders
from mindspa.storage.records.safety_cards import SafetyCards
from mindspa.storage.records.scope import Scope
from mindspa.storage.records.sheets import Sheets
from mindspa.storage.records.stored import columns_of, value_of
from mindspa.storage.records.tablet_codes import TabletCodes
from mindspa.storage.records.treatment import Treatment
from mindspa.storage.records.worklist import Worklist

__all__ = ["Records"]

_clinics = SQLModel.metadata.tables["clinics"]
_audit_events = SQLModel.metadata.tables["audit_events"]
_versions = SQLModel.metadata.tables["protocol_versions"]
# Built once, in Core: it runs in every unit of work. So the number of the protocol in force, by
# which every server knows whether it has read that version, costs no query of its own.
_CLINIC = select(
    _clinics,
    select(func.max(_versions.c.number))
    .where(_versions.c.clinic_id == bindparam("id"))
    .scalar_subquery()
    .label("protocol_number"),
).where(_clinics.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True, init=False)
class Records:
    clinic: Clinic
    patients: Patients
    treatment: Treatment
    check_ins: CheckIns
    alerts: Alerts
    alert_cases: AlertCases
    duty_plans: DutyPlans
    colleagues: Colleagues
    messages: Messages
    reminders: Reminders
    links: CheckInLinks
    safety_cards: SafetyCards
    follow_up: FollowUpRows
    sheets: Sheets
    adjuncts: Adjuncts
    contacts: Contacts
    course_reviews: CourseReviews
    intakes: Intakes
    tablet_codes: TabletCodes
    worklist: Worklist
    merging: Merging
    protocols: Protocols
    audit_trail: AuditTrail
    emergencies: EmergencyAccesses
    _scope: Scope

    def __init__(self, session: Session, clinic_id: str, *, patient_id: str | None = None) -> None:
        scope = Scope(session, clinic_id, patient_id)
        row = scope.connection.execute(_CLINIC, {"id": clinic_id}).one_or_none()
        if row is None:
            raise NotFound("There is no such clinic.")
        parts = {
            "clinic": value_of(Clinic, row, demo=row.demo_built_at is not None),
            "patients": Patients(scope),
            "treatment": Treatment(scope),
            "check_ins": CheckIns(scope),
            "alerts": Alerts(scope),
            "alert_cases": AlertCases(scope),
            "duty_plans": DutyPlans(scope),
            "colleagues": Colleagues(scope),
            "messages": Messages(scope),
            "reminders": Reminders(scope),
            "links": CheckInLinks(scope),
            "safety_cards": SafetyCards(scope),
            "follow_up": FollowUpRows(scope),
            "sheets": Sheets(scope),
            "adjuncts": Adjuncts(scope),
            "contacts": Contacts(scope),
            "course_reviews": CourseReviews(scope),
            "intakes": Intakes(scope),
            "tablet_codes": TabletCodes(scope),
            "worklist": Worklist(scope),
            "merging": Merging(scope),
            "protocols": Protocols(scope, row.protocol_number or 1),
            "audit_trail": AuditTrail(scope),
            "emergencies": EmergencyAccesses(scope),
            "_scope": scope,
        }
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    def changed_since(self, patient_id: str) -> datetime | None:
        """From when on this unit changed an answer or the plan of a patient; None: it did not."""
        return self._scope.changed.get(patient_id)

    def audit(self, events: Iterable[AuditEvent]) -> None:
        if rows := [columns_of(event) for event in events]:
            self._scope.insert(_audit_events, *rows)

    def audit_events(self, about: str) -> list[AuditEvent]:
        """In the order they happened."""
        return EVENT.read(
            self._scope.session,
            EVENT.select()
            .where(AuditEventRow.about == about)  # type: ignore[arg-type]
            .order_by(AuditEventRow.at, AuditEventRow.id),  # type: ignore[arg-type]
        )
