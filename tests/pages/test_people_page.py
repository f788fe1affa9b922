"""The page of people, as an administrator goes through it."""

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.treatment import Clinic
from mindspa.ui import typed
from tests.accounts import PASSWORD, an_account
from tests.pages.conftest import OpenPage

OWN, OWN_TO_ADD = f"{typed.NEVER_KEPT}people_own", f"{typed.NEVER_KEPT}people_own_to_add"


def press(page: AppTest, label: str) -> None:
    (button,) = [one for one in page.button if one.label == label]
    button.click().run()
    assert not page.exception


def table(page: AppTest) -> dict[str, tuple[str, str]]:
    """Role and state of the account, by login."""
    rows = page.dataframe[0].value.to_dict("records")
    return {row["Login"]: (row["Roles"], row["Account"]) for row in rows}


def texts(page: AppTest) -> list[str]:
    return [element.value for element in page.text]


@pytest.fixture
def ada(runtime: Runtime, clinic: Clinic) -> Actor:
    """An administrator whose password is known."""
    person = an_account(runtime, clinic, "ada", name="Ada Example", role=Role.ADMINISTRATOR)
    return Actor(person.id, clinic.id, person.name, person.roles)


def choose(page: AppTest, name: str) -> None:
    picker = page.selectbox(key="people_picker")
    picker.set_value(next(one for one in picker.options if one == name)).run()


def test_somebody_is_added(ada: Actor, open_page: OpenPage) -> None:
    page = open_page(ada, "people")
    press(page, "Add")
    assert page.error[0].value
    page.text_input(key="people_new_name").set_value("Noor *Example*")
    page.text_input(key="people_new_login").set_value("Noor")
    page.text_input(key=OWN_TO_ADD).set_value(PASSWORD)
    press(page, "Add")
    assert "at least one role" in page.error[0].value
    assert page.text_input(key="people_new_name").value == "Noor *Example*"
    page.checkbox(key="people_new_care_team").check()
    page.text_input(key=OWN_TO_ADD).set_value("a guess")
    press(page, "Add")
    assert "password is not right" in page.error[0].value
    page.text_input(key=OWN_TO_ADD).set_value(PASSWORD)
    press(page, "Add")
    assert page.success[0].value == "The account is ready."
    assert page.text_input(key="people_new_name").value == ""
    assert "For Noor *Example*" in texts(page)
    assert page.code[0].value == "noor"
    assert len(page.code[1].value) == 19
    assert table(page)["noor"] == ("Care team", "Temporary password")
    press(page, "Done: take it off the screen")
    assert not page.code


def test_somebody_leaves_and_comes_back(
    runtime: Runtime, clinic: Clinic, ada: Actor, open_page: OpenPage
) -> None:
    an_account(runtime, clinic, "noor", name="Noor Example", role=Role.CARE_TEAM)
    page = open_page(ada, "people")
    assert table(page)["noor"] == ("Care team", "Open")
    choose(page, "Noor Example")
    press(page, "Close the account")
    assert page.success[0].value == "The account is closed, and they are signed out."
    assert table(page)["noor"] == ("Care team", "Closed")
    press(page, "Open it again")
    assert "password is not right" in page.error[0].value
    page.text_input(key=OWN).set_value(PASSWORD)
    press(page, "Open it again")
    assert len(page.code[1].value) == 19
    assert table(page)["noor"] == ("Care team", "Temporary password")
    page.text_input(key=OWN).set_value(PASSWORD)
    press(page, "Give a new temporary password")
    assert "stopped working" in page.success[0].value


def test_nobody_closes_their_own_account(ada: Actor, open_page: OpenPage) -> None:
    page = open_page(ada, "people")
    choose(page, ada.name)
    assert "Close the account" not in [button.label for button in page.button]


def test_a_second_factor_is_asked_of_all_staff(
    runtime: Runtime, clinic: Clinic, ada: Actor, open_page: OpenPage
) -> None:
    page = open_page(ada, "people")
    assert "0 of 2 on the staff have one." in texts(page)
    press(page, "Ask it of all staff")
    assert runtime.accounts.factors.required(clinic.id)
    page.run()
    assert page.title[0].value == "Set up a second factor"
    assert not page.button
