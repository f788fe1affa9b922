"""The tables. They hold; the domain judges. Nothing outside storage/ sees a row class.

Every row belongs to a clinic, and keys are (clinic, id), so that no foreign key can lead from one
clinic to another. Ids are random: an address or a log line that holds one says nothing.
"""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from mindspa.storage.types import UtcInstant

# Constraints need names that a migration can refer to, on both engines.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

ID_LENGTH = 24

MOVED = "moved_to IS NOT NULL"  # of a form that is in another record now
# Of an occasion that waits for an answer. Word for word in the index and in the queries it is for.
WAITING = "status IN ('planned', 'started')"  # of an infusion without its end, the same
OPEN = "state = 'open' AND corrects IS NULL"  # of a check-in; of one that corrects:
CORRECTING = "state = 'open' AND corrects IS NOT NULL"
LACKING = "lacking != '' AND applicable AND NOT cancelled"


def of_patient() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["clinic_id", "patient_id"], ["patients.clinic_id", "patients.id"])


class ClinicOwned(SQLModel):
    """Rows that the scope of `Records` filters by clinic."""

    clinic_id: str = Field(primary_key=True, max_length=ID_LENGTH)


class PatientOwned(ClinicOwned):
    """Rows that a patient's own scope filters by patient as well."""

    patient_id: str = Field(max_length=ID_LENGTH)


class ClinicRow(SQLModel, table=True):
    """`second_factor`: its staff sign in with one."""

    __tablename__: ClassVar[str] = "clinics"
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    name: str
    zone: str
    country: str
    phone: str = ""
    hours: str = ""
    demo_built_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    second_factor: bool = False


class PersonRow(ClinicOwned, table=True):
    """`roles` are separated by spaces. A login is unique over all clinics, because the sign-in
    page does not ask for one. `mobile` has its country code and no spaces.
    `reminders`: they have not said no to them."""

    __tablename__: ClassVar[str] = "people"
    __table_args__ = (ForeignKeyConstraint(["clinic_id"], ["clinics.id"]),)
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    login: str = Field(unique=True)
    name: str
    roles: str
    password_hash: str
    patient_id: str | None = None
    active: bool = True
    must_change_password: bool = False
    temporary_until: datetime | None = Field(default=None, sa_type=UtcInstant)
    created_at: datetime = Field(sa_type=UtcInstant)
    pin_hash: str | None = None
    email: str | None = None
    mobile: str | None = None
    reminders: bool = True


class SessionRow(ClinicOwned, table=True):
    """A signed-in browser. Only a digest of its token is stored. `locks_after_s`: it shows a sheet,
    and is locked once nobody has touched it for so long."""

    __tablename__: ClassVar[str] = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "person_id"], ["people.clinic_id", "people.id"]),
        UniqueConstraint("token_digest"),  # looked up before the clinic is known
        Index("ix_sessions_person_id", "clinic_id", "person_id"),
    )
    token_digest: str = Field(primary_key=True)
    person_id: str
    created_at: datetime = Field(sa_type=UtcInstant)
    last_seen_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    locked_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    locks_after_s: int | None = None
    unlock_tries: int = 0


class SignInFailureRow(SQLModel, table=True):
    """Failed tries, by digests of the login and of where the try came from."""

    __tablename__: ClassVar[str] = "sign_in_failures"
    __table_args__ = (Index(None, "login_digest", "at"), Index(None, "at"))
    id: int | None = Field(default=None, primary_key=True)
    login_digest: str
    origin_digest: str
    at: datetime = Field(sa_type=UtcInstant)


