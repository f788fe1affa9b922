"""A server that is killed in the middle of a check-in: its patient goes on where they were."""

import pytest
from websockets.exceptions import ConnectionClosed

from mindspa.bootstrap import Runtime
from tests.faults import steps
from tests.faults.conftest import Server, choose, chosen, progress, start_check_in
from tests.faults.sound import assert_sound, rows


def test_killed_as_an_answer_is_committed_and_again_after_a_check_in_was_sent(
    server: Server, runtime: Runtime
) -> None:
    browser = server.browser()
    tab = start_check_in(browser)
    choose(tab, 1, "Much of the time")
    assert progress(tab) == "1 of 8 answered, saved"
    server.will_die(steps.COMMIT)
    with pytest.raises(ConnectionClosed):
        choose(tab, 7, "Yes")
    assert server.is_dead()
    assert_sound(runtime)

    server.program.start()
    tab = start_check_in(browser)
    assert chosen(tab, 1) == "Much of the time"
    assert chosen(tab, 7) is None, "what is not stored is not shown"
    assert progress(tab) == "1 of 8 answered, saved"
    choose(tab, 7, "Yes")
    assert rows(runtime.database, "SELECT item, value FROM alerts") == [("safety", 1)]
    tab.press("Send")
    server.will_die(steps.COMMITTED)
    with pytest.raises(ConnectionClosed):
        tab.press("Send without these answers")
    assert server.is_dead()
    assert_sound(runtime)

    server.program.start()
    again = browser.tab()
    again.open("check_in", id=tab.query.removeprefix("id="))
    assert "Your answers are saved." in again.words()
    again.open("today")
    assert "Last sent" in again.words()
    assert len(rows(runtime.database, "SELECT id FROM stored_forms")) == 1
    assert_sound(runtime)
