"""The accounts of a demo clinic: the same in each, their password known to all, none elsewhere."""

from dataclasses import dataclass

from mindspa.domain.access import Role
from mindspa.storage.accounts import Accounts

PASSWORD = "nobody here is real"  # noqa: S105  # it stands on the sign-in page
# Its hash, made once: the same for the same seed, and no third of a second for each account.
HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$"
    "vXFuZ0NioT4WD0A972PZ6Q$clLcP5fbDO9YQY8NJDTLgiHxherww8HC1+lZnURGij4"
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    name: str
    role: Role
    description: str
    password: str = PASSWORD


DUE_NOW = DemoAccount(
    "robin", "Robin Demo-Larch", Role.PATIENT, "Patient with a check-in to answer now"
)
MID_COURSE = DemoAccount("sasha", "Sasha Demo-Willow", Role.PATIENT, "Patient in mid-course")
CARE_TEAM = DemoAccount("care", "Noor Demo-Alder", Role.CARE_TEAM, "Care team")
CLINICIAN = DemoAccount("clinician", "Dr. Mika Demo-Rowan", Role.CLINICIAN, "Clinician")
ADMINISTRATOR = DemoAccount("admin", "Jude Demo-Sorrel", Role.ADMINISTRATOR, "Administrator")
ACCOUNTS = (DUE_NOW, MID_COURSE, CARE_TEAM, CLINICIAN, ADMINISTRATOR)


def demo_accounts(accounts: Accounts) -> tuple[DemoAccount, ...]:
    """For the sign-in page: none unless every clinic in the database is a demo clinic."""
    clinics = accounts.clinics()
    return ACCOUNTS if clinics and all(clinic.demo for clinic in clinics) else ()