class PatientRow(ClinicOwned, table=True):
    __tablename__: ClassVar[str] = "patients"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id"], ["clinics.id"]),
        UniqueConstraint("clinic_id", "source", "source_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    name: str
    born_on: date | None = None
    zone: str | None = None
    language: str = "en"
    status: str = "active"
    indications: str = ""
    phone: str | None = None
    voicemail: bool = False
    intake: str = "not_begun"
    source: str | None = None
    source_id: str | None = None
    record_version: int = 0
    merged_into: str | None = None
    merged_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    merged_by: str | None = None
    merge_reason: str | None = None


class PauseRow(PatientOwned, table=True):
    """One that goes on for a patient: the index is the second wall behind the patient's lock."""

    __tablename__: ClassVar[str] = "pauses"
    __table_args__ = (
        of_patient(),
        Index(None, "clinic_id", "patient_id"),
        Index(
            "uq_pauses_one_goes_on",
            "clinic_id",
            "patient_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    status: str
    since: datetime = Field(sa_type=UtcInstant)
    until: datetime | None = Field(default=None, sa_type=UtcInstant)
    reason: str | None = None
    recorded_by: str | None = None


class CourseRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "courses"
    __table_args__ = (of_patient(), Index(None, "clinic_id", "patient_id"))
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    phase: str
    started_at: datetime = Field(sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    end_reason: str | None = None


class InfusionRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "infusions"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "course_id"], ["courses.clinic_id", "courses.id"]),
        Index(None, "clinic_id", "patient_id"),
        Index(None, "clinic_id", "planned_at"),
        Index(
            "ix_infusions_waiting",
            "clinic_id",
            "planned_at",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    course_id: str
    planned_at: datetime = Field(sa_type=UtcInstant)
    status: str
    started_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    ended_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    dose_mg: float | None = None
    weight_kg: float | None = None
    route: str = "IV"
    substance: str = "ketamine"
    reason: str | None = None
    given_by: str | None = None
    date_only: bool = False
    recorded_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    recorded_by: str | None = None
    discharged_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    version: int = 1


class OccasionRow(PatientOwned, table=True):
    """`lacking`: those of its forms that no answer stands with it for; written before each commit
    that changed an answer or the plan. The second index holds what the worklist looks through.
    `protocol_version`: the number of the clinic's version that it was planned under."""

    __tablename__: ClassVar[str] = "occasions"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "course_id"], ["courses.clinic_id", "courses.id"]),
        Index(None, "clinic_id", "closes_at"),
        Index(
            "ix_occasions_lacking",
            "clinic_id",
            "closes_at",
            "opens_at",
            sqlite_where=text(LACKING),
            postgresql_where=text(LACKING),
        ),
    )
    patient_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    anchor_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    code: str = Field(primary_key=True)
    course_id: str
    infusion_id: str | None = None
    forms: str
    target_at: datetime = Field(sa_type=UtcInstant)
    opens_at: datetime = Field(sa_type=UtcInstant)
    due_at: datetime = Field(sa_type=UtcInstant)
    closes_at: datetime = Field(sa_type=UtcInstant)
    applicable: bool = True
    cancelled: bool = False
    stopped: bool = False
    protocol_version: int = 1
    lacking: str = ""


class CheckInRow(PatientOwned, table=True):
    """One open check-in for a patient, a set of forms and a way of answering, and one open
    correction of a check-in for each who corrects: the indexes are the second wall behind the
    patient's lock."""

    __tablename__: ClassVar[str] = "check_ins"
    __table_args__ = (
        of_patient(),
        Index(None, "clinic_id", "patient_id", "opened_at"),
        Index(
            "uq_check_ins_one_open",
            "clinic_id",
            "patient_id",
            "forms",
            "mode",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index(
            "uq_check_ins_one_correction",
            "clinic_id",
            "corrects",
            "forms",
            "opened_by",
            unique=True,
            sqlite_where=text(CORRECTING),
            postgresql_where=text(CORRECTING),
        ),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    forms: str
    variant: str | None = None
    state: str
    opened_at: datetime = Field(sa_type=UtcInstant)
    closes_at: datetime = Field(sa_type=UtcInstant)
    sent_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    language: str
    mode: str
    opened_by: str
    note: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    corrects: str | None = None
    reason: str | None = None


class GivenAnswerRow(PatientOwned, table=True):
    """Append-only: the key makes two tabs that replace the same revision collide."""

    __tablename__: ClassVar[str] = "given_answers"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "check_in_id"], ["check_ins.clinic_id", "check_ins.id"]),
    )
    check_in_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    instrument: str = Field(primary_key=True)
    item: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    value: int
    given_at: datetime = Field(sa_type=UtcInstant)
    given_by: str


