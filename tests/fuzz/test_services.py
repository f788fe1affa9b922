"""The services behind the pages under whatever a forged widget could hold: stored or refused, in
words, and alike on both engines."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlmodel import SQLModel

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.adjuncts import Entry, Kind
from mindspa.domain.duty import DutyPlan, Holiday, OpenHours, Shift
from mindspa.domain.errors import MindSpaError
from mindspa.domain.intake import Verdict, all_fields
from mindspa.domain.safety_card import CardEntry
from mindspa.domain.treatment import Patient, Phase
from mindspa.services import manage_people
from mindspa.services import sign_in as sign_in_service
from mindspa.services.answer_intake import hand_in, save_entry, show_intake
from mindspa.services.ask_for_call import ask_for_call, ask_for_treatment, wish_met
from mindspa.services.book_infusion import book_infusion
from mindspa.services.change_status import change_status
from mindspa.services.correct_answers import open_correction, open_own_correction
from mindspa.services.end_course import end_course
from mindspa.services.enter_for_patient import MODES, open_for_patient, start_of_entry
from mindspa.services.handle_alert import (
    OUTCOMES,
    close_alert,
    hand_over_alert,
    log_attempt,
    own_alert,
    reopen_alert,
)
from mindspa.services.log_contact import OUTCOMES as OUTCOMES_OF_CONTACTS
from mindspa.services.log_contact import WAYS, log_contact
from mindspa.services.manage_people import NewPerson, add_first_person, add_person, new_clinic
from mindspa.services.merge_records import merge_records
from mindspa.services.move_form import move_form
from mindspa.services.move_infusion import move_infusion
from mindspa.services.open_check_in import open_check_in, today
from mindspa.services.plan_duty import write_duty
from mindspa.services.plan_induction import plan_induction
from mindspa.services.record_adjunct import (
    correct_adjunct,
    end_adjunct,
    record_adjunct,
    tell_adjunct,
    withdraw_adjunct,
)
from mindspa.services.record_infusion import cancel, record_end
from mindspa.services.record_rating import record_rating
from mindspa.services.register_patient import change_details, register_patient
from mindspa.services.remind import remind_by_hand
from mindspa.services.review_course import DECISIONS, review_course
from mindspa.services.review_follow_up import DISPOSITIONS, follow_up_list, mark_reviewed
from mindspa.services.review_historic import review_historic
from mindspa.services.review_intake import review_intake, view_intake
from mindspa.services.save_answer import save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import show_check_in
from mindspa.services.summarise_patient import refresh_summary
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_alerts import open_alert, view_alerts
from mindspa.services.view_duty import view_duty
from mindspa.services.view_patients import view_patients
from mindspa.services.view_progress import view_own_progress, view_progress
from mindspa.services.view_worklist import view_worklist
from mindspa.services.write_safety_card import write_card
from mindspa.storage.database import Database
from tests.accounts import CHEAP_HASH, an_account
from tests.conftest import NOW
from tests.factories import (
    a_clinic,
    a_patient,
    a_stored_form,
    account_of,
    an_induction,
    an_infusion,
    staff,
)
from tests.fuzz.odd import ANSWER, NAME, anything, days, fuzzed, instants, numbers, texts

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Act = Callable[[UnitOfWork], object]

anytime = st.one_of(
    instants,
    st.timedeltas(-60 * DAY, 60 * DAY).map(lambda span: NOW + span),
    st.datetimes(),  # without a zone
    st.none(),
)
names = texts | st.none()


class Clinic:
    """A patient with an open alert, a call asked for, two infusions and an open check-in; and
    somebody else's of everything."""

    def __init__(
        self,
        runtime: Runtime,
        patient: Patient,
        as_patient: Actor,
        as_clinician: Actor,
        ids: dict[str, list[str]],
    ) -> None:
        self.runtime, self.patient, self.ids = runtime, patient, ids
        self.as_patient, self.as_clinician = as_patient, as_clinician

    def one(self, kind: str) -> st.SearchStrategy[Any]:
        return st.one_of(st.sampled_from(self.ids[kind]), names)


