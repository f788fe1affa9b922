"""Where messages reach a person, on their own page."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.reach import Reach
from mindspa.domain.treatment import Clinic
from mindspa.services.choose_reach import choose_mobile, own_reach
from mindspa.settings import Settings
from tests.factories import a_patient, account_of, staff
from tests.pages.conftest import OpenPage
from tests.texts import no_provider, settings_for

MOBILE = "+12025550143"


TEXTS = {
    "MINDSPA_PUBLIC_URL": "https://mindspa.example.org",
    **settings_for(no_provider()),
}


@pytest.fixture
def runtime(request: pytest.FixtureRequest, runtime: Runtime) -> Runtime:
    """Of a server that has a provider of texts and no mail server, where a test gives no other
    settings."""
    return replace(runtime, settings=Settings.load(getattr(request, "param", TEXTS)))


def fields(page: AppTest) -> set[str]:
    return {field.label for field in page.text_input}


def reach_of(runtime: Runtime, actor: Actor) -> Reach:
    with runtime.reading(actor) as work:
        return own_reach(work)


def test_a_patient_gives_a_number_and_takes_it_away(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    pat = account_of(runtime, clinic, a_patient(runtime, clinic))
    page = open_page(pat, "account")
    assert [header.value for header in page.header] == ["Reminders"]
    page.text_input(key="notice_mobile").set_value("(202) 555-0143")
    page.button(key="notice_save").click().run()
    assert reach_of(runtime, pat) == Reach(None, MOBILE, reminders=True)
    assert page.toast[0].value.startswith("Messages go there. A new number gets a text")
    page = open_page(pat, "account")
    assert page.text_input(key="notice_mobile").value == MOBILE
    page.text_input(key="notice_mobile").set_value("")
    page.button(key="notice_save").click().run()
    assert reach_of(runtime, pat).mobile is None
    assert page.toast[0].value == "You get no messages."


def test_what_is_no_number_is_refused_and_nothing_is_saved(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    pat = account_of(runtime, clinic, a_patient(runtime, clinic))
    page = open_page(pat, "account")
    page.text_input(key="notice_email").set_value("pat@example.org")
    page.text_input(key="notice_mobile").set_value("my sister's")
    page.button(key="notice_save").click().run()
    assert "is not one" in page.error[0].value
    assert reach_of(runtime, pat) == Reach(None, None, reminders=True)
    assert page.text_input(key="notice_mobile").value == "my sister's", "to be put right"


@pytest.mark.parametrize(
    ("role", "header"),
    [
        (Role.CARE_TEAM, "Notices of alerts"),
        (Role.CLINICIAN, "Notices of alerts"),
        (Role.ADMINISTRATOR, "Notices of emergencies"),
    ],
)
def test_staff_are_told_what_notices_are_of(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage, role: Role, header: str
) -> None:
    page = open_page(staff(runtime, clinic, role), "account")
    assert header in [one.value for one in page.header]
    assert {"Mobile number", "E-mail address"} <= fields(page)


@pytest.mark.parametrize("runtime", [{}], indirect=True)
def test_without_a_provider_no_number_is_asked_for(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    nurse = staff(runtime, clinic, Role.CARE_TEAM)
    page = open_page(nurse, "account")
    assert "Mobile number" not in fields(page)
    with runtime.unit_of_work(nurse) as work:
        choose_mobile(work, MOBILE)
    assert "Mobile number" in fields(page.run()), "there is one to take away"
