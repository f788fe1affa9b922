"""The audit trail is searched by who answers for it; a patient reads what concerns their record."""

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator, worker
from mindspa.domain.alert_cases import Step
from mindspa.domain.audit import AuditEvent, AuditSearch, Kind
from mindspa.domain.contacts import Wish
from mindspa.domain.errors import InvalidInput, NotPermitted
from mindspa.domain.treatment import Clinic, Patient, PatientStatus
from mindspa.services import view_audit_trail
from mindspa.services.view_audit_trail import (
    Access,
    Act,
    OwnAccess,
    export_audit_trail,
    view_own_access,
    who_acted,
)
from mindspa.services.view_progress import view_progress
from mindspa.settings import PROJECT_ROOT
from mindspa.ui import audit_words
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, a_patient, account_of, staff

DAY = timedelta(days=1)
THIS_WEEK = AuditSearch(NOW - 6 * DAY, NOW + DAY)


@pytest.fixture
def patient(runtime: Runtime, clinic: Clinic) -> Patient:
    return a_patient(runtime, clinic, "Pat Example")


@pytest.fixture
def does(runtime: Runtime) -> Callable[..., None]:
    def done(actor: Actor, *what: str, about: str | None = None) -> None:
        for one in what:
            with runtime.unit_of_work(actor) as work:
                work.audit(one, about=about)

    return done


def found(
    runtime: Runtime, actor: Actor, search: AuditSearch = THIS_WEEK, *, most: int = 100
) -> list[str]:
    with runtime.reading(actor) as work:
        seen = view_audit_trail.view_audit_trail(work, search, most=most)
    return [event.what for event in seen.events if event.what.startswith("thing")]


def test_the_newest_first_and_no_more_than_is_asked_for(
    runtime: Runtime, administrator: Actor, nurse: Actor, does: Callable[..., None]
) -> None:
    does(nurse, "thing.one", "thing.two", "thing.three")
    assert found(runtime, administrator) == ["thing.three", "thing.two", "thing.one"]
    assert found(runtime, administrator, most=2) == ["thing.three", "thing.two"]
    with runtime.reading(administrator) as work:
        assert view_audit_trail.view_audit_trail(work, THIS_WEEK, most=2).more
        assert not view_audit_trail.view_audit_trail(work, THIS_WEEK, most=1000).more


def test_by_time_person_patient_and_kind(
    runtime: Runtime,
    clinic: Clinic,
    administrator: Actor,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
    does: Callable[..., None],
) -> None:
    does(nurse, "thing.seen", about=patient.id)
    clock.forward(hours=2)
    does(worker(clinic.id), "thing.late")

    def by(**given: object) -> list[str]:
        return found(runtime, administrator, AuditSearch(NOW - DAY, NOW + DAY, **given))  # type: ignore[arg-type]

    assert by() == ["thing.late", "thing.seen"]
    assert by(actor_id=nurse.id) == ["thing.seen"]
    assert by(about=patient.id) == ["thing.seen"]
    assert by(about="nobody") == []
    assert by(about="no id at all", actor_id="\x00") == []
    assert by(kind=Kind.CHANGE) == ["thing.late", "thing.seen"]
    assert by(kind=Kind.LOOK) == []
    assert found(runtime, administrator, AuditSearch(NOW - DAY, NOW + DAY / 24)) == ["thing.seen"]
    assert found(runtime, administrator, AuditSearch(NOW + DAY / 24, NOW + DAY)) == ["thing.late"]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("patient.viewed", Kind.LOOK),
        ("answers.exported", Kind.LOOK),
        ("patient.changed", Kind.CHANGE),
        ("form.stored", Kind.CHANGE),
        ("session.started", Kind.SIGN_IN),
        ("password.given", Kind.SIGN_IN),
        ("pin.set", Kind.SIGN_IN),
    ],
)
def test_each_is_of_one_kind(
    runtime: Runtime,
    administrator: Actor,
    nurse: Actor,
    does: Callable[..., None],
    what: str,
    kind: Kind,
) -> None:
    does(nurse, what)
    with runtime.reading(administrator) as work:
        for one in Kind:
            search = AuditSearch(NOW - DAY, NOW + DAY, nurse.id, kind=one)
            events = view_audit_trail.view_audit_trail(work, search, most=10).events
            assert (what in {event.what for event in events}) is (one is kind)


