"""Counts published data sets again, without the program: what should be in the database is worked
out from the files alone, and compared with what is in its tables, row by row."""

import csv
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")  # of the clinic that the data sets are loaded into
SAFETY_ITEM = "9"  # of the PHQ-9

Row = Mapping[str, str]
Answers = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Form:
    person: str
    instrument: str
    at: int  # microseconds since 1970, as the tables have it
    answers: Answers
    total: int | None


@dataclass(frozen=True)
class Infusion:
    person: str
    at: int
    substance: str


@dataclass
class Contents:
    people: set[str] = field(default_factory=set)
    forms: set[Form] = field(default_factory=set)
    infusions: set[Infusion] = field(default_factory=set)
    alerts: set[tuple[str, int, int]] = field(default_factory=set)  # person, time, answer


def noon(day: date) -> int:
    return int(datetime.combine(day, time(12), tzinfo=ZONE).timestamp()) * 1_000_000


def rows_of(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")


# What the files say


def form(person: str, instrument: str, day: date, columns: Sequence[str], row: Row) -> Form | None:
    """From items of 0 to 3 (PCL-5: 4), any other code being no answer; None where all are blank.
    A column beyond the scored ones is the question about difficulty."""
    scored, most = {"phq9": (9, 3), "gad7": (7, 3), "pcl5": (20, 4)}[instrument]
    if not any(row[column] for column in columns):
        return None
    answers = {}
    for number, column in enumerate(columns, start=1):
        if row[column].isdigit() and int(row[column]) <= most:
            answers[str(number) if number <= scored else "difficulty"] = int(row[column])
    given = [value for item, value in answers.items() if item != "difficulty"]
    total = sum(given) if len(given) == scored else None
    return Form(person, instrument, noon(day), tuple(sorted(answers.items())), total)


def numbered(pattern: str, count: int) -> list[str]:
    return [pattern.format(number) for number in range(1, count + 1)]


def forbes(folder: Path) -> Contents:
    found = Contents()
    for row in rows_of(folder / "two_waves_redcap_style.csv"):
        day = date.fromisoformat(row["assessment_date"])
        phq9 = form(row["record_id"], "phq9", day, numbered("phq9_{}", 9), row)
        gad7 = form(row["record_id"], "gad7", day, numbered("gad7_{}", 7), row)
        add(found, row["record_id"], phq9, gad7)
    return found


def nhanes(folder: Path) -> Contents:
    found = Contents()
    for row in rows_of(folder / "dpq_2017_2018.csv"):
        columns = [f"DPQ{number:02}0" for number in range(1, 11)]
        add(found, row["SEQN"], form(row["SEQN"], "phq9", date(2018, 1, 1), columns, row))
    return found


def nivlab(folder: Path) -> Contents:
    found = Contents()
    for row in rows_of(folder / "gad7.csv"):
        columns = numbered("gad7_q0{}", 7)
        add(found, row["subject"], form(row["subject"], "gad7", date(2021, 1, 1), columns, row))
    return found


def armour(folder: Path) -> Contents:
    found = Contents()
    for row in rows_of(folder / "pcl5.csv"):
        person, columns = row["record_id"], numbered("pcl5_{}", 20)
        add(found, person, form(person, "pcl5", date(2017, 1, 1), columns, row))
    return found


def volunteers(folder: Path) -> Contents:
    found = Contents()
    after = {"baseline": 0, "re-evaluation": 365, "online follow-up": 730}
    columns = [
        *("NERVOUS", "ANXIETY_WORRY", "WORRY", "RELAX", "RESTLESS", "IRRITATED", "AFRAID"),
        "ANXIETY_DIFFICULTY",
    ]
    for row in rows_of(folder / "gad7.tsv"):
        day = date(2017, 1, 2) + timedelta(after[row["visit"]])
        person = row["participant_id"]
        add(found, person, form(person, "gad7", day, columns, row))
    return found


def ketamine(folder: Path) -> Contents:
    found = Contents()
    day_zero = date(2012, 1, 16)
    given: dict[tuple[str, str], date] = {}
    for row in rows_of(folder / "participants.tsv"):
        for column, days in (("infusion_1", 0), ("infusion_2", 14)):
            if row[column] != "n/a":
                day = day_zero + timedelta(days)
                given[row["participant_id"], row[column]] = day
                substance = {"d": "ketamine", "p": "placebo"}[row[column]]
                found.infusions.add(Infusion(row["participant_id"], noon(day), substance))
    for row in rows_of(folder / "ratings.tsv"):
        person, session = row["participant_id"], row["session_id"].removeprefix("ses-")
        if session == "b0":
            day = day_zero - timedelta(2)
        else:
            day = given[person, session[0]] + timedelta(int(session[1:]))
        for instrument, column in (("madrs", "MADRS_Total"), ("hamd17", "HAM17_Total")):
            total = None if row[column] == "n/a" else int(row[column])
            add(found, person, Form(person, instrument, noon(day), (), total))
    return found


def add(found: Contents, person: str, *forms: Form | None) -> None:
    found.people.add(person)
    for each in forms:
        if each is not None:
            found.forms.add(each)
            safety = dict(each.answers).get(SAFETY_ITEM, 0)
            if each.instrument == "phq9" and safety:
                found.alerts.add((person, each.at, safety))


DATA_SETS: Mapping[str, Callable[[Path], Contents]] = {
    "forbes-phq9-gad7-two-waves": forbes,
    "nhanes-phq9-2017-2018": nhanes,
    "nivlab-gad7-attention-item": nivlab,
    "armour-pcl5": armour,
    "nimh-volunteers-gad7": volunteers,
    "nimh-ketamine-crossover-madrs": ketamine,
}


# What the database holds


def stored(database: Path, source: str) -> Contents:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    of_source = "FROM patients p {} WHERE p.source = ?"

    def query(columns: str, join: str = "") -> list[tuple[str, ...]]:
        text = f"SELECT {columns} {of_source.format(join)}"
        return connection.execute(text, (source,)).fetchall()

    join = "JOIN {} t ON t.clinic_id = p.clinic_id AND t.patient_id = p.id"
    forms = query(
        "p.source_id, t.instrument, t.answered_at, t.answers, t.total", join.format("stored_forms")
    )
    infusions = query("p.source_id, t.planned_at, t.substance", join.format("infusions"))
    alerts = query("p.source_id, t.answered_at, t.value, t.rule, t.historic", join.format("alerts"))
    contents = Contents(
        people={person for (person,) in query("p.source_id")},
        forms={
            Form(person, instrument, int(at), tuple(sorted(json.loads(answers).items())), total)  # type: ignore[arg-type]
            for person, instrument, at, answers, total in forms
        },
        infusions={Infusion(person, int(at), substance) for person, at, substance in infusions},
        # Rises are a rule of the program; a positive safety answer is in the file.
        alerts={
            (person, int(at), int(value))
            for person, at, value, rule, historic in alerts
            if rule == "phq9_item9" and historic
        },
    )
    connection.close()
    # Two rows that are the same would hide one another in a set.
    assert len(contents.forms) == len(forms), "a form is stored twice"
    assert len(contents.infusions) == len(infusions), "an infusion is stored twice"
    return contents


def differences(data_set: str, folder: Path, database: Path) -> list[str]:
    expected, found = DATA_SETS[data_set](folder), stored(database, data_set)
    said = []
    for name in ("people", "forms", "infusions", "alerts"):
        wanted, there = getattr(expected, name), getattr(found, name)
        said += [f"{name}: not stored: {each}" for each in sorted(wanted - there, key=str)]
        said += [f"{name}: not in the file: {each}" for each in sorted(there - wanted, key=str)]
    return said


def main() -> int:
    data_set, folder, database = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    for line in (found := differences(data_set, folder, database)):
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
