"""Store the answers of other people's studies and systems, one person at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from mindspa.domain import safety
from mindspa.domain.access import Permission
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.outcomes import last_complete
from mindspa.domain.safety import Finding
from mindspa.domain.scoring import SCORER_VERSION
from mindspa.domain.treatment import Course, Infusion, InfusionStatus, Patient, Phase
from mindspa.exchange.answer_rows import ReadForm, ReadInfusion, ReadPerson, Reject
from mindspa.exchange.form_cells import TOTAL
from mindspa.services.plan_course import write_occasions
from mindspa.services.raise_alerts import raise_alerts
from mindspa.services.register_patient import register_patient
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Imported:
    """What became of one person's rows; several add up. `historic` alerts have no clock."""

    people: int = 0
    new_people: int = 0
    forms: int = 0
    known_forms: int = 0  # stored by an earlier run
    infusions: int = 0
    alerts: int = 0
    historic: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def add(self, other: "Imported") -> None:
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


def import_person(work: UnitOfWork, person: ReadPerson, *, source: str, file: str) -> Imported:
    """Adds what is not there yet; whatever is there stays as it is, and a difference is told."""
    work.actor.require(Permission.IMPORT_ANSWERS)
    result = Imported(people=1)
    patient = work.records.patients.from_source(source, person.id)
    if patient is None:
        result.new_people = 1
        patient = register_patient(
            work,
            name=f"Person {person.id} ({source})",
            born_on=person.born_on,
            source=source,
            source_id=person.id,
        )
    else:
        work.records.patients.lock(patient.id)
    return _Import(work, patient, source, file, result).of(person)


