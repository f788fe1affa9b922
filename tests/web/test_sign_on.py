"""The clinic's own sign-on, with a real provider on this machine: linked, signed in with, refused
whatever cannot be trusted."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from mindspa import bootstrap
from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person, operator
from mindspa.domain.treatment import Clinic
from mindspa.services.manage_people import give_password
from mindspa.settings import PROJECT_ROOT, Settings
from mindspa.storage.sign_ons import STARTED_FOR
from tests.accounts import PASSWORD, an_account
from tests.conftest import Clock
from tests.factories import a_clinic
from tests.provider import CLIENT, SECRET, Provider, a_provider
from tests.web.conftest import ADDRESS, SESSION, Browser
from tests.web.test_second_factor import turn_on

OpenBrowser = Callable[..., Browser]
STATE = "mindspa-state"


@pytest.fixture
def provider(runtime: Runtime) -> Iterator[Provider]:
    with a_provider(runtime.clock) as found:
        settings = Settings.load(
            {
                "MINDSPA_PUBLIC_URL": ADDRESS,
                "MINDSPA_OIDC_ISSUER": found.address,
                "MINDSPA_OIDC_CLIENT_ID": CLIENT,
                "MINDSPA_OIDC_CLIENT_SECRET": SECRET,
                "MINDSPA_OIDC_NAME": "Example Hospital",
            }
        )
        bootstrap.install(replace(runtime, settings=settings))
        yield found


@pytest.fixture
def linked(browser: Browser, provider: Provider, ana: Person) -> Browser:
    """Ana's browser; she is signed out again."""
    browser.sign_in()
    assert link(browser).headers["location"] == "/sign-on"
    browser.submit("/sign-out")
    return browser


def visit_provider(address: str) -> str:
    """What the provider sends the browser back to, as a path."""
    answer = httpx2.get(address, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix(ADDRESS)


def link(browser: Browser, password: str = PASSWORD) -> httpx2.Response:
    page = browser.submit("/sign-on", what="link", password=password).text
    address = page.partition('<a class="button" href="')[2].partition('"')[0]
    return browser.get(visit_provider(address.replace("&amp;", "&")))


def begin(browser: Browser, next_path: str = "/") -> str:
    """Until the provider sends the browser back; the path that it comes back to."""
    started = browser.get("/sign-on/start", params={"next": next_path})
    assert started.status_code == 303, started.text
    return visit_provider(started.headers["location"])


def sign_on(browser: Browser, next_path: str = "/") -> httpx2.Response:
    return browser.get(begin(browser, next_path))


def refused(answer: httpx2.Response, said: str, browser: Browser) -> None:
    assert answer.status_code == 422
    assert said in answer.text
    assert SESSION not in browser.cookies


def test_linked_once_and_then_signed_in_with(linked: Browser, provider: Provider) -> None:
    assert "Example Hospital" in linked.get("/sign-in?next=/patient%3Fid%3D7").text
    done = sign_on(linked, "/patient?id=7")
    assert (done.status_code, done.headers["location"]) == (303, "/patient?id=7")
    assert linked.get("/patient").text == "page /patient"
    assert "Linked since" in linked.get("/sign-on").text
    asked = provider.asked[-1]
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert len({one["state"] for one in provider.asked}) == len(provider.asked)


def test_whoever_is_linked_to_nobody_is_told_what_to_do(
    browser: Browser, provider: Provider, ana: Person
) -> None:
    refused(sign_on(browser), "Sign in with your password once", browser)


def test_no_name_and_no_address_makes_it_somebody(linked: Browser, provider: Provider) -> None:
    provider.subject = "somebody else"
    provider.claims = {"email": "ana", "email_verified": True, "preferred_username": "ana"}
    refused(sign_on(linked), "No account here is linked", linked)


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"aud": "another server"}},
        {"claims": {"aud": [CLIENT, "another server"], "azp": "another server"}},
        {"claims": {"nonce": "of another browser"}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"claims": {"sub": "x" * 256}},
        {"claims": {"exp": 1}},
        {"without": ("nonce",)},
        {"without": ("sub",)},
        {"without": ("exp",)},
        {"signs_with": "foreign"},
        {"signs_with": "secret"},
        {"signs_with": "nothing"},
    ],
    ids=str,
)
def test_what_cannot_be_trusted_signs_nobody_in(
    linked: Browser, provider: Provider, lie: dict[str, object]
) -> None:
    for name, value in lie.items():
        setattr(provider, name, value)
    refused(sign_on(linked), "cannot be trusted", linked)