class StoredFormRow(PatientOwned, table=True):
    """`source_key` is what makes an import that is run twice add nothing. The last index holds the
    few that were moved away."""

    __tablename__: ClassVar[str] = "stored_forms"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "check_in_id"], ["check_ins.clinic_id", "check_ins.id"]),
        UniqueConstraint("clinic_id", "source_key"),
        UniqueConstraint("clinic_id", "replaces"),
        UniqueConstraint("clinic_id", "check_in_id", "instrument", "version"),
        Index(None, "clinic_id", "patient_id", "answered_at"),
        Index(None, "clinic_id", "patient_id", "instrument", "answered_at"),
        Index(None, "clinic_id", "answered_at"),
        Index(
            "ix_stored_forms_moved",
            "clinic_id",
            "replaces",
            sqlite_where=text(MOVED),
            postgresql_where=text(MOVED),
        ),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    instrument: str
    instrument_version: str
    language: str
    answers: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    total: int | None = None
    scorer_version: str
    mode: str
    answered_at: datetime = Field(sa_type=UtcInstant)
    saved_at: datetime = Field(sa_type=UtcInstant)
    entered_by: str
    date_only: bool = False
    opened_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    variant: str | None = None
    check_in_id: str | None = None
    occasion: str | None = None
    source: str | None = None
    source_key: str | None = None
    version: int = 1
    replaces: str | None = None
    reason: str | None = None
    note: str | None = None
    moved_to: str | None = None
    moved_from: str | None = None


class AlertRow(PatientOwned, table=True):
    """`origin` is the check-in or form that raised it. With rule, item, value and the time of the
    answer it names the alert for good, so that saving or sending twice raises one. A historic one
    has no case."""

    __tablename__: ClassVar[str] = "alerts"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "case_id"], ["alert_cases.clinic_id", "alert_cases.id"]),
        UniqueConstraint("clinic_id", "origin", "rule", "item", "value", "answered_at"),
        Index(None, "clinic_id", "patient_id"),
        Index(None, "clinic_id", "state", "historic"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    origin: str
    rule: str
    tier: str
    instrument: str
    # Not null, because a null would not collide: "" is a rule over the whole form, -1 no value.
    item: str = ""
    value: int = -1
    raised_at: datetime = Field(sa_type=UtcInstant)
    answered_at: datetime = Field(sa_type=UtcInstant)
    state: str = "open"
    historic: bool = False
    check_in_id: str | None = None
    form_id: str | None = None
    source: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    closed_by: str | None = None
    outcome: str | None = None
    note: str | None = None
    moved_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    case_id: str | None = Field(default=None, max_length=ID_LENGTH)
    assessed_on: datetime | None = Field(default=None, sa_type=UtcInstant)


class ContactRequestRow(PatientOwned, table=True):
    """ "Please call me", a booster or an appointment: a list of its own, never an alert."""

    __tablename__: ClassVar[str] = "contact_requests"
    __table_args__ = (of_patient(), UniqueConstraint("clinic_id", "check_in_id"))
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    asked_at: datetime = Field(sa_type=UtcInstant)
    wish: str = "call"
    note: str | None = None
    check_in_id: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    done_by: str | None = None


class ContactRow(PatientOwned, table=True):
    """A call or message of staff to a patient, and whether it reached them."""

    __tablename__: ClassVar[str] = "contacts"
    __table_args__ = (of_patient(), Index(None, "clinic_id", "patient_id", "at"))
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    at: datetime = Field(sa_type=UtcInstant)
    by: str
    by_name: str
    way: str
    outcome: str
    note: str | None = None


class FollowUpReviewRow(PatientOwned, table=True):
    __tablename__: ClassVar[str] = "follow_up_reviews"
    __table_args__ = (
        of_patient(),
        ForeignKeyConstraint(["clinic_id", "infusion_id"], ["infusions.clinic_id", "infusions.id"]),
        Index(None, "clinic_id", "infusion_id"),
    )
    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    infusion_id: str
    reviewed_by: str
    reviewed_by_name: str
    reviewed_at: datetime = Field(sa_type=UtcInstant)
    disposition: str
    note: str | None = None
    seen_form_ids: list[str] = Field(sa_column=Column(JSON, nullable=False))
    seen_alert_ids: list[str] = Field(sa_column=Column(JSON, nullable=False))
