"""A tablet of the clinic, as a device meets it: paired, a code, one check-in, and away again."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.tablets import TRIES_OF_CLINIC, TRIES_OF_TABLET
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.clinic_tablet import issue_code, pair_tablet
from tests.accounts import a_session, an_account
from tests.conftest import Clock
from tests.factories import a_clinic, a_patient, staff
from tests.web.conftest import Browser

TABLET = "mindspa-tablet"
NOTHING = "That code opens nothing here."
CODE = "Your code"
OpenBrowser = Callable[..., Browser]


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """Without an account."""
    return a_patient(runtime, clinic, "Pat <Example>")


def paired(runtime: Runtime, browser: Browser, by: Actor) -> Browser:
    token = pair_tablet(
        runtime.tablets, by, name="Room 1", new_id=runtime.new_id, now=runtime.clock()
    )
    browser.cookies.set(TABLET, token)
    return browser


@pytest.fixture
def tablet(runtime: Runtime, browser: Browser, nurse: Actor) -> Browser:
    return paired(runtime, browser, nurse)


def code_for(runtime: Runtime, nurse: Actor, patient: Patient) -> str:
    with runtime.unit_of_work(nurse) as work:
        return issue_code(work, patient.id).code


def entered(tablet: Browser, code: str) -> httpx2.Response:
    return tablet.submit("/tablet/code", code=code)


def another(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10_000:04}"


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def choose(tablet: Browser, value: int) -> str:
    """Of the question that is shown; the page that follows."""
    fields = fields_of(tablet.get("/tablet").text)
    answered = tablet.submit("/tablet/answer", value=str(value), **fields)
    assert answered.status_code == 303
    return tablet.get(answered.headers["location"]).text


def forms_of(runtime: Runtime, nurse: Actor, patient: Patient) -> list[StoredForm]:
    with runtime.reading(nurse) as work:
        return work.records.check_ins.forms_of(patient.id)


# Ordinary use


def test_a_session_pairs_the_device_and_ends_there(
    runtime: Runtime, browser: Browser, clinic: Clinic
) -> None:
    token = a_session(runtime, an_account(runtime, clinic, "nurse", role=Role.CARE_TEAM))
    browser.shows(token)
    done = browser.submit("/tablet/pair", name="Room 1")
    assert (done.status_code, done.headers["location"]) == (303, "/tablet")
    flags = done.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert runtime.accounts.session(token, now=runtime.clock(), activity=False) is None
    assert browser.get("/").headers["location"] == "/tablet"
    assert CODE in browser.get("/tablet").text


def test_from_the_code_to_the_next_patient(
    runtime: Runtime, tablet: Browser, nurse: Actor, patient: Patient
) -> None:
    assert entered(tablet, code_for(runtime, nurse, patient)).headers["location"] == "/tablet"
    page = tablet.get("/tablet").text
    assert "Pat &lt;Example&gt;" in page
    assert "Question 1 of" in page
    assert tablet.get("/tablet").headers["refresh"] == "302;url=/tablet?idle", "it locks by itself"
    while "Send your answers" not in page:
        page = choose(tablet, 0)
    receipt = tablet.submit("/tablet/send", note="All well.", **fields_of(page)).text
    assert "Sent. Your answers are saved." in receipt
    assert "Pat" not in receipt
    assert CODE in tablet.get("/tablet").text
    (form,) = forms_of(runtime, nurse, patient)
    assert (form.mode, form.entered_by, form.note) == (Mode.ON_TABLET, patient.id, "All well.")
    assert form.total == 0
    with runtime.reading(nurse) as work:
        told = [event.what for event in work.records.audit_events(patient.id)]
    assert (told.count("tablet.code_issued"), told.count("tablet.code_entered")) == (1, 1)


def test_a_positive_answer_raises_its_alert_and_shows_help_at_once(
    runtime: Runtime, tablet: Browser, nurse: Actor, patient: Patient
) -> None:
    entered(tablet, code_for(runtime, nurse, patient))
    page = tablet.get("/tablet").text
    while 'name="item" value="safety"' not in page:
        assert "Help is there now" not in page
        page = choose(tablet, 0)
    assert 'class="note good"' in page, "who sees it, and that an honest answer ends nothing"
    assert "Help is there now" in choose(tablet, 1)
    with runtime.reading(nurse) as work:
        assert len(work.records.alerts.of_many([patient.id])) == 1
    tablet.submit("/tablet/leave")
    assert CODE in tablet.get("/tablet").text


def test_what_was_begun_is_gone_on_with_by_another_code(
    runtime: Runtime, tablet: Browser, nurse: Actor, patient: Patient
) -> None:
    entered(tablet, code_for(runtime, nurse, patient))
    choose(tablet, 2)
    tablet.submit("/tablet/leave")
    entered(tablet, code_for(runtime, nurse, patient))
    assert "Question 2 of" in tablet.get("/tablet").text
    assert "(chosen)" in tablet.get("/tablet?question=1").text


# Whoever should get nowhere


def test_whatever_opens_nothing_gets_one_answer(
    runtime: Runtime,
    open_browser: OpenBrowser,
    tablet: Browser,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
) -> None:
    elsewhere = staff(runtime, a_clinic(runtime, "elsewhere"), Role.CARE_TEAM)
    others = paired(runtime, open_browser(), elsewhere)
    revoked = paired(runtime, open_browser(), nurse)
    with runtime.database.writing() as session:
        session.execute(
            text("UPDATE tablets SET revoked_at = 1 WHERE id = (SELECT max(id) FROM tablets)")
        )
    code = code_for(runtime, nurse, patient)
    unpaired = open_browser()
    answers = [
        entered(device, given)
        for device, given in (
            (tablet, another(code)),
            (others, code),
            (revoked, code),
            (unpaired, code),
            (tablet, "12"),
            (tablet, ""),
            (tablet, "١٢٣٤"),
        )
    ]
    assert entered(tablet, code).status_code == 303
    tablet.submit("/tablet/leave")
    answers.append(entered(tablet, code))  # used
    late = code_for(runtime, nurse, patient)
    clock.forward(minutes=30)
    answers.append(entered(tablet, late))
    replaced, _ = code_for(runtime, nurse, patient), code_for(runtime, nurse, patient)
    if replaced != _:
        answers.append(entered(tablet, replaced))
    assert {(answer.status_code, answer.text) for answer in answers} == {(422, answers[0].text)}
    assert NOTHING in answers[0].text


def test_of_two_tablets_one_wins(
    runtime: Runtime, open_browser: OpenBrowser, tablet: Browser, nurse: Actor, patient: Patient
) -> None:
    second, code = paired(runtime, open_browser(), nurse), code_for(runtime, nurse, patient)
    assert [entered(device, code).status_code for device in (second, tablet)] == [303, 422]
    assert CODE in tablet.get("/tablet").text


def test_guessing_ends_after_five_tries_on_a_tablet_and_ten_in_the_clinic(
    runtime: Runtime,
    open_browser: OpenBrowser,
    tablet: Browser,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
) -> None:
    code = code_for(runtime, nurse, patient)
    for guess in range(1, TRIES_OF_TABLET + 1):
        assert entered(tablet, another(code, guess)).status_code == 422
    assert entered(tablet, code).status_code == 429, "although it is right"
    second, third = (paired(runtime, open_browser(), nurse) for _ in range(2))
    for guess in range(1, TRIES_OF_CLINIC - TRIES_OF_TABLET + 1):
        assert entered(second, another(code, guess)).status_code == 422
    assert entered(third, code).status_code == 429
    clock.forward(minutes=30)
    assert entered(third, code_for(runtime, nurse, patient)).status_code == 303


def test_a_right_code_begins_the_count_of_its_tablet_anew(
    runtime: Runtime, tablet: Browser, nurse: Actor, patient: Patient, clock: Clock
) -> None:
    for _ in range(2):
        code = code_for(runtime, nurse, patient)
        for guess in range(1, TRIES_OF_TABLET):
            assert entered(tablet, another(code, guess)).status_code == 422
        assert entered(tablet, code).status_code == 303
        clock.forward(minutes=1)


@pytest.mark.parametrize("minutes, taps", [(5, 1), (30, 8)])
def test_it_puts_itself_away_when_left_alone_and_after_half_an_hour(
    runtime: Runtime,
    tablet: Browser,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
    minutes: int,
    taps: int,
) -> None:
    entered(tablet, code_for(runtime, nurse, patient))
    for _ in range(taps):
        fields = fields_of(tablet.get("/tablet").text)
        clock.now += timedelta(minutes=minutes / taps)
        assert "check_in" in fields
        assert tablet.get("/tablet?idle").status_code == 200  # what the page does by itself
    assert CODE in tablet.get("/tablet").text
    tablet.submit("/tablet/answer", value="3", **fields)
    with runtime.reading(nurse) as work:
        (check_in,) = work.records.check_ins.open_of(patient.id)
        assert work.records.check_ins.answers_of(check_in.id) == []


def test_a_page_left_standing_answers_for_nobody_else(
    runtime: Runtime, clinic: Clinic, tablet: Browser, nurse: Actor, patient: Patient
) -> None:
    entered(tablet, code_for(runtime, nurse, patient))
    stale = fields_of(tablet.get("/tablet").text)
    other = a_patient(runtime, clinic, "Sam Example")
    entered(tablet, code_for(runtime, nurse, other))
    for path in ("answer", "send"):
        assert tablet.submit(f"/tablet/{path}", value="3", **stale).headers["location"] == "/tablet"
    with runtime.reading(nurse) as work:
        for who in (patient, other):
            (check_in,) = work.records.check_ins.open_of(who.id)
            assert work.records.check_ins.answers_of(check_in.id) == []


@pytest.mark.parametrize(
    "path", ["/", "/today", "/patient", "/download/answers", "/tablet/pair", "/_stcore/host-config"]
)
def test_no_other_page_opens_for_whoever_is_before_it(
    runtime: Runtime, tablet: Browser, nurse: Actor, patient: Patient, path: str
) -> None:
    entered(tablet, code_for(runtime, nurse, patient))
    answer = tablet.get(path)
    assert answer.status_code in (303, 403)
    assert answer.headers.get("location", "/tablet") == "/tablet"


def test_forms_of_another_site_do_nothing(
    runtime: Runtime, tablet: Browser, nurse: Actor, patient: Patient
) -> None:
    code = code_for(runtime, nurse, patient)
    for path in ("code", "answer", "send", "leave"):
        sent = tablet.submit(f"/tablet/{path}", origin="https://evil.example", code=code)
        assert sent.status_code == 403
    assert CODE in tablet.get("/tablet").text


def test_only_staff_pair_one_and_only_of_their_clinic(
    runtime: Runtime, browser: Browser, clinic: Clinic, nurse: Actor
) -> None:
    patient = an_account(
        runtime, clinic, "pat", role=Role.PATIENT, patient_id=a_patient(runtime, clinic).id
    )
    browser.shows(a_session(runtime, patient))
    assert browser.get("/tablet/pair").status_code == 403
    assert browser.submit("/tablet/pair", name="Mine").status_code == 403
    theirs = an_account(runtime, a_clinic(runtime, "elsewhere"), "admin", role=Role.ADMINISTRATOR)
    paired(runtime, browser, nurse)
    (made,) = runtime.tablets.of_clinic(clinic.id)
    browser.shows(a_session(runtime, theirs))
    assert "Room 1" not in browser.get("/tablet/pair").text
    assert browser.submit("/tablet/unpair", tablet=made.id).status_code == 404
    assert browser.submit("/tablet/pair", name=" ").status_code == 422
    browser.shows(a_session(runtime, an_account(runtime, clinic, "own", role=Role.ADMINISTRATOR)))
    assert "Room 1" in browser.get("/tablet/pair").text
    assert browser.submit("/tablet/unpair", tablet=made.id).status_code == 303
    assert runtime.tablets.of_clinic(clinic.id) == ()
