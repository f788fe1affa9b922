"""The crisis help, signed in or not."""

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person
from tests.factories import a_clinic
from tests.web.conftest import Browser


def test_of_the_only_clinic_signed_out(browser: Browser, ana: Person) -> None:
    shown = browser.get("/help").text
    assert "988 Suicide &amp; Crisis Lifeline" in shown
    assert 'href="tel:911"' in shown
    assert "Example Clinic" in shown
    assert "Mon-Fri 9-17" in shown
    assert "/help?country=CA" in shown


def test_of_another_country(browser: Browser, ana: Person) -> None:
    shown = browser.get("/help?country=ca").text
    assert "Suicide Crisis Helpline" in shown
    assert "988 Suicide &amp; Crisis Lifeline" not in shown


def test_of_a_country_that_nobody_has_verified(browser: Browser, ana: Person) -> None:
    assert "988 Suicide &amp; Crisis Lifeline" in browser.get("/help?country=<GB>").text


def test_of_the_visitors_own_clinic(browser: Browser, ana: Person, runtime: Runtime) -> None:
    a_clinic(runtime, "other", country="CA")
    both = browser.get("/help").text
    assert "988 Suicide &amp; Crisis Lifeline" in both
    assert "Suicide Crisis Helpline" in both
    browser.sign_in()
    own = browser.get("/help").text
    assert "988 Suicide &amp; Crisis Lifeline" in own
    assert "Suicide Crisis Helpline" not in own


def test_before_there_is_a_clinic(browser: Browser) -> None:
    shown = browser.get("/help").text
    assert "988 Suicide &amp; Crisis Lifeline" in shown
