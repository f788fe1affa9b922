"""Clinics, patients, courses and infusions: what was done, to whom, when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mindspa.domain.intake import Status


@dataclass(frozen=True, slots=True)
class Clinic:
    """`zone` is an IANA name, `country` an ISO 3166 code with an entry in data/crisis.toml."""

    id: str
    name: str
    zone: str
    country: str
    phone: str = ""
    hours: str = ""  # when somebody answers, in the clinic's own words
    demo: bool = False


class PatientStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    TRANSFERRED = "transferred"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Patient:
    """`source` and `source_id` say where an imported person comes from; `record_version` grows
    with every write about the patient. `zone` None means the clinic's. `voicemail`: a message may
    be left on that phone. `merged_into`: this record was a second one of the same person; all of
    it is in that other one now, and this one is closed."""

    id: str
    name: str
    born_on: date | None = None
    zone: str | None = None
    language: str = "en"
    status: PatientStatus = PatientStatus.ACTIVE
    indications: frozenset[str] = frozenset()  # depression, anxiety, ptsd
    phone: str | None = None
    voicemail: bool = False
    intake: Status = Status.NOT_BEGUN  # how their new-patient forms stand
    source: str | None = None
    source_id: str | None = None
    record_version: int = 0
    merged_into: str | None = None
    merged_at: datetime | None = None
    merged_by: str | None = None  # the name of whoever did
    merge_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a patient is not active, and nothing is asked of them. `until` None: it goes
    on."""

    id: str
    patient_id: str
    status: PatientStatus  # paused, transferred or deceased
    since: datetime
    until: datetime | None = None
    reason: str | None = None
    recorded_by: str | None = None


class Phase(StrEnum):
    INDUCTION = "induction"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Course:
    """A run of infusions. Courses of one patient never overlap. `started_at` is the start of its
    first infusion, planned until given; `ended_at` None means it goes on."""

    id: str
    patient_id: str
    phase: Phase
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None


class InfusionStatus(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    GIVEN = "given"
    STOPPED = "stopped"  # ended early; what was given counts as treatment
    CANCELLED = "cancelled"


class Substance(StrEnum):
    KETAMINE = "ketamine"
    PLACEBO = "placebo"  # of an imported study: drawn hollow and never counted as treatment
    UNKNOWN = "unknown"


PLANNED_LENGTH = timedelta(minutes=60)
FORGOTTEN_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Infusion:
    id: str
    patient_id: str
    course_id: str
    planned_at: datetime
    status: InfusionStatus
    started_at: datetime | None = None
    ended_at: datetime | None = None
    dose_mg: float | None = None
    weight_kg: float | None = None
    route: str = "IV"
    substance: Substance = Substance.KETAMINE
    reason: str | None = None  # of a stopped or cancelled one
    given_by: str | None = None
    date_only: bool = False  # the source named a day, not a time
    recorded_at: datetime | None = None  # when the clinic's database first held it
    recorded_by: str | None = None
    discharged_at: datetime | None = None  # when the patient left
    version: int = 1

    @property
    def starts_at(self) -> datetime:
        return self.started_at or self.planned_at

    @property
    def ends_at(self) -> datetime:
        """The actual end, or the planned one until it is recorded (see `provisional`)."""
        return self.ended_at or self.starts_at + PLANNED_LENGTH

    @property
    def provisional(self) -> bool:
        return self.ended_at is None

    @property
    def treated(self) -> bool:
        """Ketamine was given, in whole or in part."""
        return (
            self.status in (InfusionStatus.GIVEN, InfusionStatus.STOPPED)
            and self.substance is not Substance.PLACEBO
        )

    @property
    def dose_mg_per_kg(self) -> float | None:
        if self.dose_mg is None or not self.weight_kg:
            return None
        return self.dose_mg / self.weight_kg

    def overlaps(self, other: "Infusion") -> bool:
        """Whether one person would have to be in the chair twice at once."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def forgotten(self, *, now: datetime) -> bool:
        """Planned or started, without an end 3 h after its planned start: "close this infusion"."""
        waiting = self.status in (InfusionStatus.PLANNED, InfusionStatus.STARTED)
        return waiting and now >= self.planned_at + FORGOTTEN_AFTER