@pytest.fixture
def clinic(runtime: Runtime) -> Clinic:
    here, elsewhere = a_clinic(runtime, "here"), a_clinic(runtime, "elsewhere")
    ids: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    made = []
    for at, name in ((here, "Pat Example"), (here, "Sam Example"), (elsewhere, "Kim Example")):
        patient = a_patient(runtime, at, name)
        course = an_induction(runtime, at, patient, starts_at=NOW - 31 * HOUR)
        given_, planned = (
            an_infusion(runtime, at, course, starts_at=NOW + span) for span in (-31 * HOUR, 2 * DAY)
        )
        form = a_stored_form(runtime, at, patient, "phq9", at=NOW - 40 * HOUR, _9=2)
        actor = account_of(runtime, at, patient)
        with runtime.unit_of_work(actor) as work:
            check_in = open_check_in(work, unscheduled=False)
            ask_for_call(work)
        with runtime.reading(operator(at.id)) as work:
            alerts = [alert.id for alert in work.records.alerts.of_many([patient.id])]
        ids["patient"].append(patient.id)
        ids["check_in"].append(check_in.id)
        ids["form"].append(form.id)
        ids["infusion"] += [given_.id, planned.id]
        ids["alert"] += alerts
        ids["course"].append(course.id)
        with runtime.unit_of_work(actor) as work:
            save_entry(work, "heart", "no", replaces=0)
            ids["adjunct"].append(
                tell_adjunct(work, Entry(Kind.TMS, "A series", NOW.date() - DAY, "daily")).id
            )
        made.append((patient, actor))
    an_account(runtime, here, "cyd")
    (patient, actor), *_ = made
    clinician = staff(runtime, here, Role.CLINICIAN)
    ids["person"] += [staff(runtime, here, Role.CARE_TEAM).id, clinician.id, actor.id]
    return Clinic(runtime, patient, actor, clinician, ids)


_DETAILS = ("name", "born_on", "zone", "indications", "phone", "voicemail")
_KINDS = ("patient", "check_in", "form", "course", "infusion", "alert", "adjunct", "person")
_WEEKDAY = st.integers(-1, 7)
_ENTRY = (
    st.sampled_from(Kind) | anything,
    st.just("sertraline to 50 mg") | anything,
    days | anything,
    st.none() | st.just("daily") | anything,
    st.none() | days | anything,
)


class _Undo(Exception):
    """Rolls back what was accepted, so that each example finds the same clinic."""


def tried(clinic: Clinic, actor: Actor, act: Act) -> None:
    """Refused in words, or written and read again: on no page may a stored value be in the way."""
    said = ""
    try:
        with clinic.runtime.unit_of_work(actor) as work:
            act(work)
            for patient_id in work.touched:
                refresh_summary(work, patient_id)
            work.records.alert_cases.add_steps(work.steps)
            work.records.audit(work.events)
            work.records.patients.scope.session.flush()
            work.records.patients.scope.session.expire_all()
            _look(work, clinic)
            raise _Undo
    except _Undo:
        return
    except MindSpaError as error:
        said = str(error)
    assert said.endswith(".")
    assert NAME not in said
    assert ANSWER not in said
    assert said.isprintable()


def _look(work: UnitOfWork, clinic: Clinic) -> None:
    if work.actor.patient_id is not None:
        today(work)
        view_own_progress(work)
        show_intake(work)
        for check_in in work.records.check_ins.open_of(clinic.patient.id):
            show_check_in(work, check_in.id)
    else:
        view_progress(work, clinic.patient.id)
        view_patients(work)
        follow_up_list(work)
        view_worklist(work)
        start_of_entry(work, clinic.patient.id)
        view_intake(work, clinic.patient.id)
        view_alerts(work)
        view_duty(work)
        open_alert(work, clinic.ids["alert"][0])


