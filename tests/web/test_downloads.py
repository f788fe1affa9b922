"""Answers as a file: for whoever may see them, audited, and for nobody else."""

import csv
import io
from datetime import datetime, timedelta

import httpx2
import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person, Role, operator
from mindspa.domain.audit import AuditEvent
from mindspa.domain.treatment import Clinic, Patient
from mindspa.services.record_rating import record_rating
from mindspa.services.record_vitals import record_vitals
from mindspa.services.write_sheet_note import write_sheet_note
from tests.accounts import a_session, an_account
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, a_stored_form, an_induction, an_infusion
from tests.web.conftest import Browser

OWN = "/download/answers"
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    """A complete PHQ-9, one with two questions open, and a clinician's rating."""
    made = a_patient(runtime, clinic, "Pat Example")
    a_stored_form(runtime, clinic, made, "phq9", at=NOW - WEEK, each=2, _9=0, difficulty=1)
    a_stored_form(runtime, clinic, made, "phq9", at=NOW, each=1, _2=None, _9=None)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        record_rating(work, made.id, "madrs", rated_at=NOW - WEEK, total=31)
    return made


@pytest.fixture
def pat(runtime: Runtime, clinic: Clinic, patient: Patient) -> Person:
    return an_account(
        runtime, clinic, "pat", name="Pat Example", role=Role.PATIENT, patient_id=patient.id
    )


def of(patient: Patient) -> str:
    return f"{OWN}/{patient.id}"


def rows(answer: httpx2.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def audited(runtime: Runtime, patient: Patient, what: str) -> list[AuditEvent]:
    with runtime.reading(operator("clinic")) as work:
        return [event for event in work.records.audit_events(patient.id) if event.what == what]


def as_stored(table: list[dict[str, str]]) -> dict[str, object]:
    """What the rows say, form by form."""
    forms: dict[str, dict[str, object]] = {}
    for row in table:
        form = forms.setdefault(
            row["form"],
            {
                "instrument": row["instrument"],
                "answers": {},
                "total": int(row["total"]) if row["total"] else None,
                "answered_at": datetime.fromisoformat(row["answered_at"]),
                "entered_by": row["entered_by"],
                "mode": row["mode"],
            },
        )
        if row["value"]:
            answers = form["answers"]
            assert isinstance(answers, dict)
            answers[row["item"]] = int(row["value"])
    return dict(forms)


def test_every_form_comes_back_as_it_is_stored(
    browser: Browser, ana: Person, runtime: Runtime, patient: Patient
) -> None:
    browser.sign_in()
    with runtime.reading(operator("clinic")) as work:
        stored = work.records.check_ins.forms_of(patient.id)
    assert as_stored(rows(browser.get(of(patient)))) == {
        form.id: {
            "instrument": form.instrument,
            "answers": dict(form.answers),
            "total": form.total,
            "answered_at": form.answered_at,
            "entered_by": form.entered_by,
            "mode": form.mode.value,
        }
        for form in stored
    }


def test_a_question_without_an_answer_has_a_row_without_a_value(
    browser: Browser, ana: Person, patient: Patient
) -> None:
    browser.sign_in()
    table = rows(browser.get(of(patient)))
    newest = [row for row in table if row["answered_at"] == "2026-06-10T12:00:00-04:00"]
    assert {row["item"]: row["value"] for row in newest if row["item"] != "difficulty"} == {
        **dict.fromkeys("1345678", "1"),
        "2": "",
        "9": "",
    }
    assert {(row["total"], row["time_zone"]) for row in newest} == {("", "America/New_York")}


def test_the_headers_keep_it_with_the_person(
    browser: Browser, ana: Person, patient: Patient
) -> None:
    browser.sign_in()
    answer = browser.get(of(patient))
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    disposition = answer.headers["content-disposition"]
    assert disposition == f'attachment; filename="answers-{patient.id}.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Pat" not in answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbfpatient,")


def test_each_download_is_audited_and_the_visit_once(
    browser: Browser, ana: Person, runtime: Runtime, patient: Patient
) -> None:
    browser.sign_in()
    browser.get(of(patient))
    browser.get(of(patient))
    exported = audited(runtime, patient, "answers.exported")
    assert [(event.actor_id, event.about) for event in exported] == [(ana.id, patient.id)] * 2
    assert len(audited(runtime, patient, "patient.viewed")) == 1


def test_asked_for_the_headers_alone(
    browser: Browser, ana: Person, runtime: Runtime, patient: Patient
) -> None:
    """Guarded like the file itself, since the length of a record says something of it."""
    assert browser.head(of(patient)).status_code == 303
    assert audited(runtime, patient, "answers.exported") == []
    browser.sign_in()
    answer = browser.head(of(patient))
    assert (answer.status_code, answer.content) == (200, b"")
    assert len(audited(runtime, patient, "answers.exported")) == 1


def test_a_patient_takes_their_own_answers_and_no_rating(
    browser: Browser, pat: Person, runtime: Runtime, patient: Patient
) -> None:
    browser.sign_in("pat")
    answer = browser.get(OWN)
    table = rows(answer)
    assert {row["instrument"] for row in table} == {"phq9"}
    assert {row["patient"] for row in table} == {patient.id}
    assert answer.headers["content-disposition"].endswith(f'"answers-{patient.id}.csv"')
    assert len(audited(runtime, patient, "answers.exported")) == 1


# Nobody else


def nothing(answer: httpx2.Response, status: int) -> None:
    assert answer.status_code == status
    assert "content-disposition" not in answer.headers
    assert "phq9" not in answer.text


@pytest.mark.parametrize("path", [OWN, f"{OWN}/id000001"])
def test_without_a_session_one_signs_in(browser: Browser, ana: Person, path: str) -> None:
    answer = browser.get(path)
    nothing(answer, 303)
    # Signing in leads to a page: a file would leave the browser at the form.
    assert browser.sign_in(next=path).headers["location"] == "/"


def test_with_the_cookie_of_an_ended_session(
    browser: Browser, ana: Person, runtime: Runtime, patient: Patient, clock: Clock
) -> None:
    token = a_session(runtime, ana)
    browser.shows(token)
    assert browser.get(of(patient)).status_code == 200
    runtime.accounts.end_session(token, now=clock())
    nothing(browser.get(of(patient)), 303)
    browser.shows(a_session(runtime, ana))
    clock.forward(minutes=31)
    nothing(browser.get(of(patient)), 303)


def test_before_a_given_password_was_changed(
    browser: Browser, runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    new = an_account(runtime, clinic, "new", must_change_password=True)
    browser.shows(a_session(runtime, new))
    nothing(browser.get(of(patient)), 303)


def test_another_clinics_patient_is_as_unknown_as_a_made_up_one(
    browser: Browser, runtime: Runtime, patient: Patient
) -> None:
    other = a_clinic(runtime, "other")
    browser.shows(a_session(runtime, an_account(runtime, other, "olga")))
    answers = [browser.get(of(patient)), browser.get(f"{OWN}/nobody")]
    for answer in answers:
        nothing(answer, 404)
    assert answers[0].text == answers[1].text
    assert audited(runtime, patient, "answers.exported") == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PATIENT])
