"""What is loaded early is used, and is not loaded again."""

import pytest
from playwright.sync_api import Page

from tests.accounts import PASSWORD
from tests.browser import small_clinic
from tests.browser.chromium import figures, settled
from tests.browser.conftest import Served, Visit

pytestmark = pytest.mark.browser

_LOADED = """() => performance.getEntriesByType('resource')
  .filter(file => file.name.includes('/static/'))
  .map(file => [file.name.split('/').pop(), file.startTime, file.responseEnd, file.transferSize])"""
_PREFETCHED = """() => {
  const asked = document.querySelectorAll('link[rel=prefetch]').length;
  const there = performance.getEntriesByType('resource').filter(file => file.responseEnd).length;
  return asked > 50 && there >= asked;
}"""

File = tuple[str, float, float, int]  # name, milliseconds of its start and end, bytes on the wire


def loaded(page: Page) -> list[File]:
    settled(page)
    return [tuple(file) for file in page.evaluate(_LOADED)]


def test_while_somebody_signs_in_all_that_a_page_needs_is_loaded(
    small: Served, visit: Visit
) -> None:
    page = visit(small, phone=True).context.new_page()
    page.goto(f"{small.address}/sign-in")
    page.wait_for_function(_PREFETCHED)
    page.get_by_label("Login", exact=True).fill(small_clinic.THREE_FORMS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Today").wait_for()
    shell = [file for file in loaded(page) if file[0].startswith(("index.", "protobuf."))]
    assert len(shell) >= 2
    assert [file for file in shell if file[3]] == []


def test_a_figure_is_loaded_with_its_page_and_once(small: Served, visit: Visit) -> None:
    person = visit(small)
    settled(person.sign_in(small_clinic.STAFF, PASSWORD))
    patient_id = small.one(
        "SELECT patient_id FROM people WHERE login = ?", small_clinic.THREE_FORMS
    )
    page = person.context.new_page()
    page.goto(f"{small.address}/patient?id={patient_id}")
    figures(page)
    files = loaded(page)
    program = next(file for file in files if file[0].startswith("index.") and ".js" in file[0])
    for part in ("PlotlyChart.", "DataFrame."):
        found = [file for file in files if file[0].startswith(part) and file[0].endswith(".js")]
        assert len(found) == 1
        assert found[0][1] < program[2]  # asked for before the program itself had come
