"""The clinic's protocol: what is in force, what a choice would change, and signing it."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Role
from mindspa.domain.treatment import Clinic
from mindspa.services.put_protocol_in_force import put_protocol_in_force
from tests.factories import staff
from tests.pages.conftest import OpenPage
from tests.services.test_put_protocol_in_force import SHIPPED, WITHOUT_48H


def said(page: AppTest) -> str:
    parts = (*page.markdown, *page.error, *page.success, *page.info, *page.caption, *page.header)
    return "\n".join(str(part.value).replace("\\", "") for part in parts)


def sign(page: AppTest) -> AppTest:
    return page.button(key="protocol_sign").click().run()


def test_a_clinician_looks_at_the_plan_and_signs(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    page = open_page(clinician, "protocol")
    assert "In force: version 1" in said(page)
    assert "No clinician has signed it yet." in said(page)
    assert "All 25 check-ins stay as they are." in said(page)
    page.checkbox(key="protocol_48h:1").uncheck().run()
    assert "Of 25 check-ins 6 are no longer asked." in said(page)
    assert [*page.table[0].value["Against what is in force"]].count("no longer asked") == 6
    sign(page)
    assert page.error[0].value == "Write the reason: what the change is for."
    assert page.checkbox(key="protocol_48h:1").value is False
    page.text_area(key="protocol_note").input("Fewer *questions*")
    sign(page)
    assert page.success[0].value == "Version 2 is in force for check-ins planned from now on."
    assert "In force: version 2" in said(page)
    assert "Signed by clinician@" in said(page)
    assert "clinic on 10 Jun 2026." in said(page)
    assert page.checkbox(key="protocol_48h:2").value is False
    assert "Nothing is chosen that is not in force already." in said(page)
    newest = page.table[-1].value.iloc[0]
    assert (newest["Version"], newest["Reason"]) == ("2", r"Fewer \*questions\*")
    with runtime.reading(clinician) as work:
        assert work.definitions.protocol.number == 2


def test_what_cannot_be_asked_is_said_in_place_of_the_plan(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    page = open_page(staff(runtime, clinic, Role.CLINICIAN), "protocol")
    page.selectbox(key="protocol_standard:1").set_value("72h").run()
    page.checkbox(key="protocol_72h:1").uncheck().run()
    assert "can only be asked with a check-in that is asked" in page.error[0].value
    assert not any(button.key == "protocol_sign" for button in page.button)


def test_an_administrator_looks_and_leaves_the_signing(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    page = open_page(staff(runtime, clinic, Role.ADMINISTRATOR), "protocol")
    page.selectbox(key="protocol_weekly:1").set_value(8).run()
    assert "Of 25 check-ins 3 move." in said(page)
    assert "A clinician puts this in force" in page.info[0].value
    assert not any(button.key == "protocol_sign" for button in page.button)


def test_a_version_that_came_meanwhile_is_not_overwritten(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage
) -> None:
    clinician = staff(runtime, clinic, Role.CLINICIAN)
    page = open_page(clinician, "protocol")
    page.selectbox(key="protocol_weekly:1").set_value(8).run()
    another = replace(clinician, id="another", name="Another")
    with runtime.unit_of_work(another) as work:
        put_protocol_in_force(work, WITHOUT_48H, replaces=1, note="First")
    page.text_area(key="protocol_note").input("Later")
    sign(page)
    assert "Somebody put another version in force meanwhile." in page.error[0].value
    assert "Signed by Another" in said(page)
    with runtime.reading(clinician) as work:
        assert work.definitions.protocol.number == 2


@pytest.mark.parametrize("role", [Role.CARE_TEAM])
def test_to_others_it_is_no_page(
    runtime: Runtime, clinic: Clinic, open_page: OpenPage, role: Role
) -> None:
    page = open_page(staff(runtime, clinic, role), "protocol")
    assert not page.title or page.title[0].value != "Protocol"
    assert SHIPPED.follow_up[0] not in said(page)