def test_a_role_that_sees_no_records(
    browser: Browser, runtime: Runtime, clinic: Clinic, patient: Patient, role: Role
) -> None:
    """A patient gets no record by its id, be it another's or their own."""
    other = a_patient(runtime, clinic, "Robin Example") if role is Role.PATIENT else None
    person = an_account(runtime, clinic, "other", role=role, patient_id=other.id if other else None)
    browser.shows(a_session(runtime, person))
    for path in (of(patient), of(other) if other else OWN, f"{OWN}/nobody"):
        nothing(browser.get(path), 403)
    assert audited(runtime, patient, "answers.exported") == []


def test_staff_have_no_answers_of_their_own(browser: Browser, ana: Person) -> None:
    browser.sign_in()
    nothing(browser.get(OWN), 403)


def test_a_person_with_two_roles_takes_their_own_record_alone_as_patient(
    browser: Browser, runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    """As staff they see the clinic's records; without an id it is their own."""
    own = a_patient(runtime, clinic, "Robin Example")
    a_stored_form(runtime, clinic, own, "gad7", at=NOW)
    person = an_account(runtime, clinic, "both", role=Role.PATIENT, patient_id=own.id)
    with runtime.database.writing() as session:
        session.execute(
            text("UPDATE people SET roles = 'clinician patient' WHERE id = :id"), {"id": person.id}
        )
    browser.shows(a_session(runtime, person))
    assert {row["patient"] for row in rows(browser.get(OWN))} == {own.id}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_it_is_only_read(
    browser: Browser, ana: Person, runtime: Runtime, patient: Patient, method: str
) -> None:
    browser.sign_in()
    assert "content-disposition" not in browser.request(method, of(patient)).headers
    assert audited(runtime, patient, "answers.exported") == []


def test_a_locked_screen_hands_out_nothing(
    browser: Browser, ana: Person, runtime: Runtime, patient: Patient
) -> None:
    token = a_session(runtime, ana)
    browser.shows(token)
    runtime.accounts.locks.lock(token, now=NOW)
    for path in (of(patient), "/password"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "This screen is locked." in answer.text
    assert audited(runtime, patient, "answers.exported") == []


def test_the_summary_of_an_infusion_is_a_pdf_for_staff_alone(
    browser: Browser, ana: Person, pat: Person, runtime: Runtime, clinic: Clinic, patient: Patient
) -> None:
    course = an_induction(runtime, clinic, patient, starts_at=NOW - 2 * HOUR)
    given = an_infusion(runtime, clinic, course, starts_at=NOW - 2 * HOUR)
    planned = an_infusion(runtime, clinic, course, starts_at=NOW + WEEK)
    with runtime.unit_of_work(operator(clinic.id)) as work:
        record_vitals(work, given.id, {"systolic": 120}, taken_at=NOW - HOUR)
        write_sheet_note(work, given.id, 'No page: #panic("x") $ * [ "\n#include "/etc/passwd"')
    address = f"/download/infusions/{given.id}"
    assert browser.get(address).headers["location"].startswith("/sign-in")
    browser.sign_in("pat")
    assert browser.get(address).status_code == 403
    assert audited(runtime, patient, "infusion.exported") == []
    browser.sign_in()
    answer = browser.get(address)
    assert answer.content.startswith(b"%PDF-"), answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert len(audited(runtime, patient, "infusion.exported")) == 1
    assert browser.get(f"/download/infusions/{planned.id}").status_code == 422
    assert browser.get("/download/infusions/nothing").status_code == 404


TRAIL = "/download/audit-trail"
DAY = "?since=2026-06-10T00:00:00-04:00&until=2026-06-11T00:00:00-04:00"


@pytest.fixture
def administrator(runtime: Runtime, clinic: Clinic) -> Person:
    return an_account(runtime, clinic, "root", name="=Root", role=Role.ADMINISTRATOR)


def test_the_audit_trail_of_a_day(
    browser: Browser, administrator: Person, runtime: Runtime, patient: Patient
) -> None:
    with runtime.unit_of_work(operator("clinic")) as work:
        work.audit("thing.done", about=patient.id, record="record")
    browser.sign_in("root")
    table = rows(browser.get(TRAIL + DAY))
    done, signed_in = (
        next(row for row in table if row["what"] == what)
        for what in ("thing.done", "session.started")
    )
    assert done == {
        "at": NOW.isoformat(),
        "actor": "operator",
        "actor_name": "",
        "what": "thing.done",
        "about": patient.id,
        "record": "record",
        "origin": "",
    }
    assert (signed_in["actor"], signed_in["actor_name"]) == (administrator.id, "'=Root")
    assert signed_in["origin"]
    assert "Pat Example" not in str(table)
    table = rows(browser.get(TRAIL + DAY + f"&about={patient.id}&kind=change"))
    assert {row["about"] for row in table} == {patient.id}
    assert "audit_trail.exported" in {row["what"] for row in rows(browser.get(TRAIL + DAY))}


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?since=x&until=y",
        "?since=2026-06-10T00:00:00&until=2026-06-11T00:00:00",  # without a zone
        "?since=0001-01-01T00:00:00%2B14:00&until=2026-06-11T00:00:00Z",
        DAY + "&kind=other",
        "?since=2026-06-10T00:00:00Z&until=2025-06-10T00:00:00Z",
        "?since=2020-06-10T00:00:00Z&until=2026-06-10T00:00:00Z",
    ],
)
def test_an_address_that_asks_for_nothing(
    browser: Browser, administrator: Person, asked: str
) -> None:
    browser.sign_in("root")
    answer = browser.get(TRAIL + asked)
    assert answer.status_code == 422
    assert "Search again" in answer.text or "Choose" in answer.text


def test_the_audit_trail_is_for_administrators(browser: Browser, ana: Person, pat: Person) -> None:
    for login in (ana.login, pat.login):
        browser.sign_in(login)
        assert browser.get(TRAIL + DAY).status_code == 403