def test_of_the_own_clinic_and_for_administrators_alone(
    runtime: Runtime, administrator: Actor, nurse: Actor, does: Callable[..., None]
) -> None:
    other = a_clinic(runtime, "another")
    does(operator(other.id), "thing.there")
    does(nurse, "thing.here")
    assert found(runtime, administrator) == ["thing.here"]
    for actor in (nurse, staff(runtime, other, Role.CLINICIAN)):
        with runtime.reading(actor) as work:
            for act in (who_acted, lambda work: export_audit_trail(work, THIS_WEEK)):
                with pytest.raises(NotPermitted):
                    act(work)
        with pytest.raises(NotPermitted):
            found(runtime, actor)


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (NOW, NOW, "The last day is before the first"),
        (NOW, NOW - DAY, "The last day is before the first"),
        (NOW - 367 * DAY, NOW, "a year at most"),
    ],
)
def test_times_that_cannot_be_searched(
    runtime: Runtime, administrator: Actor, since: object, until: object, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        found(runtime, administrator, AuditSearch(since, until))  # type: ignore[arg-type]


def test_patients_are_named_to_those_who_may_see_them(
    runtime: Runtime, clinic: Clinic, administrator: Actor, nurse: Actor, patient: Patient
) -> None:
    pat = account_of(runtime, clinic, patient)
    with runtime.unit_of_work(pat) as work:
        work.audit("thing.done", about=patient.id)
    with runtime.reading(nurse) as work:
        view_progress(work, patient.id)
    both = replace(administrator, roles=frozenset({Role.ADMINISTRATOR, Role.CLINICIAN}))
    for actor, sees in ((administrator, False), (both, True)):
        with runtime.reading(actor) as work:
            seen = view_audit_trail.view_audit_trail(work, THIS_WEEK, most=100)
        assert seen.names[nurse.id] == nurse.name
        assert (patient.id in seen.names) is sees
        assert (pat.id in seen.names) is sees
        by = {audit_words.who(event, seen.names) for event in seen.events}
        assert ("A patient" in by) is not sees
        assert (pat.name in by) is sees


def test_a_file_is_whole_or_is_refused(
    runtime: Runtime,
    administrator: Actor,
    nurse: Actor,
    does: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    does(nurse, *(f"thing.{n}" for n in range(5)))
    with runtime.reading(administrator) as work:
        assert len(export_audit_trail(work, THIS_WEEK).events) > 5
    assert "audit_trail.exported" in {event.what for event in _all(runtime, administrator)}
    monkeypatch.setattr(view_audit_trail, "MOST_EXPORTED", 3)
    with (
        pytest.raises(InvalidInput, match="more than 3 entries"),
        runtime.reading(administrator) as work,
    ):
        export_audit_trail(work, THIS_WEEK)


def _all(runtime: Runtime, actor: Actor) -> list[AuditEvent]:
    with runtime.reading(actor) as work:
        return list(view_audit_trail.view_audit_trail(work, THIS_WEEK, most=1000).events)


def test_a_patient_reads_who_looked_at_their_record_and_wrote_in_it(
    runtime: Runtime,
    clinic: Clinic,
    nurse: Actor,
    patient: Patient,
    clock: Clock,
    does: Callable[..., None],
) -> None:
    other = a_patient(runtime, clinic, "Other")
    pat = account_of(runtime, clinic, patient)
    with runtime.unit_of_work(pat) as work:
        work.audit("thing.own", about=patient.id)
    for one in (patient, other):
        with runtime.reading(nurse) as work:
            view_progress(work, one.id)
    does(worker(clinic.id), "thing.planned", about=patient.id)
    clock.forward(days=1)
    does(nurse, "answers.exported", "thing.done", "thing.done", about=patient.id)
    does(nurse, "answers.exported", about=other.id)
    with runtime.reading(pat) as work:
        seen = view_own_access(work, most=100)
    today, before, care_team = date(2026, 6, 11), date(2026, 6, 10), frozenset({Role.CARE_TEAM})
    assert seen == OwnAccess(
        [
            Access(today, care_team, Act.WROTE),
            Access(today, care_team, Act.TOOK_A_FILE),
            Access(before, frozenset(), Act.WROTE),  # planned, and registered
            Access(before, care_team, Act.LOOKED),
        ],
        more=False,
    )
    with runtime.reading(pat) as work:
        assert view_own_access(work, most=2) == OwnAccess(seen.accesses[:2], more=True)


def test_the_own_record_of_a_year(
    runtime: Runtime, clinic: Clinic, nurse: Actor, patient: Patient, clock: Clock
) -> None:
    with runtime.reading(nurse) as work:
        view_progress(work, patient.id)
    pat = account_of(runtime, clinic, patient)
    clock.forward(days=367)
    with runtime.reading(pat) as work:
        assert view_own_access(work, most=100).accesses == []


def test_only_a_patient_has_an_own_record(runtime: Runtime, nurse: Actor) -> None:
    with pytest.raises(NotPermitted), runtime.reading(nurse) as work:
        view_own_access(work, most=1)


def test_everything_that_is_written_down_has_words() -> None:
    codes = {f"alert.{step}" for step in Step} | {f"patient.{status}" for status in PatientStatus}
    codes |= {f"{wish}.asked" for wish in Wish}
    codes |= {f"{wish}.answered" for wish in Wish if wish is not Wish.CALL}
    for path in (PROJECT_ROOT / "mindspa").rglob("*.py"):
        if "migrations" in path.parts or path.name == "audit_words.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "audit":
                codes |= {
                    part.value
                    for arg in node.args
                    for part in ast.walk(arg)
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and "." in part.value
                    and not part.value.startswith(".")
                    and not part.value.endswith(".")
                }
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                topic = node.value.partition(".")[0]
                if topic in ("adjunct", "answer") and node.value.count(".") == 1:
                    codes.add(node.value)
    codes.discard("alert.")
    assert codes - audit_words.WORDS.keys() == set()
    assert len(codes) > 80
