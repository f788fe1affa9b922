"""Who may do what: roles, permissions and the actor of a unit of work.

The table below is the only place where a permission is given to a role.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mindspa.domain.errors import NotPermitted
from mindspa.domain.messages import Channel
from mindspa.domain.treatment import Clinic


class Role(StrEnum):
    PATIENT = "patient"
    CARE_TEAM = "care_team"
    CLINICIAN = "clinician"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    CHECK_IN = "check_in"  # answer own forms and see own progress
    SEE_PATIENTS = "see_patients"  # any record of the own clinic
    REVIEW_FOLLOW_UP = "review_follow_up"
    INVITE_PATIENTS = "invite_patients"  # register them, and give them an account
    ENTER_ANSWERS = "enter_answers"  # for a patient: by phone, in the clinic, from paper
    CORRECT_RECORDS = "correct_records"  # sent forms, misfiled ones, two records of one person
    REVIEW_INTAKE = "review_intake"  # say who is eligible for treatment
    REVIEW_COURSE = "review_course"  # say how a course goes on
    HANDLE_ALERTS = "handle_alerts"  # own a safety alert, hand it over, reach the patient
    ASSESS_RISK = "assess_risk"  # close a safety alert
    REMIND = "remind"  # send a patient a reminder of a check-in
    PLAN_DUTY = "plan_duty"  # opening hours, holidays, who is on duty
    RECORD_TREATMENT = "record_treatment"  # courses, infusions, ratings by a clinician
    ADAPT_PROTOCOL = "adapt_protocol"  # see what is asked when, and what a change would do
    SIGN_PROTOCOL = "sign_protocol"  # put such a change in force
    PAIR_TABLETS = "pair_tablets"  # let patients answer on a device of the clinic
    MANAGE_PEOPLE = "manage_people"
    BREAK_THE_GLASS = "break_the_glass"  # read a record in an emergency, with a reason
    REVIEW_EMERGENCIES = "review_emergencies"  # of somebody else
    SEE_MESSAGES = "see_messages"  # what was sent to people, and what did not arrive
    READ_AUDIT_TRAIL = "read_audit_trail"  # who looked at or changed what
    IMPORT_ANSWERS = "import_answers"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.PATIENT: frozenset({Permission.CHECK_IN}),
    Role.CARE_TEAM: frozenset(
        {
            Permission.SEE_PATIENTS,
            Permission.REVIEW_FOLLOW_UP,
            Permission.HANDLE_ALERTS,
            Permission.REMIND,
            Permission.INVITE_PATIENTS,
            Permission.ENTER_ANSWERS,
            Permission.CORRECT_RECORDS,
            Permission.RECORD_TREATMENT,
            Permission.PAIR_TABLETS,
        }
    ),
    Role.CLINICIAN: frozenset(
        {
            Permission.SEE_PATIENTS,
            Permission.REVIEW_FOLLOW_UP,
            Permission.HANDLE_ALERTS,
            Permission.REMIND,
            Permission.INVITE_PATIENTS,
            Permission.ENTER_ANSWERS,
            Permission.CORRECT_RECORDS,
            Permission.RECORD_TREATMENT,
            Permission.PAIR_TABLETS,
            Permission.REVIEW_INTAKE,
            Permission.REVIEW_COURSE,
            Permission.ASSESS_RISK,
            Permission.REVIEW_EMERGENCIES,
            Permission.PLAN_DUTY,
            Permission.SEE_MESSAGES,
            Permission.ADAPT_PROTOCOL,
            Permission.SIGN_PROTOCOL,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ADAPT_PROTOCOL,
            Permission.PLAN_DUTY,
            Permission.BREAK_THE_GLASS,
            Permission.REVIEW_EMERGENCIES,
            Permission.SEE_MESSAGES,
            Permission.MANAGE_PEOPLE,
            Permission.READ_AUDIT_TRAIL,
            Permission.IMPORT_ANSWERS,
            Permission.PAIR_TABLETS,
        }
    ),
}

WORKER = "worker"  # in place of a person's id: what the server does of itself
STAFF_ROLES = frozenset(Role) - {Role.PATIENT}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in a unit of work. `patient_id` is the own record of a person with that role.
    `check_in_id` is the one thing that a patient before a tablet of the clinic may do: they hold no
    role and no permission, so that every other service refuses them."""

    id: str
    clinic_id: str
    name: str
    roles: frozenset[Role]
    patient_id: str | None = None
    # Given directly to the command line's operator, who holds no role.
    granted: frozenset[Permission] = field(default=frozenset())
    check_in_id: str | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        return self.granted.union(*(PERMISSIONS[role] for role in self.roles))

    @property
    def own_record_only(self) -> bool:
        return self.check_in_id is not None or self.roles == {Role.PATIENT}

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            raise NotPermitted("Your account does not have access to this.")


def operator(clinic_id: str) -> Actor:
    """The person at the command line, who can reach the database file anyway."""
    return Actor("operator", clinic_id, "operator", frozenset(), granted=frozenset(Permission))


def worker(clinic_id: str) -> Actor:
    """The server itself, for what time alone causes."""
    granted = frozenset({Permission.RECORD_TREATMENT, Permission.HANDLE_ALERTS, Permission.REMIND})
    return Actor(WORKER, clinic_id, WORKER, frozenset(), granted=granted)


def before_tablet(clinic_id: str, patient_id: str, name: str, check_in_id: str) -> Actor:
    """A patient with a code, whether or not they have an account."""
    return Actor(patient_id, clinic_id, name, frozenset(), patient_id, check_in_id=check_in_id)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `temporary_until`: when a password that the clinic gave runs out;
    None once they have chosen their own. `email`: where letters go."""

    id: str
    clinic_id: str
    login: str
    name: str
    roles: frozenset[Role]
    patient_id: str | None
    active: bool
    must_change_password: bool
    temporary_until: datetime | None = None
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the same clinic, for handing over and for the rota. `channels`: by which, as they
    have said, notices reach them."""

    id: str
    name: str
    roles: frozenset[Role]
    channels: tuple[Channel, ...]

    def may(self, permission: Permission) -> bool:
        return any(permission in PERMISSIONS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the staff, as whoever manages accounts sees it. `signed_in_at`: the last time
    in so many days as sessions are kept; None: never in them."""

    person: Person
    second_factor: bool
    signed_in_at: datetime | None


class Owed(StrEnum):
    """Each is also the address of the page on which it is done."""

    PASSWORD = "/password"  # noqa: S105  # an address
    SECOND_FACTOR = "/second-factor"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session: who is there, and the clinic they are in. `locked`: nothing of a patient is
    shown or written until it is unlocked. `locks_after`: so long without a touch locks it.
    `lacks_factor`: the clinic asks for a second factor, and they have none."""

    actor: Actor
    clinic: Clinic
    must_change_password: bool
    locked: bool = False
    locks_after: timedelta | None = None
    lacks_factor: bool = False

    @property
    def owes(self) -> Owed | None:
        """What they must do before anything else."""
        if self.must_change_password:
            return Owed.PASSWORD
        return Owed.SECOND_FACTOR if self.lacks_factor else None
