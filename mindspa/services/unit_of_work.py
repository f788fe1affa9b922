"""One actor, one instant, one transaction: what every service is given.

A service checks permission, applies the rule, writes, audits and returns a value. It commits
nothing: `bootstrap.Runtime` opens the unit, and commits it when the block ends without an error.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mindspa.domain.access import Actor, Permission
from mindspa.domain.alert_cases import CaseEvent
from mindspa.domain.audit import AuditEvent
from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import InvalidInput, NotFound, NotPermitted
from mindspa.domain.messages import Channel
from mindspa.domain.treatment import Clinic, Patient
from mindspa.storage.records import Records


@dataclass(slots=True)
class UnitOfWork:
    actor: Actor
    now: datetime
    records: Records
    definitions: Definitions
    new_id: Callable[[], str]
    carried: frozenset[Channel]  # by which this server sends messages
    events: list[AuditEvent] = field(default_factory=list)
    viewed: dict[str, None] = field(default_factory=dict)  # patients whose record staff looked at
    touched: dict[str, None] = field(default_factory=dict)  # patients written about
    steps: list[CaseEvent] = field(default_factory=list)  # that cases of alerts took, in order
    heard: set[str] = field(default_factory=set)  # cases whose owner entered what adds to them

    @property
    def clinic(self) -> Clinic:
        return self.records.clinic

    def zone_of(self, patient: Patient) -> str:
        """That a patient sees times in; staff see the clinic's."""
        return patient.zone or self.clinic.zone

    def audit(self, what: str, *, about: str | None = None, record: str | None = None) -> None:
        self.events.append(AuditEvent(self.now, self.actor.id, what, about, record))

    def own_patient_id(self) -> str:
        """The record of the patient who acts."""
        self.actor.require(Permission.CHECK_IN)
        if self.actor.patient_id is None:
            raise NotPermitted("Your account is not linked to a patient record.")
        return self.actor.patient_id

    def look_at(self, patient_id: str) -> Patient:
        """The patient, for staff to read about; audited once a visit."""
        self.actor.require(Permission.SEE_PATIENTS)
        patient = self.records.patients.get(patient_id)
        self.viewed[patient_id] = None
        return patient

    def write_about_both(self, one: str, other: str) -> None:
        """As `write_about`, always in the same order: two units never wait for each other."""
        found = [self.records.patients.get(patient_id) for patient_id in (one, other)]
        for patient in sorted(found, key=lambda patient: patient.id):
            self.write_about(patient.id)

    def write_about(self, patient_id: str) -> Patient:
        """The patient, locked: nobody else writes about them until this unit ends. Every service
        that writes about a patient calls this first; only one that no summary shows, such as saving
        an answer, locks the patient and leaves the summary as it is."""
        if self.actor.own_record_only and patient_id != self.actor.patient_id:
            raise NotFound("There is no such record.")
        patient = self.records.patients.lock(patient_id)
        if patient.merged_into is not None:
            raise InvalidInput(
                "This record is closed: it was merged into another of the same person. Open that."
            )
        self.touched[patient_id] = None
        return patient