def test_a_provider_of_another_name(linked: Browser, provider: Provider) -> None:
    provider.named = "https://elsewhere.example"
    answer = linked.get("/sign-on/start")
    refused(answer, "cannot be trusted", linked)


def test_a_provider_that_is_down(linked: Browser, provider: Provider) -> None:
    back = begin(linked)
    provider.down = True
    refused(linked.get(back), "does not answer", linked)
    refused(linked.get("/sign-on/start"), "does not answer", linked)
    assert linked.sign_in().status_code == 303


def test_an_old_token_is_taken_within_a_minute(linked: Browser, provider: Provider) -> None:
    now = int(provider.clock().timestamp())
    provider.claims = {"exp": now - 30}
    assert sign_on(linked).status_code == 303
    linked.submit("/sign-out")
    provider.claims = {"exp": now - 90}
    refused(sign_on(linked), "cannot be trusted", linked)


# Forged and replayed


def test_only_the_browser_that_began_comes_back(linked: Browser, open_browser: OpenBrowser) -> None:
    """Or a link in a mail would sign somebody in as whoever sent it."""
    back, victim = begin(linked), open_browser()
    refused(victim.get(back), "another browser", victim)
    begin(victim)
    refused(victim.get(back), "another browser", victim)


def test_a_way_back_works_once(linked: Browser, open_browser: OpenBrowser) -> None:
    back = begin(linked)
    state = linked.cookies[STATE]
    assert linked.get(back).status_code == 303
    other = open_browser()
    other.cookies.set(STATE, state)
    refused(other.get(back), "Begin again", other)


def test_it_runs_out(linked: Browser, clock: Clock) -> None:
    back = begin(linked)
    clock.now += STARTED_FOR
    refused(linked.get(back), "took too long", linked)


@pytest.mark.parametrize("query", ["", "?state=x", "?code=code-1", f"?state={'x' * 43}&code=1"])
def test_a_made_up_way_back(linked: Browser, query: str) -> None:
    refused(linked.get(f"/sign-on/back{query}"), "Begin again", linked)


def test_somebody_who_says_no_over_there(linked: Browser) -> None:
    state = parse_qs(urlsplit(begin(linked)).query)["state"][0]
    answer = linked.get(f"/sign-on/back?state={state}&error=access_denied")
    refused(answer, "You were not signed on", linked)


def test_a_made_up_code(linked: Browser) -> None:
    state = parse_qs(urlsplit(begin(linked)).query)["state"][0]
    answer = linked.get(f"/sign-on/back?state={state}&code=made-up")
    refused(answer, "cannot be trusted", linked)


def test_it_leads_to_own_pages_only(linked: Browser) -> None:
    assert sign_on(linked, "//evil.example").headers["location"] == "/"


def test_flags_of_the_cookie(linked: Browser) -> None:
    flags = linked.get("/sign-on/start").headers["set-cookie"].lower()
    for flag in ("httponly", "samesite=lax", f"max-age={int(STARTED_FOR.total_seconds())}"):
        assert flag in flags


# Linking


def test_linking_needs_the_password(browser: Browser, provider: Provider, ana: Person) -> None:
    browser.sign_in()
    answer = browser.submit("/sign-on", what="link", password="a guess")
    assert answer.status_code == 422
    assert STATE not in browser.cookies


def test_nobody_links_another_persons_account(
    browser: Browser, open_browser: OpenBrowser, provider: Provider, ana: Person, runtime: Runtime
) -> None:
    """Not even with the browser in which ana began, once somebody else is signed in there."""
    an_account(runtime, a_clinic(runtime, "other"), "bo")
    browser.sign_in()
    page = browser.submit("/sign-on", what="link", password=PASSWORD).text
    address = page.partition('<a class="button" href="')[2].partition('"')[0]
    back = visit_provider(address.replace("&amp;", "&"))
    browser.sign_in("bo")
    assert browser.get(back).status_code == 422
    assert "Link your account" in browser.get("/sign-on").text
    browser.submit("/sign-out")
    refused(sign_on(browser), "No account here is linked", browser)


