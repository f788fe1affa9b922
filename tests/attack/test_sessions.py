"""Sessions that are replayed, shared, or over: nothing more is stored, and nothing shown."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from websockets.exceptions import InvalidStatus

from mindspa.storage.types import since_epoch
from tests import program
from tests.accounts import PASSWORD
from tests.attack import pair
from tests.attack.conftest import COOKIE, OpenTab, Target, Visit
from tests.attack.pair import Someone
from tests.client import Browser, Tab

NEW = "another river of small stones"
BUILT = datetime.fromisoformat(program.DEMO_NOW)


def ago(**span: float) -> int:
    return since_epoch(BUILT - timedelta(**span))


# How a session ends


def signed_out(target: Target, visit: Visit, person: Someone) -> None:
    visit(person).http.post("/sign-out")


def password_changed(target: Target, visit: Visit, person: Someone) -> None:
    elsewhere = visit()
    elsewhere.sign_in(person.login, PASSWORD)
    changed = elsewhere.http.post(
        "/password", data={"current": PASSWORD, "new": NEW, "repeated": NEW}
    )
    assert changed.status_code == 303


def idle(target: Target, visit: Visit, person: Someone) -> None:
    target.change("UPDATE sessions SET last_seen_at = ?", ago(minutes=31))


def too_old(target: Target, visit: Visit, person: Someone) -> None:
    target.change("UPDATE sessions SET expires_at = ?", ago(seconds=1))


def deactivated(target: Target, visit: Visit, person: Someone) -> None:
    target.change("UPDATE people SET active = 0 WHERE login = ?", person.login)


def signed_in_again_in_the_same_browser(target: Target, visit: Visit, person: Someone) -> None:
    visit(person).sign_in(target.pair["ben"].login, PASSWORD)


ENDS = [signed_out, password_changed, idle, too_old, deactivated]
End = Callable[[Target, Visit, Someone], None]


@pytest.mark.parametrize("end", [*ENDS, signed_in_again_in_the_same_browser])
def test_an_ended_session_stores_and_shows_nothing_more(
    target: Target, visit: Visit, tab: OpenTab, end: End
) -> None:
    """In a tab that was open: its connection still is. The answer comes in a fragment, which no
    page's guard stands before."""
    ana = target.pair["ana"]
    opened = tab(ana, "check_in", id=ana.open_id)
    asked = opened.all("radio")[0]
    before = target.records()
    end(target, visit, ana)
    opened.set("radio", asked.label, asked.content.options[-1])
    assert target.records() == before
    assert opened.all("radio") == []
    assert "You are signed out" in opened.words()
    opened.open("check_in", id=ana.sent_id)
    assert "You are signed out" in opened.words()


@pytest.mark.parametrize("end", ENDS)
def test_an_ended_session_opens_nothing_again(
    target: Target, visit: Visit, tab: OpenTab, end: End
) -> None:
    ana = target.pair["ana"]
    browser = visit(ana)
    assert browser.http.get("/today").status_code == 200
    end(target, visit, ana)
    assert browser.http.get("/today").status_code == 303
    # However the answers to the requests above may have changed the browser's own cookies.
    browser.http.cookies.set(COOKIE, ana.token)
    with pytest.raises(InvalidStatus, match="403"):
        browser.tab()


def test_a_locked_session_stores_and_shows_nothing_in_any_tab(
    target: Target, visit: Visit, tab: OpenTab
) -> None:
    """Locked in one tab; another is open on a page whose questions are drawn in a fragment."""
    ana = target.pair["ana"]
    opened, other = tab(ana, "check_in", id=ana.open_id), tab(ana, "today")
    asked = opened.all("radio")[0]
    before = target.records()
    target.change("UPDATE sessions SET locked_at = ?", ago(seconds=1))
    opened.set("radio", asked.label, asked.content.options[-1])
    assert target.records() == before
    assert opened.all("radio") == []
    assert "Locked" in opened.words()
    watch = other.state(fragment=other.auto_reruns[-1])
    watch.is_auto_rerun = True
    other.forge(watch)
    assert "Locked" in other.words()
    assert "Start the check-in" not in other.words()
    assert visit(ana).http.get("/download/answers").status_code == 403


def test_what_nobody_touches_keeps_nobody_signed_in(
    target: Target, visit: Visit, tab: OpenTab
) -> None:
    """The page looks by itself, every minute, whether somebody is still there."""
    ana = target.pair["ana"]
    opened = tab(ana, "today")
    seen = ago(minutes=29)
    target.change("UPDATE sessions SET last_seen_at = ?", seen)
    watch = opened.state(fragment=opened.auto_reruns[-1])
    watch.is_auto_rerun = True
    opened.forge(watch)
    visit(ana).http.get("/_stcore/host-config")
    assert target.rows("SELECT DISTINCT last_seen_at FROM sessions") == [(seen,)]
    target.change("UPDATE sessions SET last_seen_at = ?", ago(minutes=30))
    opened.forge(watch)
    assert "You are signed out" in opened.words()
    assert "Start the check-in" not in opened.words()


