"""What must hold of a clinic's records whatever happened to the program that wrote them."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text
from sqlmodel import SQLModel

from mindspa.bootstrap import Runtime
from mindspa.domain.access import operator
from mindspa.services.summarise_patient import read_summaries, summarise
from mindspa.storage import schema
from mindspa.storage.database import Database

# The audit trail has one event for each of these, and none besides.
_ONE_EVENT_EACH = {
    "check_in.opened": "SELECT count(*) FROM check_ins",
    "check_in.sent": "SELECT count(*) FROM check_ins WHERE state = 'sent'",
    "answer.given": "SELECT count(*) FROM given_answers WHERE revision = 1",
    "answer.changed": "SELECT count(*) FROM given_answers WHERE revision > 1",
    "form.stored": "SELECT count(*) FROM stored_forms WHERE check_in_id IS NOT NULL",
    "alert.raised": "SELECT count(*) FROM alerts",
    "call.asked": "SELECT count(*) FROM contact_requests WHERE wish = 'call'",
    "booster.asked": "SELECT count(*) FROM contact_requests WHERE wish = 'booster'",
}


def rows(database: Database, query: str, **values: object) -> list[Any]:
    with database.reading() as session:
        return list(session.execute(text(query), values))


def count(database: Database, query: str, **values: object) -> int:
    return int(rows(database, query, **values)[0][0])


def all_rows(database: Database) -> Mapping[str, Counter[str]]:
    """Every row of every table: what is equal was not written meanwhile. But for the version of a
    patient's record, which also counts what changed nothing."""
    with database.reading() as session:
        return {
            table.name: Counter(
                repr(row)
                for row in session.execute(
                    select(*(column for column in table.c if column.name != "record_version"))
                )
            )
            for table in SQLModel.metadata.sorted_tables
        }


def assert_sound(runtime: Runtime, *, answered_after_sending: bool = False) -> None:
    """What comes after sending is kept and belongs to no form."""
    database = runtime.database
    assert schema.differences(database) == []
    if database.is_sqlite:
        assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    for what, query in _ONE_EVENT_EACH.items():
        events = count(database, "SELECT count(*) FROM audit_events WHERE what = :w", w=what)
        assert events == count(database, query), what
    _each_sent_check_in_has_exactly_its_forms(database, whole=not answered_after_sending)
    _answers_are_numbered_without_gaps(database)
    _what_was_chosen_about_safety_has_its_alert(database)
    for clinic in runtime.accounts.clinics():
        with runtime.reading(operator(clinic.id)) as work:
            for patient_id, stored in read_summaries(work).items():
                assert stored == summarise(work, patient_id)


def _each_sent_check_in_has_exactly_its_forms(database: Database, *, whole: bool) -> None:
    given = rows(
        database,
        "SELECT check_in_id, instrument, item, value FROM given_answers ORDER BY revision",
    )
    latest = {(check_in, form, item): value for check_in, form, item, value in given}
    wanted: dict[tuple[str, str], dict[str, int]] = {}
    for (check_in,) in rows(database, "SELECT id FROM check_ins WHERE state = 'sent'"):
        for (of, form, item), value in latest.items():
            if of == check_in:
                wanted.setdefault((check_in, form), {})[item] = value
    stored = rows(
        database,
        "SELECT check_in_id, instrument, answers FROM stored_forms WHERE check_in_id IS NOT NULL",
    )
    assert sorted((check_in, form) for check_in, form, _ in stored) == sorted(wanted)
    for check_in, form, answers in stored:
        held = json.loads(answers) if isinstance(answers, str) else answers
        assert not whole or held == wanted[check_in, form]


def _answers_are_numbered_without_gaps(database: Database) -> None:
    assert (
        rows(
            database,
            "SELECT check_in_id, item FROM given_answers GROUP BY check_in_id, instrument, item"
            " HAVING max(revision) <> count(*)",
        )
        == []
    )


def _what_was_chosen_about_safety_has_its_alert(database: Database) -> None:
    without = rows(
        database,
        "SELECT check_in_id FROM given_answers g WHERE"
        " ((instrument = 'pulse' AND item = 'safety') OR (instrument = 'phq9' AND item = '9'))"
        " AND value > 0 AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.origin = g.check_in_id"
        " AND a.item = g.item AND a.value = g.value)",
    )
    assert without == []
