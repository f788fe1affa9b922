"""The page of messages."""

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from mindspa.domain.messages import MessageState, Problem
from tests.pages.conftest import OpenPage
from tests.services.test_view_messages import a_message


def test_what_was_sent_and_what_was_not(
    runtime: Runtime, nurse: Actor, clinician: Actor, open_page: OpenPage
) -> None:
    page = open_page(clinician, "messages")
    assert page.info[0].value == "None in the last 30 days."
    assert "has no mail server" in page.warning[-1].value
    a_message(runtime, nurse)
    a_message(runtime, nurse, MessageState.FAILED, Problem.REFUSED)
    page.run()
    assert set(page.dataframe[0].value["How it stands"]) == {
        "Sent today at 12:00 pm",
        "Not sent: their mail server refused the address",
    }
    page.segmented_control(key="messages_state").set_value("failed").run()
    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row["To"], row["What"], row["Tries"]) == (nurse.name, "Reminder", 1)
    page.segmented_control(key="messages_state").set_value("waiting").run()
    assert page.info[0].value == "None in the last 30 days."
