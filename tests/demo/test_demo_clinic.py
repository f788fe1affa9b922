"""The demo clinic: who a visitor finds in it, how it is built, and that nothing real is touched."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mindspa import bootstrap
from mindspa.demo.build import Found, build, look
from mindspa.demo.opening_hours import ZONE
from mindspa.demo.present import SCENES
from mindspa.domain.access import Actor, operator
from mindspa.domain.adjuncts import Kind as AdjunctKind
from mindspa.domain.adjuncts import standing
from mindspa.domain.check_ins import CheckInState, Mode
from mindspa.domain.contacts import Reached, Wish
from mindspa.domain.errors import DatabaseUnusable
from mindspa.domain.follow_up import Need
from mindspa.domain.intake import Status
from mindspa.domain.safety import AlertState, Tier
from mindspa.domain.schedule import OccasionStatus, answers_for
from mindspa.domain.treatment import PatientStatus, Phase
from mindspa.domain.worklist import Standing
from mindspa.services import demo_accounts
from mindspa.services.open_check_in import today
from mindspa.services.review_follow_up import follow_up_list
from mindspa.services.sign_in import password_matches
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_home import view_home
from mindspa.services.view_infusion_day import infusion_day
from mindspa.services.view_worklist import view_worklist
from mindspa.settings import Settings
from mindspa.storage.demo_file import put_in_place
from tests import factories
from tests.conftest import NOW

SUNDAY_NIGHT = datetime(2026, 3, 8, 7, 20, tzinfo=UTC)  # the clocks went forward an hour ago


def settings_for(path: Path) -> Settings:
    return Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{path}"})


def opened(path: Path, now: datetime) -> bootstrap.Runtime:
    return bootstrap.start(settings_for(path), clock=lambda: now)


@pytest.fixture(scope="module")
def demo(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[bootstrap.Runtime]:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(demo_file, path)
    runtime = opened(path, NOW)
    yield runtime
    runtime.database.dispose()


@pytest.fixture
def work(demo: bootstrap.Runtime) -> Iterator[UnitOfWork]:
    with demo.reading(operator(demo.accounts.clinics()[0].id)) as work:
        yield work


def account(runtime: bootstrap.Runtime, login: str) -> Actor:
    clinic = runtime.accounts.clinics()[0]
    (person,) = (p for p in runtime.accounts.people_of(clinic.id) if p.login == login)
    return Actor(person.id, person.clinic_id, person.name, person.roles, person.patient_id)


def states_missing(work: UnitOfWork) -> set[str]:
    """Of what a visitor should find on the list whatever the hour."""
    entries = follow_up_list(work)
    found_cells = [item for entry in entries for item in entry.row.cells.items()]
    cells = [(code, cell.status(now=work.now)) for code, cell in found_cells]
    hours = [cell.hours for _, cell in found_cells if cell.hours]
    found = {need.name for need in (entry.need for entry in entries)}
    found |= {f"{code} {status}" for code, status in cells}
    found |= {"overdue"} if any(entry.overdue for entry in entries) else set()
    found |= {"new since review"} if any(e.row.new_since_review for e in entries) else set()
    found |= {"after 72 h"} if any(hour > 72 for hour in hours) else set()
    wanted = {need.name for need in Need} | {"overdue", "new since review", "after 72 h"}
    for code in ("24h", "48h", "72h"):
        wanted |= {f"{code} {OccasionStatus.OPEN}", f"{code} {OccasionStatus.DONE}"}
    wanted |= {f"24h {OccasionStatus.MISSED}", f"pre_infusion {OccasionStatus.MISSED}"}
    return wanted - found


def test_somebody_is_in_every_state_now(work: UnitOfWork) -> None:
    assert states_missing(work) == set()


def test_whatever_the_hour(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    build(settings_for(path), seed=1, now=SUNDAY_NIGHT, people=len(SCENES))
    runtime = opened(path, SUNDAY_NIGHT)
    with runtime.reading(operator(runtime.accounts.clinics()[0].id)) as work:
        assert states_missing(work) == set()
    runtime.database.dispose()


def test_alerts_calls_and_check_ins(work: UnitOfWork) -> None:
    patients = work.records.patients.all()
    alerts = work.records.alerts.of_many(patient.id for patient in patients)
    states = {(alert.tier, alert.state) for alert in alerts}
    assert states == {(tier, state) for tier in Tier for state in AlertState}
    asked = [one.wish for p in patients for one in work.records.alerts.wishes_of(p.id)]
    assert sorted(asked) == [Wish.BOOSTER, Wish.CALL]
    started = [c for p in patients for c in work.records.check_ins.open_of(p.id)]
    assert [c.state for c in started] == [CheckInState.OPEN]


def test_two_versions_of_the_protocol(work: UnitOfWork) -> None:
    """What was planned under the first stays so."""
    (second,) = work.records.protocols.signed()
    assert (second.number, second.choices.weekly_day) == (2, 8)
    found: Counter[int] = Counter()
    for patient in work.records.patients.all():
        found.update(work.records.treatment.protocol_versions_of(patient.id).values())
    assert set(found) == {1, 2}
    assert min(found.values()) > 500


def test_answers_were_corrected_by_both_and_one_was_misfiled(work: UnitOfWork) -> None:
    check_ins = work.records.check_ins
    forms = [form for p in work.records.patients.all() for form in check_ins.forms_of(p.id)]
    corrected = [form.reason for form in forms if form.corrected and form.moved_to is None]
    assert sorted(map(str, corrected)) == ["None", "Tapped the line below"]
    (away,), (here,) = (
        [form for form in forms if form.moved_to],
        [form for form in forms if form.moved_from],
    )
    assert (away.moved_to, here.moved_from) == (here.patient_id, away.patient_id)


def test_patients_of_every_kind(work: UnitOfWork) -> None:
    patients = work.records.patients.all()
    assert len(patients) == 64
    assert all(" Demo-" in patient.name for patient in patients), "nobody can be taken for real"
    assert {p.status for p in patients} == {PatientStatus.ACTIVE, PatientStatus.PAUSED}
    treatment = work.records.treatment
    by_patient = {p.id: [c.phase for c in treatment.courses_of(p.id)] for p in patients}
    assert [] in by_patient.values(), "somebody is new"
    assert any(Phase.MAINTENANCE in phases for phases in by_patient.values())
    assert any(phases.count(Phase.INDUCTION) > 1 for phases in by_patient.values())
    forms = [form for p in patients for form in work.records.check_ins.forms_of(p.id)]
    assert {form.instrument for form in forms} == {"phq9", "gad7", "pcl5", "pulse", "madrs"}
    assert {form.mode for form in forms} == {Mode.REMOTE, Mode.BY_PHONE, Mode.IN_PERSON}
    assert {p.intake for p in patients} == set(Status), "somebody in every state"
    assert all(p.phone for p in patients)
    contacts = [c for p in patients for c in work.records.contacts.last_of(p.id)]
    assert {contact.outcome for contact in contacts} == {Reached.REACHED, Reached.MESSAGE_LEFT}


def test_other_treatment_of_each_kind_and_from_both_sides(work: UnitOfWork) -> None:
    stand = [
        a for p in work.records.patients.all() for a in standing(work.records.adjuncts.of(p.id))
    ]
    assert {adjunct.kind for adjunct in stand} == set(AdjunctKind)
    assert {(a.told_by_patient, a.once) for a in stand} == {(True, True), (False, False)}
    goes_on = {a.ended_on is None for a in stand if not a.once}
    assert goes_on == {True, False}


def test_the_worklist_has_somebody_to_phone(work: UnitOfWork) -> None:
    view = view_worklist(work)
    stands = {wanted.standing for row in view.rows for wanted in row.wanted}
    assert stands >= {Standing.DUE, Standing.OPEN, Standing.MISSED}
    assert any(row.silent_since and row.last_contact for row in view.rows)


def test_the_counts_are_those_of_the_lists(work: UnitOfWork) -> None:
    home, day = view_home(work), infusion_day(work)
    assert home.infusions == len(day.rows) > 0
    assert home.follow_up == len(follow_up_list(work)) > 0
    assert home.waited_for == len(view_worklist(work).rows) > 0


def test_the_clocks_change_in_a_follow_up_window(work: UnitOfWork) -> None:
    infusions = [
        infusion
        for patient in work.records.patients.all()
        for infusion in work.records.treatment.infusions_of(patient.id)
    ]
    ends = [infusion.ends_at.astimezone(ZONE) for infusion in infusions if infusion.treated]
    assert any(
        end.utcoffset() != (end.astimezone(UTC) + timedelta(hours=72)).astimezone(ZONE).utcoffset()
        for end in ends
    )


def test_about_three_of_four_check_ins_are_answered(work: UnitOfWork) -> None:
    patients = [patient.id for patient in work.records.patients.all()]
    occasions = [o for p in patients for o in work.records.treatment.occasions_of(p)]
    forms = [form for p in patients for form in work.records.check_ins.forms_of(p)]
    answers = answers_for(occasions, forms)
    over = [o for o in occasions if "pulse" in o.forms and o.asked and o.closes_at < work.now]
    answered = sum("pulse" in answers[occasion.key] for occasion in over)
    assert 0.65 < answered / len(over) < 0.85


def test_the_shown_accounts(demo: bootstrap.Runtime) -> None:
    assert demo.demo_accounts() == demo_accounts.ACCOUNTS
    assert password_matches(demo_accounts.PASSWORD, demo_accounts.HASH)
    roles = {a.login: account(demo, a.login).roles for a in demo_accounts.ACCOUNTS}
    assert roles == {a.login: frozenset({a.role}) for a in demo_accounts.ACCOUNTS}
    with demo.reading(account(demo, demo_accounts.DUE_NOW.login)) as work:
        due = today(work).due
        assert due is not None
        assert due.forms[0] == "pulse"
        assert [occasion.code for occasion in due.occasions][:1] == ["24h"]
    with demo.reading(account(demo, demo_accounts.MID_COURSE.login)) as work:
        assert len(work.records.check_ins.forms_of(work.own_patient_id())) > 5


def test_no_account_is_shown_beside_a_real_clinic(runtime: bootstrap.Runtime) -> None:
    assert runtime.demo_accounts() == ()
    clinic = factories.a_clinic(runtime)
    assert runtime.demo_accounts() == ()
    runtime.accounts.mark_demo(clinic.id, built_at=NOW)
    assert runtime.demo_accounts() == demo_accounts.ACCOUNTS
    factories.a_clinic(runtime, "another")
    assert runtime.demo_accounts() == ()


# Building


def rows(path: Path) -> dict[str, list[str]]:
    connection = sqlite3.connect(path)
    names = [
        n
        for (n,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    ]
    found = {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}  # noqa: S608
    connection.close()
    return found


def test_the_same_for_the_same_seed_and_instant(tmp_path: Path) -> None:
    first, again, other = (tmp_path / name for name in ("first.db", "again.db", "other.db"))
    build(settings_for(first), seed=1, now=NOW, people=2)
    build(settings_for(again), seed=1, now=NOW, people=2)
    build(settings_for(other), seed=2, now=NOW, people=1)
    assert rows(first) == rows(again)
    assert rows(first)["stored_forms"] != rows(other)["stored_forms"]


def test_fresh_for_twelve_hours(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "demo.db")
    assert look(settings, now=NOW) is Found.NOTHING
    build(settings, seed=1, now=NOW, people=1)
    for now, found in (
        (NOW, Found.FRESH_DEMO),
        (NOW + timedelta(hours=11, minutes=59), Found.FRESH_DEMO),
        (NOW + timedelta(hours=12), Found.OLD_DEMO),
        (NOW - timedelta(minutes=1), Found.OLD_DEMO),
    ):
        assert look(settings, now=now) is found, now


def test_replaces_an_old_demo_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "demo.db")
    build(settings, seed=1, now=NOW - timedelta(days=1), people=1)
    build(settings, seed=1, now=NOW, people=1)
    assert [path.name for path in tmp_path.iterdir()] == ["demo.db"]
    assert look(settings, now=NOW) is Found.FRESH_DEMO


def test_refuses_a_database_in_use_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    build(settings_for(path), seed=1, now=NOW, people=1)
    before = rows(path)
    server = opened(path, NOW)
    with pytest.raises(DatabaseUnusable, match="in use"):
        build(settings_for(path), seed=2, now=NOW, people=1)
    server.database.dispose()
    assert rows(path) == before


def settings_of(runtime: bootstrap.Runtime) -> Settings:
    url = runtime.database.url.set(drivername=runtime.database.url.get_backend_name())
    return Settings.load({"MINDSPA_DATABASE_URL": url.render_as_string(hide_password=False)})


def test_never_touches_a_real_clinic(runtime: bootstrap.Runtime) -> None:
    clinic = factories.a_clinic(runtime)
    factories.a_patient(runtime, clinic)
    assert look(settings_of(runtime), now=NOW) is Found.REAL_CLINIC
    with pytest.raises(DatabaseUnusable, match="is no demo"):
        build(settings_of(runtime), seed=1, now=NOW, people=1)
    assert [c.id for c in runtime.accounts.clinics()] == [clinic.id]
    with runtime.reading(operator(clinic.id)) as work:
        assert len(work.records.patients.all()) == 1


def test_a_real_clinic_that_began_during_the_build_is_kept(tmp_path: Path) -> None:
    built, target = tmp_path / "built.db", tmp_path / "demo.db"
    build(settings_for(built), seed=1, now=NOW, people=1)
    runtime = opened(target, NOW)
    clinic = factories.a_clinic(runtime)
    runtime.database.dispose()
    with pytest.raises(DatabaseUnusable, match="is no demo"):
        put_in_place(built, target)
    runtime = opened(target, NOW)
    assert [c.id for c in runtime.accounts.clinics()] == [clinic.id]
    runtime.database.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_into_an_empty_postgresql_only(runtime: bootstrap.Runtime) -> None:
    build(settings_of(runtime), seed=1, now=NOW, people=1)
    assert look(settings_of(runtime), now=NOW) is Found.FRESH_DEMO
    with pytest.raises(DatabaseUnusable, match="empty database"):
        build(settings_of(runtime), seed=1, now=NOW, people=1)
