"""The clinic's own sign-on in a real browser, with a real provider at another address: linked once,
and then signed in with. Each page is judged by axe-core as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import program
from tests.accounts import PASSWORD
from tests.at import clock_from
from tests.browser import small_clinic
from tests.browser.chromium import Colours, settled
from tests.browser.conftest import Served, Visit
from tests.browser.test_axe import axe
from tests.program import HOST, Program, free_port
from tests.provider import CLIENT, SECRET, Provider, a_provider

pytestmark = pytest.mark.browser
NAME = "Example Hospital"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider(clock_from(program.DEMO_NOW)) as found:
        yield found


@pytest.fixture
def served(provider: Provider, _small_file: Path, tmp_path: Path) -> Iterator[Served]:
    database, port = tmp_path / "clinic.db", free_port()
    database.write_bytes(_small_file.read_bytes())
    running = Program(
        f"sqlite:///{database}",
        tmp_path / "server.log",
        port=port,
        environment={
            "MINDSPA_PUBLIC_URL": f"http://{HOST}:{port}",
            "MINDSPA_OIDC_ISSUER": provider.address,
            "MINDSPA_OIDC_CLIENT_ID": CLIENT,
            "MINDSPA_OIDC_CLIENT_SECRET": SECRET,
            "MINDSPA_OIDC_NAME": NAME,
            "MINDSPA_SMTP_URL": f"smtp://{HOST}:{free_port()}",  # where nobody answers
            "MINDSPA_MAIL_FROM": "mindspa@clinic.example.org",
        },
    )
    try:
        running.start()
        yield Served(running.address, database)
    finally:
        running.stop()
    assert "Traceback" not in running.said()
    assert provider.subject not in running.said()


def sound(page: Page) -> None:
    assert axe(page, {}) == set()


def test_a_password_that_is_lost(served: Served, visit: Visit) -> None:
    person = visit(served, phone=True)
    page = person.context.new_page()
    page.goto(served.address + "/sign-in")
    page.get_by_role("link", name="Password lost?").click()
    sound(page)
    page.get_by_label("Login", exact=True).fill("nobody")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status")).to_contain_text("If there is such an account")
    sound(page)


@pytest.mark.parametrize(("phone", "colours"), [(True, "dark"), (False, "light")])
def test_linked_and_signed_in_with(
    served: Served, provider: Provider, visit: Visit, phone: bool, colours: Colours
) -> None:
    person = visit(served, phone=phone, colours=colours)
    person.expected.append("422")
    page = person.sign_in(small_clinic.STAFF, PASSWORD, path="/account")
    settled(page)
    page.get_by_role("link", name="Your clinic's own sign-on").click()
    expect(page.get_by_role("heading", name=f"Sign in with {NAME}")).to_be_visible()
    sound(page)
    for password in ("a guess", PASSWORD):
        page.get_by_label("Your password here").fill(password)
        with page.expect_navigation():
            page.get_by_role("button", name="Link my account").click()
        sound(page)
    page.get_by_role("link", name=f"Go on to {NAME}").click()
    expect(page.get_by_text("Linked since")).to_be_visible()
    sound(page)
    person.context.clear_cookies()
    page.goto(served.address + "/patients")
    page.get_by_role("link", name=f"Sign in with {NAME}").click()
    page.wait_for_url(f"{served.address}/patients")
    settled(page)
    page.goto(served.address + "/account")
    expect(page.get_by_text("Signed in as Dr. Ada Example")).to_be_visible()
    person.context.clear_cookies()
    provider.subject = "somebody else"
    page.goto(served.address + "/sign-in")
    page.get_by_role("link", name=f"Sign in with {NAME}").click()
    expect(page.get_by_role("alert")).to_contain_text("No account here is linked")
    sound(page)
