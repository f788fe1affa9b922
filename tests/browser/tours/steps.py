"""What tours are made of: where they lead, and what is pressed and waited for on the way."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.accounts import PASSWORD
from tests.browser.chromium import Person, settled
from tests.browser.conftest import Served

State = tuple[str, Page]


Tour = Callable[["Places"], Iterator[State]]


@dataclass(frozen=True, slots=True)
class Places:
    """The demo clinic, two small ones, and how somebody on the device in question comes there."""

    demo: Served
    small: Served
    visit: Callable[[Served], Person]

    def sign_in_small(self, login: str, path: str = "/") -> Page:
        page = self.visit(self.small).sign_in(login, PASSWORD, path=path)
        settled(page)
        return page


def heading(page: Page, name: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()
    settled(page)


@contextmanager
def without(served: Served, table: str) -> Iterator[None]:
    """As long as this lasts, what reads the table meets a database that cannot be used."""
    served.change(f"ALTER TABLE {table} RENAME TO gone")
    try:
        yield
    finally:
        served.change(f"ALTER TABLE gone RENAME TO {table}")


def table_drawn(page: Page) -> None:
    page.get_by_test_id("stDataFrame").first.locator("tr").nth(1).wait_for(state="attached")
    settled(page)


# By their title, and the button at their end.
FORMS = {
    "Infusions": "Save infusion",
    "Ratings": "Save rating",
    "Other treatment": "Save entry",
    "Course and schedule": "Move this infusion",
    "Details and phone": "Save details",
    "Safety plan and contacts": "Save safety plan and contacts",
    "Account": "Give a new temporary password",
}


def open_forms(page: Page) -> None:
    for title, button in FORMS.items():
        open_form(page, title, button)


def open_form(page: Page, title: str, button: str) -> None:
    page.locator("summary").filter(has_text=title).click()
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    settled(page)
