"""Every page, for every role and for nobody, with the ids of everybody else."""

from contextlib import suppress

import pytest

from mindspa.domain.access import Role
from mindspa.settings import PROJECT_ROOT
from tests.attack import pair
from tests.attack.conftest import OpenTab, Target, Visit
from tests.attack.pair import Pair, Someone

PATIENT, STAFF = {Role.PATIENT}, {Role.CARE_TEAM, Role.CLINICIAN}
# Who may open a page. A page that is not in this table fails the tests below.
MAY_OPEN = {
    "today": PATIENT,
    "check_in": PATIENT,
    "new_patient": PATIENT,
    "my_progress": PATIENT,
    "my_plan": PATIENT,
    "about_treatment": PATIENT,
    "get_help": PATIENT,
    "alerts": STAFF,
    "duty": {Role.CLINICIAN, Role.ADMINISTRATOR},
    "follow_up": STAFF,
    "home": STAFF,
    "due_and_missing": STAFF,
    "enter_answers": STAFF,
    "infusion_day": STAFF,
    "correct_record": STAFF,
    "patients": STAFF,
    "patient": STAFF,
    "protocol": {Role.CLINICIAN, Role.ADMINISTRATOR},
    "emergency": {Role.CLINICIAN, Role.ADMINISTRATOR},
    "messages": {Role.CLINICIAN, Role.ADMINISTRATOR},
    "people": {Role.ADMINISTRATOR},
    "audit_trail": {Role.ADMINISTRATOR},
    "who_looked": PATIENT,
    "account": set(Role),
}
PAGES = sorted(path.stem for path in (PROJECT_ROOT / "pages").glob("*.py"))
NO_PAGE = "no_such_page"
VIEWERS = ("ana", *(f"{role}@north.example" for role in sorted(set(Role) - PATIENT)))
MADE_UP = "id999999"


def test_the_table_has_every_page() -> None:
    assert sorted(MAY_OPEN) == PAGES


def every_id(people: Pair) -> list[str]:
    """Of records and of check-ins, their own and all others, and some of nothing."""
    found = ["", MADE_UP, "1 OR 1=1"]
    for patient in people.patients():
        found += [patient.patient_id, patient.open_id, patient.case_id]
    return found


def may_see(viewer: Someone, patient: Someone) -> bool:
    if viewer.role in STAFF:
        return viewer.clinic == patient.clinic
    return viewer == patient


def nothing_of_others(said: str, viewer: Someone, people: Pair, *, names_ids: bool = False) -> None:
    """`names_ids`: ids of the own clinic may stand there, and nothing that says whose they are."""
    for patient in people.patients():
        if not may_see(viewer, patient):
            ids = [patient.patient_id, patient.open_id, patient.case_id]
            if names_ids and patient.clinic == viewer.clinic:
                ids = []
            for theirs in (pair.mark(patient.login), *ids):
                assert theirs not in said, f"{viewer.login} sees {patient.login}"


@pytest.mark.parametrize("page", [*PAGES, NO_PAGE])
@pytest.mark.parametrize("login", VIEWERS)
def test_a_page_shows_nothing_of_others(
    target: Target, tab: OpenTab, login: str, page: str
) -> None:
    """A page of another role looks like no page, whatever id it is opened with."""
    viewer = target.pair[login]
    allowed = viewer.role in MAY_OPEN.get(page, set())
    opened = tab(viewer, "")
    with suppress(LookupError):  # how the client says that there is no such page
        opened.open(NO_PAGE)
    no_page = opened.words()
    assert "There is no such page" in no_page
    for wanted in every_id(target.pair):
        with suppress(LookupError):
            opened.open(page, id=wanted)
        if allowed:
            assert opened.page == page
        else:
            assert (opened.page, opened.words()) == ("", no_page)
        nothing_of_others(opened.words(), viewer, target.pair, names_ids=page == "audit_trail")


@pytest.mark.parametrize(
    ("login", "page", "of"),
    [
        ("ana", "check_in", "ben"),
        ("ana", "check_in", "sam"),
        ("clinician@north.example", "patient", "sam"),
        ("care_team@north.example", "patient", "sam"),
        ("care_team@north.example", "correct_record", "sam"),
        ("care_team@north.example", "alerts", "sam"),
        ("clinician@north.example", "enter_answers", "sam"),
        # Not even those of the own clinic: a patient's own check-in is theirs alone.
        ("care_team@north.example", "enter_answers", "ana"),
    ],
)
def test_a_record_of_others_is_no_record(
    target: Target, tab: OpenTab, login: str, page: str, of: str
) -> None:
    """And nobody can learn from the answer which ids exist."""
    other = target.pair[of]
    of_patient = page in ("patient", "correct_record")
    ids = [other.patient_id] if of_patient else [other.open_id, other.sent_id]
    ids = [other.case_id] if page == "alerts" else ids
    never = tab(target.pair[login], page, id=MADE_UP)
    assert ["There is no such" in error for error in never.errors()] == [True]
    for wanted in ids:
        assert tab(target.pair[login], page, id=wanted).words() == never.words()


def test_a_patient_who_works_here_too_answers_for_nobody_else(target: Target, tab: OpenTab) -> None:
    """Their account reaches every record of the clinic, on the pages of staff."""
    ana, ben = target.pair["ana"], target.pair["ben"]
    target.change("UPDATE people SET roles = 'clinician patient' WHERE login = 'ana'")
    assert pair.mark("ben") in tab(ana, "patient", id=ben.patient_id).words()
    for check_in in (ben.open_id, ben.sent_id):
        opened = tab(ana, "check_in", id=check_in)
        assert ["There is no such" in error for error in opened.errors()] == [True]
        assert opened.all("radio") == []


def test_ones_own_work_opens(target: Target, tab: OpenTab) -> None:
    """So that the tests above do not pass because nothing opens at all."""
    ana, ben = target.pair["ana"], target.pair["ben"]
    assert tab(ana, "check_in", id=ana.open_id).all("radio")
    assert "Your answers are saved" in tab(ana, "check_in", id=ana.sent_id).words()
    for login in ("clinician@north.example", "care_team@north.example"):
        for page in ("follow_up", "patients", "patient"):
            said = tab(target.pair[login], page, id=ben.patient_id).words()
            assert pair.mark("ben") in said
        assert pair.mark("ben") in tab(target.pair[login], "alerts", id=ben.case_id).words()


def test_signed_out_every_page_is_the_door(target: Target, visit: Visit) -> None:
    browser = visit()
    for page in [*PAGES, NO_PAGE, ""]:
        for wanted in every_id(target.pair):
            answer = browser.http.get(f"/{page}", params={"id": wanted})
            assert answer.status_code == 303
            assert answer.headers["location"].startswith(f"/sign-in?next=/{page}")
            assert answer.text == ""


def test_the_shell_of_every_page_is_the_same(target: Target, visit: Visit) -> None:
    """Over HTTP alone a page tells nobody anything: what is shown comes later, through the guarded
    connection."""
    shells = set()
    for login in VIEWERS:
        browser = visit(target.pair[login])
        for page in [*PAGES, NO_PAGE]:
            answer = browser.http.get(f"/{page}", params={"id": target.pair["ben"].patient_id})
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            shells.add(answer.text)
    assert len(shells) == 1
