"""Every page, opened by whoever may not see it, gives nothing away: it looks like no page."""

import pytest
from playwright.sync_api import Locator, Page, expect

from mindspa.domain.access import Role
from mindspa.services.demo_accounts import (
    ADMINISTRATOR,
    CARE_TEAM,
    CLINICIAN,
    DUE_NOW,
    MID_COURSE,
    DemoAccount,
)
from mindspa.settings import PROJECT_ROOT
from tests.browser.chromium import Person, settled
from tests.browser.conftest import Served, Visit

pytestmark = pytest.mark.browser

PATIENT, STAFF = {Role.PATIENT}, {Role.CARE_TEAM, Role.CLINICIAN}
# Who may open a page. A page that is not in this table fails the tests below.
MAY_OPEN = {
    "today": PATIENT,
    "check_in": PATIENT,
    "my_progress": PATIENT,
    "get_help": PATIENT,
    "follow_up": STAFF,
    "patients": STAFF,
    "patient": STAFF,
    "account": set(Role),
}
PAGES = sorted(path.stem for path in (PROJECT_ROOT / "pages").glob("*.py"))
ACCOUNTS = (DUE_NOW, CARE_TEAM, CLINICIAN, ADMINISTRATOR)
NO_PAGE = "no_such_page"


def test_the_table_has_every_page() -> None:
    assert sorted(MAY_OPEN) == PAGES


def ids_of_another(demo: Served) -> dict[str, str]:
    """The address of something of a patient other than the one who is signed in."""
    other = demo.one("SELECT patient_id FROM people WHERE login = ?", MID_COURSE.login)
    check_in = demo.rows("SELECT id FROM check_ins WHERE patient_id = ? LIMIT 1", other)[0][0]
    return {"patient": f"?id={other}", "check_in": f"?id={check_in}"}


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def opened(page: Page, person: Person, path: str) -> None:
    page.goto(f"{person.address}/{path}")
    expect(main(page).get_by_role("heading").first).to_be_visible()
    settled(page)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.login)
def test_a_page_of_others_is_no_page(demo: Served, visit: Visit, account: DemoAccount) -> None:
    """Whoever asks for it finds the first page of their own, as with any made-up address."""
    person = visit(demo)
    person.expected.append("page that you have requested does not seem to exist")
    page = person.sign_in(account.login, account.password)
    expect(main(page).get_by_role("heading").first).to_be_visible()
    settled(page)
    first, title, text = page.url, page.title(), main(page).inner_text()
    another = ids_of_another(demo)
    refused = [name for name in PAGES if account.role not in MAY_OPEN[name]]
    assert refused
    for name in [NO_PAGE, *refused]:
        opened(page, person, name + another.get(name, ""))
        page.wait_for_url(first)
        expect(page).to_have_title(title)
        expect(main(page)).to_have_text(text, use_inner_text=True)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.login)
def test_a_page_of_ones_own_opens(demo: Served, visit: Visit, account: DemoAccount) -> None:
    """So that the test above does not pass because nothing opens at all."""
    person = visit(demo)
    page = person.sign_in(account.login, account.password)
    settled(page)
    query = {"patient": ids_of_another(demo)["patient"]}
    for name in PAGES:
        if account.role in MAY_OPEN[name]:
            opened(page, person, name + query.get(name, ""))
            assert page.url.startswith(f"{person.address}/{name}")


def test_what_belongs_to_another_patient_does_not_exist(demo: Served, visit: Visit) -> None:
    person = visit(demo)
    page = person.sign_in(DUE_NOW.login, DUE_NOW.password)
    settled(page)
    said = []
    for query in (ids_of_another(demo)["check_in"], "?id=nothing"):
        page.goto(f"{person.address}/check_in{query}")
        expect(main(page).get_by_text("There is no such check-in.")).to_be_visible()
        settled(page)
        said.append(main(page).inner_text())
    assert said[0] == said[1]


def test_signed_out_every_page_is_the_door(demo: Served, visit: Visit) -> None:
    person = visit(demo)
    another = ids_of_another(demo)
    names = demo.rows("SELECT name FROM patients")
    page = person.context.new_page()
    for name in [*PAGES, NO_PAGE]:
        page.goto(f"{person.address}/{name}{another.get(name, '')}")
        expect(page).to_have_title("Sign in · Mind Spa Outcomes")
        text = page.locator("body").inner_text()
        assert not [known for (known,) in names if known in text]


def test_the_shell_of_every_page_is_the_same(demo: Served, visit: Visit) -> None:
    """Over HTTP alone a page tells nobody anything, signed in or not: what is shown comes later,
    through the guarded connection."""
    shells = set()
    for account in ACCOUNTS:
        person = visit(demo)
        settled(person.sign_in(account.login, account.password))
        for name in [*PAGES, NO_PAGE]:
            answer = person.context.request.get(f"{person.address}/{name}")
            assert answer.headers["cache-control"] == "no-store"
            shells.add(answer.text())
    assert len(shells) == 1
    signed_out = visit(demo).context.request
    for name in [*PAGES, NO_PAGE]:
        answer = signed_out.get(f"{demo.address}/{name}", max_redirects=0)
        assert (answer.status, answer.headers["location"]) == (303, f"/sign-in?next=/{name}")