# The same tab, another person


def resumed(lost: Tab, browser: Browser, fragment: str = "") -> Tab:
    """As the page does it by itself: the same tab, with all that is chosen and typed in it."""
    state = lost.state(fragment=fragment)
    del state.cached_message_hashes[:]
    lost.socket.close()
    taken = browser.tab(resumes=lost.session_id)
    with suppress(LookupError):  # of a page that the next person has not
        taken.forge(state)
    assert taken.session_id == lost.session_id
    return taken


def typed(tab: OpenTab, person: Someone) -> Tab:
    """With a row of the follow-up list open, and something written about it."""
    opened = tab(person, "follow_up")
    rows = opened.one("selectbox", "Open a row")
    opened.set("selectbox", "Open a row", rows.content.options[0])
    opened.set("text_area", "Note (optional)", "written before")
    return opened


def test_a_tab_is_not_handed_on_to_whoever_signs_in_next(
    target: Target, visit: Visit, tab: OpenTab
) -> None:
    """A page that lost its connection asks for the same tab again, with the cookie that the browser
    has by then. What was open and typed in it is the other person's."""
    lost = typed(tab, target.pair["care_team@north.example"])
    with resumed(lost, visit(target.pair["clinician@north.example"])) as taken:
        assert taken.all("selectbox")
        assert taken.all("text_area") == []  # no row is open


@pytest.mark.parametrize("other", ["clinician@south.example", "administrator@north.example", "ana"])
def test_a_tab_shows_its_next_owner_nothing_of_the_one_before(
    target: Target, visit: Visit, tab: OpenTab, other: str
) -> None:
    lost = typed(tab, target.pair["care_team@north.example"])
    with resumed(lost, visit(target.pair[other])) as taken:
        for login in {"ana", "ben", "sam"} - {other}:
            mine = target.pair[login].clinic == target.pair[other].clinic == "south"
            assert mine or pair.mark(login) not in taken.words()


def test_the_screen_of_the_person_before_is_cleared_although_nobody_touches_it(
    target: Target, visit: Visit, tab: OpenTab
) -> None:
    lost = tab(target.pair["clinician@north.example"], "follow_up")
    with resumed(lost, visit(target.pair["ana"]), lost.auto_reruns[-1]) as taken:
        assert "There is no such page" in taken.words()
        assert pair.mark("ben") not in taken.words()


def test_the_same_person_finds_the_tab_as_it_was(
    target: Target, visit: Visit, tab: OpenTab
) -> None:
    """So that the tests above do not pass because no tab is ever found again."""
    person = target.pair["care_team@north.example"]
    lost = typed(tab, person)
    with resumed(lost, visit(person)) as taken:
        assert len(taken.all("text_area")) == 1


# Cookies


@pytest.mark.parametrize(
    ("first", "last", "who"),
    [("ana", "clinician@north.example", "clinician@north.example"), ("ana", "", None)],
)
def test_of_two_cookies_the_gate_and_the_pages_read_the_same(
    target: Target, visit: Visit, tab: OpenTab, first: str, last: str, who: str | None
) -> None:
    """Were one let in and the other drawn, a cookie planted beside one's own would be enough."""
    tokens = [target.pair[login].token if login else "A" * 43 for login in (first, last)]
    both = "; ".join(f"{COOKIE}={token}" for token in tokens)
    browser = visit()
    answer = browser.http.get("/account", headers={"Cookie": both})
    assert (answer.status_code == 200) is (who is not None)
    if who is None:
        with pytest.raises(InvalidStatus, match="403"):
            browser.forged_tab(cookies=both)
    else:
        with browser.forged_tab(cookies=both) as opened:
            opened.open("account")
            assert "Clinician" in opened.words()


@pytest.mark.parametrize(
    "token", ["", "A" * 42, "A" * 44, "A" * 43, "é" * 43, "%00" * 14 + "A", "A" * 8000]
)
def test_a_made_up_token_opens_no_connection(target: Target, visit: Visit, token: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        visit().forged_tab(cookies=f"{COOKIE}={token}")


def test_a_digest_from_a_copy_of_the_database_is_no_token(target: Target, visit: Visit) -> None:
    for (stored,) in target.rows("SELECT token_digest FROM sessions"):
        for token in (stored, stored[:43]):
            answer = visit().http.get("/", headers={"Cookie": f"{COOKIE}={token}"})
            assert answer.status_code == 303


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://127.0.0.1:1", "http://127.0.0.1.evil"]
)
def test_no_other_site_opens_a_connection(target: Target, visit: Visit, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        visit(target.pair["ana"]).forged_tab(origin=origin)