def patients_acts(clinic: Clinic) -> st.SearchStrategy[Act]:
    instruments = clinic.runtime.definitions.instruments
    items = sorted({item.id for form in instruments.values() for item in form.items})

    def answered(check_in: Any, form: Any, item: Any, value: Any, replaces: Any) -> Act:
        return lambda work: save_answer(
            work, check_in, instrument_id=form, item_id=item, value=value, replaces=replaces
        )

    def noted(check_in: Any, note: Any, replaces: Any) -> Act:
        return lambda work: save_note(work, check_in, note, replaces=replaces)

    def sent(check_in: Any, too: Any) -> Act:
        return lambda work: send_check_in(work, check_in, unanswered_too=too)

    def changed(check_in: Any) -> Act:
        return lambda work: open_own_correction(work, check_in)

    def opened(unscheduled: Any) -> Act:
        return lambda work: open_check_in(work, unscheduled=unscheduled)

    def told(field: Any, value: Any, replaces: Any) -> Act:
        return lambda work: save_entry(work, field, value, replaces=replaces)

    def wished(wish: Any, note: Any) -> Act:
        return lambda work: ask_for_treatment(work, wish, note=note)

    def treated(*entry: Any) -> Act:
        return lambda work: tell_adjunct(work, Entry(*entry))

    def treatment_ended(which: Any, day: Any) -> Act:
        return lambda work: end_adjunct(work, which, day)

    fields = sorted(all_fields(clinic.runtime.definitions.intake))
    own = st.just(clinic.ids["check_in"][0]) | clinic.one("check_in")
    return st.one_of(
        st.builds(
            answered,
            own,
            st.sampled_from(["pulse", "phq9", "asq"]) | names,
            st.sampled_from(items) | names,
            st.integers(-1, 8) | anything,
            st.integers(0, 2) | anything,
        ),
        st.builds(noted, own, anything, names),
        st.builds(sent, own, st.booleans()),
        st.builds(changed, own),
        st.builds(opened, anything),
        st.builds(
            told,
            st.sampled_from(fields) | names,
            st.sampled_from([True, "no", "yes", "1", "", "no_help", 12]) | anything,
            st.integers(0, 2) | anything,
        ),
        st.just(hand_in),
        st.just(ask_for_call),
        st.builds(wished, st.sampled_from(["booster", "appointment"]) | anything, texts | anything),
        st.builds(treated, *_ENTRY),
        st.builds(treatment_ended, clinic.one("adjunct"), st.none() | days | anything),
    )


