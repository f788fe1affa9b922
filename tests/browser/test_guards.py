"""What only a browser can show of the guards: where it ends up, and what it makes of bad names.

Who may see what is tried page by page in `tests/attack/`.
"""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from mindspa.services.demo_accounts import (
    ADMINISTRATOR,
    CARE_TEAM,
    CLINICIAN,
    DUE_NOW,
    DemoAccount,
)
from tests import program
from tests.accounts import PASSWORD
from tests.attack import pair
from tests.browser.chromium import Person, pick, settled
from tests.browser.conftest import Serve, Served, Visit

pytestmark = pytest.mark.browser

NO_PAGE = "no_such_page"
NOT_FOUND = "page that you have requested does not seem to exist"


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def opened(page: Page, person: Person, path: str) -> None:
    page.goto(f"{person.address}/{path}")
    expect(main(page).get_by_role("heading").first).to_be_visible()
    settled(page)


@pytest.mark.parametrize(
    ("account", "of_others"),
    [
        (DUE_NOW, "follow_up"),
        (CARE_TEAM, "today"),
        (CLINICIAN, "check_in"),
        (ADMINISTRATOR, "patients"),
    ],
    ids=lambda value: getattr(value, "login", value),
)
def test_a_page_of_others_is_no_page(
    demo: Served, visit: Visit, account: DemoAccount, of_others: str
) -> None:
    """Whoever asks for it is told what a made-up address is told, in the title of the window too,
    and is led to the first page of their own."""
    person = visit(demo)
    person.expected.append(NOT_FOUND)
    page = person.sign_in(account.login, account.password)
    expect(main(page).get_by_role("heading").first).to_be_visible()
    settled(page)
    first = page.url
    for name in (NO_PAGE, of_others):
        opened(page, person, name)
        expect(main(page).get_by_role("heading")).to_have_text("There is no such page")
        expect(page).to_have_title("No such page · Mind Spa Outcomes")
        page.keyboard.press("Escape")  # what Streamlit says of it
        main(page).get_by_test_id("stPageLink").last.click()
        page.wait_for_url(first)


def test_a_name_and_a_note_are_shown_as_they_were_written(
    tmp_path: Path, serve: Serve, visit: Visit
) -> None:
    """With tags, links, formulas and colours in them; `visit` looks for refused scripts."""
    at = datetime.fromisoformat(program.DEMO_NOW)
    people = pair.build(tmp_path / "pair.db", now=at)
    served = serve(tmp_path / "pair.db", at=at)
    person, name = visit(served), pair.mark("ben")
    page = person.sign_in("clinician@north.example", PASSWORD, path="/follow_up")
    expect(main(page).get_by_role("heading", name="Follow-up")).to_be_visible()
    page.get_by_role("combobox", name="Open a row").press("ArrowDown")
    as_written(page, page.get_by_role("option").filter(has_text=name).first, name)
    page.keyboard.press("Escape")
    pick(page, "Open a row", name)
    as_written(page, main(page).get_by_role("heading").filter(has_text=name), name)
    as_written(page, main(page).get_by_test_id("stText").filter(has_text=name), name)
    page.goto(f"{served.address}/patient?id={people['ben'].patient_id}")
    as_written(page, main(page).get_by_role("heading", level=1), name)
    page.goto(f"{served.address}/patients")
    page.get_by_role("combobox", name="Open a patient").press("ArrowDown")
    as_written(page, page.get_by_role("option").filter(has_text=name).first, name)
    page.goto(f"{served.address}/account")
    as_written(page, main(page).get_by_text("Signed in as"), pair.mark("north"))


def as_written(page: Page, shown: Locator, name: str) -> None:
    expect(shown).to_be_visible()
    text = " ".join(shown.inner_text().replace("\u2060", "").split())
    assert f"{name} {pair.BAIT}" in text
    assert page.locator("a[href*=evil], img[src=x], .katex").count() == 0
    for words in page.locator("strong, code").all_inner_texts():
        assert words not in ("loud", "code")
