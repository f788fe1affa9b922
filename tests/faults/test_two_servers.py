"""Two servers on one database: one person with a window at each."""

import threading

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor
from tests.faults.conftest import MakeServer, choose, chosen, progress, start_check_in
from tests.faults.sound import assert_sound, count


def test_one_check_in_at_both_and_one_sign_out_for_both(
    make_server: MakeServer, runtime: Runtime, person: Actor
) -> None:
    here, there = make_server(), make_server()
    here.program.start()
    there.program.start()
    browser = here.browser()
    elsewhere = there.visitor()
    elsewhere.http.cookies.update(browser.http.cookies)

    tab = start_check_in(browser)
    choose(tab, 1, "Much of the time")
    other = start_check_in(elsewhere)
    assert other.query == tab.query, "the same check-in"
    assert chosen(other, 1) == "Much of the time"
    choose(other, 7, "Yes")
    choose(tab, 2, "None of the time")
    assert chosen(tab, 7) == "Yes"
    assert progress(tab) == "3 of 8 answered, saved"
    assert count(runtime.database, "SELECT count(*) FROM alerts") == 1

    for window in (tab, other):
        window.press("Send")
    together = threading.Barrier(2)

    def send() -> None:
        together.wait()
        tab.press("Send without these answers")

    sends = threading.Thread(target=send)
    sends.start()
    together.wait()
    other.press("Send without these answers")
    sends.join()
    for window in (tab, other):
        assert "Your answers are saved." in window.words()
    assert count(runtime.database, "SELECT count(*) FROM stored_forms") == 1
    assert_sound(runtime)

    tab.open("today")
    tab.press("Tell us how you are now")
    other.open("check_in", **dict([tab.query.split("=")]))
    assert browser.http.post("/sign-out").status_code == 303
    choose(other, 1, "None of the time")
    assert "You are signed out" in other.words()
    assert count(runtime.database, "SELECT count(*) FROM given_answers") == 3