def clinicians_acts(clinic: Clinic) -> st.SearchStrategy[Act]:
    instruments = clinic.runtime.definitions.instruments
    patient = st.just(clinic.patient.id) | clinic.one("patient")
    infusion = clinic.one("infusion")
    amount = st.none() | st.floats(0, 400) | numbers | anything
    version = st.integers(0, 3) | st.none()

    def rated(who: Any, form: Any, at: Any, total: Any, answers: Any) -> Act:
        return lambda work: record_rating(
            work, who, form, rated_at=at, total=total, answers=answers
        )

    def ended(which: Any, version: Any, start: Any, length: Any, *rest: Any) -> Act:
        dose, weight, because = rest

        def act(work: UnitOfWork) -> object:
            end = start + length if start and start.year in range(2, 9999) else length
            return record_end(
                work,
                which,
                version=version,
                started_at=start,
                ended_at=end,
                dose_mg=dose,
                weight_kg=weight,
                stopped_because=because,
            )

        return act

    def booked(who: Any, at: Any, course: Any) -> Act:
        return lambda work: book_infusion(work, who, planned_at=at, new_course=course)

    def moved(which: Any, version: Any, at: Any) -> Act:
        return lambda work: move_infusion(work, which, version=version, planned_at=at)

    def induced(who: Any, starts: Any) -> Act:
        return lambda work: plan_induction(work, who, starts)

    def over(who: Any, course: Any, reason: Any) -> Act:
        return lambda work: end_course(work, who, course, reason=reason)

    def cancelled(which: Any, version: Any, reason: Any) -> Act:
        return lambda work: cancel(work, which, version=version, reason=reason)

    def reviewed(which: Any, disposition: Any, note: Any) -> Act:
        return lambda work: mark_reviewed(
            work, which, disposition=disposition, note=note, seen_form_ids=[], seen_alert_ids=[]
        )

    def closed(which: Any, outcome: Any, note: Any, seen: Any, steps: Any) -> Act:
        return lambda work: close_alert(
            work, which, seen_alert_ids=seen, outcome=outcome, note=note, steps=steps
        )

    def own_alert_as(which: Any) -> Act:
        return lambda work: own_alert(work, which)

    def handed(which: Any, to: Any, note: Any) -> Act:
        return lambda work: hand_over_alert(work, which, to, note=note)

    def attempted(which: Any, way: Any, outcome: Any, at: Any, note: Any) -> Act:
        return lambda work: log_attempt(
            work, which, way=way, outcome=outcome, next_attempt=at, note=note
        )

    def reopened(which: Any, reason: Any) -> Act:
        return lambda work: reopen_alert(work, which, reason=reason)

    def old_reviewed(source: Any, seen: Any, note: Any) -> Act:
        return lambda work: review_historic(work, source, seen_alert_ids=seen, note=note)

    def card_written(who: Any, plan: Any, day: Any) -> Act:
        entry = CardEntry(safety_plan=plan, planned_on=day, contact_name="Alex")
        return lambda work: write_card(work, who, entry, replaces=None)

    def reminded(who: Any) -> Act:
        return lambda work: remind_by_hand(work, who)

    def on_duty(hours: Any, holidays: Any, shifts: Any, steps: Any, replaces: Any) -> Act:
        plan = DutyPlan(tuple(hours), tuple(holidays), tuple(shifts), tuple(steps))
        return lambda work: write_duty(work, plan, replaces=replaces)

    def called(who: Any, at: Any, wish: Any) -> Act:
        return lambda work: wish_met(work, who, wish, seen_at=at)

    def decided(who: Any, course: Any, decision: Any, reason: Any, dose: Any, unit: Any) -> Act:
        return lambda work: review_course(
            work, who, course, decision=decision, reason=reason, dose=dose, unit=unit
        )

    def put(who: Any, status: Any) -> Act:
        return lambda work: change_status(work, who, status)

    def registered(*given: Any) -> Act:
        details = dict(zip(_DETAILS, given, strict=True))
        return lambda work: register_patient(work, **details)

    def changed(who: Any, *given: Any) -> Act:
        details = dict(zip(_DETAILS, given, strict=True))
        return lambda work: change_details(work, who, **details)

    def contacted(who: Any, way: Any, outcome: Any, note: Any) -> Act:
        return lambda work: log_contact(work, who, way=way, outcome=outcome, note=note)

    def judged(who: Any, verdict: Any, reason: Any) -> Act:
        return lambda work: review_intake(work, who, verdict=verdict, reason=reason)

    def treated(who: Any, *entry: Any) -> Act:
        return lambda work: record_adjunct(work, who, Entry(*entry))

    def put_right(which: Any, reason: Any, *entry: Any) -> Act:
        return lambda work: correct_adjunct(work, which, Entry(*entry), reason=reason)

    def withdrawn(which: Any, reason: Any) -> Act:
        return lambda work: withdraw_adjunct(work, which, reason=reason)

    def entered(who: Any, mode: Any, forms: Any, at: Any) -> Act:
        return lambda work: open_for_patient(work, who, mode=mode, forms=forms, answered_at=at)

    def corrected(which: Any, reason: Any) -> Act:
        return lambda work: open_correction(work, which, reason=reason)

    def misfiled(which: Any, to: Any, reason: Any) -> Act:
        return lambda work: move_form(work, which, to=to, reason=reason)

    def merged(who: Any, into: Any, reason: Any) -> Act:
        return lambda work: merge_records(work, who, into=into, reason=reason)

    details = (
        st.just("New Example") | anything,
        st.none() | days,
        st.none() | texts | st.sampled_from(["Asia/Tokyo", "America", "localtime"]),
        st.lists(texts | st.just("ptsd"), max_size=3),
        texts | st.sampled_from(["555-0100", "+1 (2)"]) | anything,
        st.booleans() | anything,
    )

    return st.one_of(
        st.builds(corrected, clinic.one("form"), texts | anything),
        st.builds(misfiled, clinic.one("form"), patient, texts | anything),
        st.builds(merged, patient, patient, texts | anything),
        st.builds(
            rated,
            patient,
            st.sampled_from(sorted(instruments)) | names,
            anytime,
            st.none() | st.integers(-1, 90) | anything,
            st.none()
            | st.dictionaries(st.sampled_from(["risk_level", "12", "1"]) | texts, anything),
        ),
        st.builds(
            ended,
            infusion,
            version,
            anytime,
            st.timedeltas(-HOUR, 14 * HOUR),
            amount,
            amount,
            st.none() | texts,
        ),
        st.builds(booked, patient, anytime, st.none() | st.sampled_from(Phase)),
        st.builds(moved, infusion, version, anytime),
        st.builds(induced, patient, st.lists(anytime, max_size=4)),
        st.builds(over, patient, clinic.one("course"), anything),
        st.builds(cancelled, infusion, version, anything),
        st.builds(reviewed, infusion, st.sampled_from([*DISPOSITIONS]) | anything, anything),
        st.builds(
            closed,
            clinic.one("alert"),
            st.sampled_from([*OUTCOMES]) | names,
            anything,
            st.lists(clinic.one("alert"), max_size=3),
            st.lists(texts, max_size=2),
        ),
        st.builds(own_alert_as, clinic.one("alert")),
        st.builds(handed, clinic.one("alert"), clinic.one("person"), anything),
        st.builds(
            attempted,
            clinic.one("alert"),
            st.sampled_from([*WAYS]) | anything,
            st.sampled_from([*OUTCOMES_OF_CONTACTS]) | anything,
            anytime,
            anything,
        ),
        st.builds(reopened, clinic.one("alert"), anything),
        st.builds(old_reviewed, texts, st.lists(clinic.one("alert"), max_size=2), anything),
        st.builds(card_written, patient, texts | anything, st.none() | days | anything),
        st.builds(reminded, patient),
        st.builds(
            on_duty,
            st.lists(st.builds(OpenHours, _WEEKDAY, st.times(), st.times()), max_size=3),
            st.lists(st.builds(Holiday, days, anything), max_size=3),
            st.lists(
                st.builds(
                    Shift,
                    st.times(),
                    st.times(),
                    clinic.one("person"),
                    st.none() | clinic.one("person"),
                    weekday=st.none() | _WEEKDAY,
                    day=st.none() | days,
                    on_holidays=st.booleans(),
                ),
                max_size=3,
            ),
            st.lists(anything, max_size=2),
            st.integers(0, 2),
        ),
        st.builds(called, patient, instants, st.sampled_from(["call", "booster"]) | anything),
        st.builds(
            decided,
            patient,
            clinic.one("course"),
            st.sampled_from(list(DECISIONS)) | anything,
            texts | anything,
            amount,
            st.sampled_from(["mg", "mg/kg"]) | anything,
        ),
        st.builds(put, patient, anything),
        st.builds(registered, *details),
        st.builds(changed, patient, *details),
        st.builds(
            contacted,
            patient,
            st.sampled_from([*WAYS]) | anything,
            st.sampled_from([*OUTCOMES_OF_CONTACTS]) | anything,
            anything,
        ),
        st.builds(treated, patient, *_ENTRY),
        st.builds(put_right, clinic.one("adjunct"), anything, *_ENTRY),
        st.builds(withdrawn, clinic.one("adjunct"), anything),
        st.builds(judged, patient, st.sampled_from([*Verdict]) | anything, anything),
        st.builds(
            entered,
            patient,
            st.sampled_from([*MODES]) | anything,
            st.lists(st.sampled_from(["pulse", "phq9", "asq"]) | texts, max_size=3),
            anytime,
        ),
    )


