"""Answers of other people's studies: stored once, with what they raise, and nothing made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Actor, Role, operator
from mindspa.domain.check_ins import Mode, StoredForm
from mindspa.domain.errors import NotPermitted
from mindspa.domain.outcomes import Progress
from mindspa.domain.safety import Alert, Tier
from mindspa.domain.treatment import Clinic, InfusionStatus, Patient, Substance
from mindspa.exchange.answer_rows import ReadAnswers, read_answers
from mindspa.exchange.csv_tables import open_table
from mindspa.exchange.mapping import read_mapping
from mindspa.services.import_answers import Imported, import_person
from mindspa.services.register_patient import register_patient
from mindspa.services.summarise_patient import read_summaries
from mindspa.services.view_progress import view_progress
from tests.conftest import NOW, Clock
from tests.factories import a_clinic, staff

GAD7 = """
source = "study"
person = "id"
born_on = "birth"
answered_at = "at"
[instruments.gad7]
items = ["1", "2", "3", "4", "5", "6", "7"]
"""
PHQ9 = """
source = "study"
person = "id"
answered_at = "at"
missing = [7]
[instruments.phq9]
items = ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
"""
CROSSOVER = """
source = "study"
person = "id"
event = "session"
day_zero = {}
missing = ["n/a"]
[events]
b0 = -2
d2 = {{ after = "d", days = 2 }}
d10 = {{ after = "d", days = 10 }}
p2 = {{ after = "p", days = 2 }}
p10 = {{ after = "p", days = 10 }}
[instruments.madrs]
total = "madrs"
[infusions]
file = "infusions.csv"
columns = ["one", "two"]
days = [0, 14]
kinds = {{ d = "ketamine", p = "placebo" }}
"""
CALM = "1,1,1,1,1,1,1,1,0"


@dataclass
class Study:
    """A folder of tables and the clinic that they are imported into."""

    runtime: Runtime
    clinic: Clinic
    folder: Path

    def reads(
        self, mapping: str, rows: Sequence[str], infusions: Sequence[str] = ()
    ) -> ReadAnswers:
        (self.folder / "map.toml").write_text(mapping, encoding="utf-8")
        (self.folder / "answers.csv").write_text("\n".join(rows), encoding="utf-8")
        (self.folder / "infusions.csv").write_text("\n".join(["id,one,two", *infusions]))
        definitions = self.runtime.definitions
        with (
            open_table(self.folder / "answers.csv") as table,
            open_table(self.folder / "infusions.csv") as given,
        ):
            return read_answers(
                read_mapping(self.folder / "map.toml", definitions.instruments),
                table,
                given,
                instruments=definitions.instruments,
                rules=definitions.safety,
                zone=ZoneInfo(self.clinic.zone),
                now=self.runtime.clock(),
            )

    def stores(
        self, read: ReadAnswers, *, actor: Actor | None = None, refused: int = 0
    ) -> Imported:
        assert len(read.rejects) == refused
        total = Imported()
        for person in read.people:
            with self.runtime.unit_of_work(actor or operator(self.clinic.id)) as work:
                total.add(import_person(work, person, source="study", file="answers.csv"))
        return total

    def phq9(self, *rows: str, refused: int = 0) -> Imported:
        read = self.reads(PHQ9, ["id,at,1,2,3,4,5,6,7,8,9", *rows])
        return self.stores(read, refused=refused)

    def crossover(self, *rows: str, infusions: Sequence[str], day_zero: date) -> Imported:
        mapping = CROSSOVER.format(day_zero.isoformat())
        return self.stores(self.reads(mapping, ["id,session,madrs", *rows], infusions))

    def patient(self, source_id: str = "a") -> Patient:
        with self.runtime.reading(operator(self.clinic.id)) as work:
            found = work.records.patients.from_source("study", source_id)
        assert found is not None
        return found

    def forms(self, source_id: str = "a") -> list[StoredForm]:
        with self.runtime.reading(operator(self.clinic.id)) as work:
            return work.records.check_ins.forms_of(self.patient(source_id).id)

    def alerts(self, source_id: str = "a") -> list[Alert]:
        with self.runtime.reading(operator(self.clinic.id)) as work:
            return work.records.alerts.of_many([self.patient(source_id).id])

    def progress(self, source_id: str = "a") -> Progress:
        with self.runtime.reading(operator(self.clinic.id)) as work:
            return view_progress(work, self.patient(source_id).id)


@pytest.fixture
def study(runtime: Runtime, tmp_path: Path) -> Study:
    return Study(runtime, a_clinic(runtime), tmp_path)


def at(instant: datetime) -> str:
    return instant.isoformat()


def test_a_person_and_what_is_known_of_their_form(study: Study) -> None:
    rows = ["id,birth,at,1,2,3,4,5,6,7", "a,1980-01-31,2018-03-05,1,1,1,1,1,1,1"]
    result = study.stores(study.reads(GAD7, rows))
    assert (result.people, result.new_people, result.forms) == (1, 1, 1)
    patient = study.patient()
    assert (patient.name, patient.born_on) == ("Person a (study)", date(1980, 1, 31))
    (form,) = study.forms()
    assert (form.instrument, form.total, form.answers["7"]) == ("gad7", 7, 1)
    assert (form.mode, form.source, form.entered_by) == (Mode.IMPORTED, "study", "operator")
    assert (form.answered_at, form.date_only) == (datetime(2018, 3, 5, 17, tzinfo=UTC), True)
    assert (form.saved_at, form.version, form.opened_at) == (NOW, 1, None)


def test_running_twice_adds_nothing_and_writes_nothing(study: Study, clock: Clock) -> None:
    rows = [f"a,2018-03-05,{CALM}", "a,2018-03-12,1,1,1,1,1,1,1,1,3", f"b,2018-03-05,{CALM}"]
    study.phq9(*rows)
    before = (study.patient(), study.forms(), study.alerts())
    clock.forward(days=1)
    again = study.phq9(*rows)
    assert (again.people, again.known_forms, again.rejects) == (2, 3, [])
    assert (again.new_people, again.forms, again.alerts, again.historic) == (0, 0, 0, 0)
    assert (study.patient(), study.forms(), study.alerts()) == before


def test_a_further_row_of_a_known_person_is_added(study: Study) -> None:
    study.phq9(f"a,2018-03-05,{CALM}")
    again = study.phq9(f"a,2018-03-05,{CALM}", f"a,2018-03-12,{CALM}")
    assert (again.new_people, again.forms, again.known_forms) == (0, 1, 1)
    assert len(study.forms()) == 2


@pytest.mark.parametrize(
    "cells, column, value",
    [
        ("1,1,1,2,1,1,1,1,0", "4", "2"),
        ("1,1,1,,1,1,1,1,0", "4", ""),
        ("1,1,1,1,1,1,1,1,3", "9", "3"),
    ],
)
def test_a_row_that_changed_is_told_and_what_is_stored_stays(
    study: Study, cells: str, column: str, value: str
) -> None:
    study.phq9(f"a,2018-03-05,{CALM}")
    before = study.forms()
    again = study.phq9(f"a,2018-03-05,{cells}")
    assert study.forms() == before
    (reject,) = again.rejects
    assert (reject.line, reject.person, reject.field, reject.value) == (2, "a", column, value)
    assert reject.urgent is (cells[-1] == "3")


def test_a_total_and_a_day_that_changed_are_told(study: Study) -> None:
    study.crossover("a,b0,30", infusions=["a,d,"], day_zero=date(2012, 1, 16))
    again = study.crossover("a,b0,31", infusions=["a,d,"], day_zero=date(2012, 1, 16))
    assert [(r.field, r.value) for r in again.rejects] == [("madrs", "31")]
    moved = study.crossover("a,b0,30", infusions=["a,d,"], day_zero=date(2012, 1, 17))
    assert [(r.field, r.value) for r in moved.rejects] == [("one", "d"), ("session", "b0")]
    assert len(study.forms()) == 1


def test_answers_from_before_birth(study: Study) -> None:
    """Also where the birth is known here and not in the file."""
    with study.runtime.unit_of_work(operator(study.clinic.id)) as work:
        for name in ("a", "b"):
            register_patient(
                work, name=name, born_on=date(2018, 3, 6), source="study", source_id=name
            )
    result = study.phq9(f"a,2018-03-05,{CALM}", f"b,2018-03-06,{CALM}")
    assert [(r.person, r.field, r.value) for r in result.rejects] == [("a", "at", "2018-03-05")]
    assert (study.forms("a"), len(study.forms("b"))) == ([], 1)


def test_an_administrator_imports_people_who_are_new(study: Study) -> None:
    read = study.reads(PHQ9, ["id,at,1,2,3,4,5,6,7,8,9", f"a,2018-03-05,{CALM}"])
    administrator = staff(study.runtime, study.clinic, Role.ADMINISTRATOR)
    assert study.stores(read, actor=administrator).new_people == 1


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(["a,2018-03-05,9,1,1,1,1,1,1,1,3"], id="a wrong cell"),
        pytest.param([f"a,2018-03-05,{CALM}", "a,2018-03-05,1,1,1,1,1,1,1,1,3"], id="rows differ"),
    ],
)
def test_a_form_that_is_left_out_still_raises_its_alert(study: Study, rows: list[str]) -> None:
    for _ in range(2):
        result = study.phq9(*rows, refused=len(rows))
        assert result.forms == 0
        assert [(a.rule, a.item, a.value) for a in study.alerts()] == [("phq9_item9", "9", 3)]


def test_a_changed_row_raises_its_alert_though_what_is_stored_stays(study: Study) -> None:
    study.phq9(f"a,2018-03-05,{CALM}")
    study.phq9("a,2018-03-05,1,1,1,1,1,1,1,1,3")
    assert [(a.item, a.value) for a in study.alerts() if a.item] == [("9", 3)]


# --- Alerts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "age, historic",
    [(timedelta(days=14), False), (timedelta(days=14, seconds=1), True)],
)
@pytest.mark.parametrize("answer, tier", [(1, Tier.SAME_DAY), (2, Tier.IMMEDIATE)])
def test_a_positive_answer_raises_an_alert_with_or_without_a_clock(
    study: Study, age: timedelta, historic: bool, answer: int, tier: Tier
) -> None:
    """Whatever the total: this form has none."""
    result = study.phq9(f"a,{at(NOW - age)},0,0,0,0,0,0,0,7,{answer}")
    (alert,) = study.alerts()
    (form,) = study.forms()
    assert (alert.rule, alert.tier, alert.value) == ("phq9_item9", tier, answer)
    assert (alert.form_id, alert.source, alert.historic) == (form.id, "study", historic)
    assert (alert.answered_at, alert.raised_at) == (NOW - age, NOW)
    assert (result.alerts, result.historic) == ((0, 1) if historic else (1, 0))
    with study.runtime.reading(operator(study.clinic.id)) as work:
        assert read_summaries(work)[study.patient().id].open_alerts == (0 if historic else 1)


def test_a_rise_is_measured_in_order_of_answering(study: Study) -> None:
    """Whatever the order of the rows; an unanswered item makes no form to compare with."""
    study.phq9(
        "a,2018-03-19,2,2,2,2,2,2,2,0,0",
        "a,2018-03-12,0,0,0,0,0,0,0,0,",
        "a,2018-03-05,1,1,1,1,1,1,1,1,0",
    )
    found = {(alert.rule, alert.value, alert.answered_at.date()) for alert in study.alerts()}
    assert found == {("phq9_rise", 6, date(2018, 3, 19))}


# --- Infusions -----------------------------------------------------------------------------------


def test_infusions_of_a_study_claim_no_more_than_its_days(study: Study) -> None:
    study.crossover("a,b0,30", infusions=["a,p,d"], day_zero=date(2012, 1, 16))
    with study.runtime.reading(operator(study.clinic.id)) as work:
        patient_id = study.patient().id
        (course,) = work.records.treatment.courses_of(patient_id)
        placebo, ketamine = work.records.treatment.infusions_of(patient_id)
        occasions = work.records.treatment.occasions_of(patient_id)
        summary = read_summaries(work)[patient_id]
    noon = datetime(2012, 1, 16, 17, tzinfo=UTC)
    assert [placebo.planned_at, ketamine.planned_at] == [noon, noon + timedelta(days=14)]
    assert (placebo.substance, ketamine.substance) == (Substance.PLACEBO, Substance.KETAMINE)
    for infusion in (placebo, ketamine):
        assert (infusion.status, infusion.date_only) == (InfusionStatus.GIVEN, True)
        assert (infusion.started_at, infusion.ended_at, infusion.dose_mg) == (None, None, None)
        assert not infusion.forgotten(now=NOW)
    assert (placebo.treated, ketamine.treated) == (False, True)
    assert course.started_at == noon
    assert course.ended_at is not None
    # Nobody is asked about what is long over, and no list waits for it.
    assert occasions == []
    assert (summary.treated, summary.awaited, summary.reviews_due) == (1, (), ())


def test_a_treatment_that_goes_on_is_followed(study: Study) -> None:
    study.crossover("a,b0,30", infusions=["a,d,"], day_zero=(NOW - timedelta(days=3)).date())
    with study.runtime.reading(operator(study.clinic.id)) as work:
        (course,) = work.records.treatment.courses_of(study.patient().id)
        codes = {o.code for o in work.records.treatment.occasions_of(study.patient().id)}
    assert course.ended_at is None
    assert {"24h", "48h", "72h", "weekly-1"} <= codes


def test_infusions_are_stored_once_and_stay(study: Study) -> None:
    day_zero = date(2012, 1, 16)
    first = study.crossover("a,b0,30", infusions=["a,d,"], day_zero=day_zero)
    again = study.crossover("a,b0,30", infusions=["a,d,"], day_zero=day_zero)
    other = study.crossover("a,b0,30", infusions=["a,d,p"], day_zero=day_zero)
    assert (first.infusions, again.infusions, again.rejects) == (1, 0, [])
    (reject,) = other.rejects
    assert (reject.file, reject.line, reject.person) == ("infusions.csv", 2, "a")
    assert (reject.field, reject.value) == ("two", "p")
    with study.runtime.reading(operator(study.clinic.id)) as work:
        assert len(work.records.treatment.infusions_of(study.patient().id)) == 1


def test_a_missing_rating_is_a_gap_and_controls_near_0_give_no_percentage(study: Study) -> None:
    study.crossover(
        *("a,b0,30", "a,d2,n/a", "a,d10,20", "a,p2,22"),
        *("b,b0,0", "b,d2,1"),
        infusions=["a,d,p", "b,d,"],
        day_zero=date(2012, 1, 16),
    )
    progress = study.progress("a")
    points = progress.series["madrs"].points
    assert [(point.total, point.breaks_line) for point in points] == [
        (30, False),
        (20, True),
        (22, False),
    ]
    assert [form.answered_at.date() for form in progress.incomplete] == [date(2012, 1, 18)]
    for person, change in (("a", -8), ("b", 1)):
        found = study.progress(person).series["madrs"].change
        assert found is not None
        assert (found.points, found.percent_fall) == (change, None)


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.CARE_TEAM])
def test_only_who_may_import_imports(study: Study, role: Role) -> None:
    read = study.reads(PHQ9, ["id,at,1,2,3,4,5,6,7,8,9", f"a,2018-03-05,{CALM}"])
    with pytest.raises(NotPermitted):
        study.stores(read, actor=staff(study.runtime, study.clinic, role))
    with study.runtime.reading(operator(study.clinic.id)) as work:
        assert work.records.patients.all() == []