def test_one_sign_on_is_one_account(
    linked: Browser, provider: Provider, runtime: Runtime, clinic: Clinic
) -> None:
    an_account(runtime, clinic, "bo")
    linked.sign_in("bo")
    assert "belongs to another account" in link(linked).text
    linked.submit("/sign-out")
    sign_on(linked)
    member = runtime.accounts.session(linked.cookies[SESSION], now=runtime.clock(), activity=False)
    assert member is not None
    assert member.actor.name == "Ana Example"


def test_it_is_let_go_again(linked: Browser, provider: Provider) -> None:
    linked.sign_in()
    assert linked.submit("/sign-on", what="unlink", password="a guess").status_code == 422
    linked.submit("/sign-on", what="unlink", password=PASSWORD)
    linked.submit("/sign-out")
    refused(sign_on(linked), "No account here is linked", linked)


def test_a_locked_screen_links_nothing(
    browser: Browser, provider: Provider, ana: Person, runtime: Runtime
) -> None:
    browser.sign_in()
    page = browser.submit("/sign-on", what="link", password=PASSWORD).text
    address = page.partition('<a class="button" href="')[2].partition('"')[0]
    back = visit_provider(address.replace("&amp;", "&"))
    runtime.accounts.locks.lock(browser.cookies[SESSION], now=runtime.clock())
    assert browser.get(back).status_code == 422
    assert runtime.sign_ons.person(provider.address, provider.subject) is None


def test_the_form_of_another_site(browser: Browser, provider: Provider, ana: Person) -> None:
    browser.sign_in()
    answer = browser.submit(
        "/sign-on", origin="https://evil.example", what="link", password=PASSWORD
    )
    assert answer.status_code == 403


# From there on as after a password


def test_a_second_factor_is_asked_for(linked: Browser, clock: Clock) -> None:
    linked.sign_in()
    phone, _ = turn_on(linked, clock)
    linked.submit("/sign-out")
    asked = sign_on(linked, "/today")
    assert asked.headers["location"] == "/sign-in/code?next=/today"
    assert SESSION not in linked.cookies
    done = linked.submit("/sign-in/code", code=phone.code(), next="/today")
    assert done.headers["location"] == "/today"


def test_an_account_that_was_closed(linked: Browser, runtime: Runtime) -> None:
    from sqlalchemy import text

    with runtime.database.writing() as session:
        session.execute(text("UPDATE people SET active = false WHERE login = 'ana'"))
    refused(sign_on(linked), "No account here is linked", linked)


def test_a_lost_password_ends_what_somebody_else_may_have_linked(
    linked: Browser, runtime: Runtime, clinic: Clinic
) -> None:
    give_password(runtime.accounts, operator(clinic.id), "ana", clinic=clinic, now=runtime.clock())
    refused(sign_on(linked), "No account here is linked", linked)


def test_where_there_is_none(browser: Browser, ana: Person) -> None:
    assert "/sign-on/start" not in browser.get("/sign-in").text
    assert browser.get("/sign-on/start").status_code == 404
    browser.sign_in()
    assert browser.get("/sign-on").status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MINDSPA_OIDC_ISSUER": "https://s.example"}, "OIDC_CLIENT_ID must be set"),
        ({"MINDSPA_OIDC_ISSUER": "http://s.example"}, "must be https"),
        ({"MINDSPA_OIDC_ISSUER": "s.example"}, "must be the address of a provider"),
        ({"MINDSPA_OIDC_CLIENT_SECRET": "x"}, "OIDC_ISSUER must be set"),
        (
            {
                "MINDSPA_OIDC_ISSUER": "https://s.example",
                "MINDSPA_OIDC_CLIENT_ID": "x",
                "MINDSPA_OIDC_CLIENT_SECRET": "x",
            },
            "PUBLIC_URL must be set",
        ),
    ],
)
def test_settings_that_do_not_go_together(given: dict[str, str], said: str) -> None:
    from mindspa.domain.errors import InvalidSetting

    with pytest.raises(InvalidSetting, match=said):
        Settings.load(given)


def test_a_clinic_without_one_pays_nothing_for_it() -> None:
    """16 MB of every server, and half a second of its start."""
    look = "import mindspa.web.server, sys; sys.exit('authlib' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", look], cwd=PROJECT_ROOT, check=False).returncode == 0
    )