@fuzzed(120)
@given(st.data())
def test_whatever_a_patient_sends(clinic: Clinic, data: st.DataObject) -> None:
    tried(clinic, clinic.as_patient, data.draw(patients_acts(clinic)))


@fuzzed(200)
@given(st.data())
def test_whatever_a_clinician_enters(clinic: Clinic, data: st.DataObject) -> None:
    tried(clinic, clinic.as_clinician, data.draw(clinicians_acts(clinic)))


# --- Accounts, which write by themselves ---------------------------------------------------------


def rows_of(database: Database) -> dict[str, list[str]]:
    with database.reading() as session:
        return {
            name: sorted(map(repr, session.connection().execute(table.select())))
            for name, table in SQLModel.metadata.tables.items()
        }


roles = st.sets(st.sampled_from(Role), max_size=2).map(frozenset)


@fuzzed(50)
@given(
    person=st.builds(NewPerson, texts | st.just("cyd"), texts | st.just("Cyd"), roles, names),
    of_clinic=st.fixed_dictionaries(
        {
            "name": texts | st.just("Cedar"),
            "zone": texts | st.just("Europe/Berlin"),
            "country": texts | st.just("US"),
            "phone": texts,
            "hours": texts,
        }
    ),
    is_new=st.booleans(),
)
def test_whatever_an_account_is_made_of(
    monkeypatch: pytest.MonkeyPatch,
    clinic: Clinic,
    person: NewPerson,
    of_clinic: dict[str, str],
    is_new: bool,
) -> None:
    monkeypatch.setattr(manage_people, "hash_password", lambda _password: CHEAP_HASH)
    runtime, before = clinic.runtime, rows_of(clinic.runtime.database)
    made = {"new_id": runtime.new_id, "now": NOW}
    accepted = False
    try:
        if is_new:
            crisis = runtime.definitions.crisis
            cedar = new_clinic(crisis, **of_clinic, new_id=runtime.new_id)
            add_first_person(runtime.accounts, person, clinic=cedar, **made)  # type: ignore[arg-type]
        else:
            here = next(one for one in runtime.accounts.clinics() if one.id == "here")
            add_person(runtime.accounts, operator(here.id), person, clinic=here, **made)  # type: ignore[arg-type]
        accepted = True
    except MindSpaError as error:
        refused = str(error)
    if not accepted:
        assert refused.endswith(".")
        assert rows_of(runtime.database) == before
    assert {"people", "clinics", "audit_events"} >= {
        table for table, rows in rows_of(runtime.database).items() if rows != before[table]
    }


# A form is read as UTF-8, which has no half characters.
typed = texts.filter(lambda text: text == text.encode("utf-8", "replace").decode())


@fuzzed(25)
@given(typed, typed, st.lists(typed | st.just("\x00" * 64), max_size=3))
@example("a\x00b", "a password of some length", [])
@example("cyd", "a password of some length", ["\x00" * 64])
def test_whatever_is_typed_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, clinic: Clinic, login: str, password: str, devices: list[str]
) -> None:
    monkeypatch.setattr(sign_in_service, "NOBODYS_HASH", CHEAP_HASH)
    said = ""
    try:
        sign_in_service.sign_in(
            clinic.runtime.accounts,
            login=login,
            password=password[:40],
            address="192.0.2.1",
            devices=devices,
            now=NOW,
        )
    except MindSpaError as error:
        said = str(error)
    assert said.endswith(".")
    assert NAME not in said
