"""A connection that drops in the middle of a form: the answer is stored, or the page says not."""

import socket
import threading

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests import client
from tests.client import Tab
from tests.faults.conftest import Shared, chosen, progress, question, start_check_in
from tests.faults.patience import wait_until
from tests.faults.sound import assert_sound, rows


def tapped(tab: Tab, number: int, words: str) -> ClientState:
    return tab.hold("radio", question(tab, number), words)


def send_and_lose_the_connection(tab: Tab, state: ClientState) -> None:
    """The server learns of both at once."""
    tab.socket.send(BackMsg(rerun_script=state).SerializeToString())
    tab.socket.socket.shutdown(socket.SHUT_RDWR)


def address_of(tab: Tab) -> str:
    return tab.query.removeprefix("id=")


def given(shared: Shared, tab: Tab) -> list[tuple[str, int]]:
    found = rows(
        shared.runtime.database,
        "SELECT item, value FROM given_answers WHERE check_in_id = :c ORDER BY item, revision",
        c=address_of(tab),
    )
    return [(item, value) for item, value in found]


def test_a_tap_just_before_a_reload_is_stored(shared: Shared) -> None:
    """20 of 20: without `web/last_words` Streamlit stops the run before it has begun."""
    _, browser = shared.newcomer()
    tab = start_check_in(browser)
    for turn in range(20):
        state = tapped(tab, 1, ["None of the time", "Much of the time"][turn % 2])
        send_and_lose_the_connection(tab, state)
        wait_until(lambda stored=turn + 1: len(given(shared, tab)) == stored)  # type: ignore[misc]
        tab.reload()
        assert chosen(tab, 1) == ["None of the time", "Much of the time"][turn % 2]
    assert_sound(shared.runtime)


def test_a_unit_of_work_in_the_middle_is_carried_to_its_end(shared: Shared) -> None:
    _, browser = shared.newcomer()
    tab = start_check_in(browser)
    with shared.server.commits_are_held():
        send_and_lose_the_connection(tab, tapped(tab, 7, "Yes"))
        shared.server.wait_until_held()
        again = browser.tab()
        again.open("check_in", id=address_of(tab))
        assert chosen(again, 7) is None, "what is not stored is not shown"
        assert progress(again) == "0 of 8 answered"
    wait_until(lambda: given(shared, tab) == [("safety", 1)])
    again.rerun()
    assert chosen(again, 7) == "Yes"
    assert_sound(shared.runtime)


def test_the_same_tab_connects_again_and_sends_what_it_holds(shared: Shared) -> None:
    """As Streamlit's page does by itself: the tap may come twice, and is stored once."""
    _, browser = shared.newcomer()
    tab = start_check_in(browser)
    state = tapped(tab, 7, "Yes")
    send_and_lose_the_connection(tab, state)
    tab.socket = browser.tab(resumes=tab.session_id).socket
    tab.forge(state)
    # What came first may be the end of the run that the server broke off when the tab came back.
    wait_until(lambda: given(shared, tab) == [("safety", 1)])
    tab.rerun()
    assert given(shared, tab) == [("safety", 1)]
    assert progress(tab) == "1 of 8 answered, saved"
    assert_sound(shared.runtime)


def test_a_press_on_send_just_before_a_reload_sends_once(shared: Shared) -> None:
    _, browser = shared.newcomer()
    tab = start_check_in(browser)
    tab.set("radio", question(tab, 7), "Yes")
    tab.press("Send")
    button = tab.one("button", "Send without these answers")
    state = tab.state(WidgetState(id=button.content.id, trigger_value=True))
    send_and_lose_the_connection(tab, state)
    sent = "SELECT count(*) FROM stored_forms WHERE check_in_id = :c"
    wait_until(lambda: rows(shared.runtime.database, sent, c=address_of(tab)) == [(1,)])
    tab.reload()
    assert "Your answers are saved." in tab.words()
    assert_sound(shared.runtime)


def test_a_note_that_comes_after_sending_elsewhere_is_shown_and_not_called_saved(
    shared: Shared,
) -> None:
    _, browser = shared.newcomer()
    tab = start_check_in(browser)
    tab.set("radio", question(tab, 1), "None of the time")
    other = browser.tab()
    other.open("check_in", id=address_of(tab))
    other.press("Send")
    other.press("Send without these answers")
    (field,) = tab.all("text_area")
    tab.set("text_area", field.label, "The nurse was kind.")
    assert "Your answers are saved." in tab.words()
    assert "Your note is not part of this check-in" in tab.words()
    assert "The nurse was kind." in tab.words()
    tab.rerun()
    assert "The nurse was kind." in tab.words(), "until the person has copied it"
    assert "Your note is saved" not in tab.words()


def test_whoever_connects_again_to_a_busy_server_is_answered(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 of 20: without `web/reconnects` the answer goes to the connection that is gone."""
    monkeypatch.setattr(client, "PATIENCE", 15.0)
    _, browser = shared.newcomer()
    crowd = [start_check_in(browser) for _ in range(8)]
    tab = start_check_in(browser)  # the last that the server comes to in each of its rounds
    over = threading.Event()

    def again_and_again(busy: Tab) -> None:
        while not over.is_set():
            busy.rerun()

    threads = [threading.Thread(target=again_and_again, args=(busy,)) for busy in crowd]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            tab.socket.socket.shutdown(socket.SHUT_RDWR)
            tab.socket = browser.tab(resumes=tab.session_id).socket
            tab.rerun()
            assert progress(tab) == "0 of 8 answered"
    finally:
        over.set()
        for thread in threads:
            thread.join()