class _Import:
    """Of one person, whose record is locked."""

    def __init__(
        self, work: UnitOfWork, patient: Patient, source: str, file: str, result: Imported
    ) -> None:
        self._work, self._patient, self._result = work, patient, result
        self._source, self._file = source, file

    def of(self, person: ReadPerson) -> Imported:
        self._infusions(person)
        forms, stored = self._present()
        new = [read for read in person.forms if read.source_key not in stored]
        for read in person.forms:
            if read.source_key in stored:
                self._result.known_forms += 1
                self._tell_difference(person, read, stored[read.source_key])
        if new:
            self._lock()
        for read in sorted(new, key=lambda read: read.moment.at):
            if self._is_before_birth(person, read):
                cell = (read.moment.field, read.moment.text)
                self._reject(person, read, cell, "The answers are dated before birth.")
                if read.urgent:
                    self._raise_for_refused(read)
            else:
                forms.append(self._store(read, forms))
        for read in person.urgent:
            self._raise_for_refused(read)
        return self._result

    def _present(self) -> tuple[list[StoredForm], Mapping[str, StoredForm]]:
        """The forms on record, and by its key each that an import stored."""
        if self._result.new_people:
            return [], {}
        check_ins = self._work.records.check_ins
        forms = check_ins.forms_of(self._patient.id)
        by_id = {form.id: form for form in forms}
        keys = check_ins.source_keys_of(self._patient.id)
        return forms, {key: by_id[form_id] for key, form_id in keys.items()}

    def _lock(self) -> None:
        if self._patient.id not in self._work.touched:
            self._work.write_about(self._patient.id)

    # Infusions

    def _infusions(self, person: ReadPerson) -> None:
        """A study gives its infusions once: they are one course."""
        if not person.infusions:
            return
        treatment = self._work.records.treatment
        present = treatment.infusions_of(self._patient.id)
        if present:
            stored = {(infusion.planned_at, infusion.substance) for infusion in present}
            for read in person.infusions:
                if (read.at, read.substance) not in stored:
                    self._refuse_infusion(person, read)
            return
        self._lock()
        course = Course(
            self._work.new_id(),
            self._patient.id,
            Phase.INDUCTION,
            started_at=min(read.at for read in person.infusions),
        )
        treatment.add_course(course)
        self._work.audit("course.imported", about=self._patient.id, record=course.id)
        infusions = [self._infusion(read, course) for read in person.infusions]
        for infusion in infusions:
            treatment.add_infusion(infusion)
            self._work.audit("infusion.imported", about=self._patient.id, record=infusion.id)
            self._result.infusions += 1
        over_at = max(infusion.ends_at for infusion in infusions)
        if self._work.definitions.protocol.is_history(over_at, self._work.now):
            treatment.save_course(
                replace(course, ended_at=over_at, end_reason="over before it was imported")
            )
        write_occasions(self._work, self._patient.id)

    def _infusion(self, read: ReadInfusion, course: Course) -> Infusion:
        """Given on a day, and nothing more is known: no start, no end, no dose. It counts as
        recorded now, so that nobody is asked about what is long over."""
        return Infusion(
            self._work.new_id(),
            self._patient.id,
            course.id,
            planned_at=read.at,
            status=InfusionStatus.GIVEN,
            substance=read.substance,
            date_only=True,
            recorded_at=self._work.now,
            recorded_by=self._work.actor.id,
        )

    def _refuse_infusion(self, person: ReadPerson, read: ReadInfusion) -> None:
        self._result.rejects.append(
            Reject(
                read.file,
                read.line,
                person.id,
                read.field,
                read.kind,
                "The person's infusions are stored already, and this one is not among them. "
                "The stored ones stay.",
            )
        )

    # Forms

    def _is_before_birth(self, person: ReadPerson, read: ReadForm) -> bool:
        born_on = self._patient.born_on or person.born_on
        answered_on = read.moment.at.astimezone(ZoneInfo(self._work.clinic.zone)).date()
        return born_on is not None and answered_on < born_on

    def _store(self, read: ReadForm, forms: list[StoredForm]) -> StoredForm:
        work, patient_id, moment = self._work, self._patient.id, read.moment
        form = StoredForm(
            work.new_id(),
            patient_id,
            read.instrument.id,
            read.instrument.version,
            read.instrument.language_for(self._patient.language),
            read.answers,
            read.total,
            SCORER_VERSION,
            Mode.IMPORTED,
            answered_at=moment.at,
            saved_at=work.now,
            entered_by=work.actor.id,
            date_only=moment.date_only,
            occasion=moment.occasion,
            source=self._source,
        )
        work.records.check_ins.add_form(form, source_key=read.source_key)
        work.audit("form.imported", about=patient_id, record=form.id)
        self._result.forms += 1
        found = safety.findings(
            work.definitions.safety,
            form.instrument,
            form.answers,
            previous=last_complete(forms, form.instrument, before=form.answered_at),
            total=form.total,
        )
        self._raise(found, answered_at=form.answered_at, form_id=form.id)
        return form

    def _raise_for_refused(self, read: ReadForm) -> None:
        """A form that is left out says what it says: an alert never waits for a clean file. It
        stands with the name of the row, so that a second run adds nothing."""
        self._lock()
        found = safety.findings(self._work.definitions.safety, read.instrument.id, read.answers)
        name = sha256(read.source_key.encode()).hexdigest()[:16]
        self._raise(found, answered_at=read.moment.at, form_id=f"refused-{name}")

    def _raise(self, found: Iterable[Finding], *, answered_at: datetime, form_id: str) -> None:
        raised = raise_alerts(
            self._work,
            self._patient.id,
            found,
            answered_at=answered_at,
            form_id=form_id,
            source=self._source,
        )
        if safety.is_historic(self._work.definitions.safety, answered_at, now=self._work.now):
            self._result.historic += raised
        else:
            self._result.alerts += raised

    def _tell_difference(self, person: ReadPerson, read: ReadForm, stored: StoredForm) -> None:
        cell = _differing_cell(read, stored)
        if cell is not None:
            self._reject(
                person,
                read,
                cell,
                "An earlier import stored another value, and it stays. "
                "Correct it in the program, with a reason.",
            )
            if read.urgent:
                self._raise_for_refused(read)

    def _reject(
        self, person: ReadPerson, read: ReadForm, cell: tuple[str, str], problem: str
    ) -> None:
        self._result.rejects.append(
            Reject(self._file, read.line, person.id, *cell, problem, urgent=read.urgent)
        )


def _differing_cell(read: ReadForm, stored: StoredForm) -> tuple[str, str] | None:
    """Column and text of the first cell that says something else than what is stored."""
    if read.moment.at != stored.answered_at:
        return read.moment.field, read.moment.text
    values: Mapping[str, int | None] = {**dict.fromkeys(read.cells), **read.answers}
    for name, cell in read.cells.items():
        now, before = (
            (read.total, stored.total)
            if name == TOTAL
            else (values[name], stored.answers.get(name))
        )
        if now != before:
            return cell
    return None
