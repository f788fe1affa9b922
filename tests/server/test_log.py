"""Whatever fails in a running server, no value of a patient is in its log, nor on the screen."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.client import Tab
from tests.faults.patience import wait_until
from tests.server.breaks import NAME
from tests.server.conftest import CLINICIAN, PATIENT, Browse, Started, Visit

SORRY = "Something went wrong."


def references(shown: str) -> set[str]:
    return set(re.findall(r"this reference: ([0-9a-f]{8})", shown))


def fails(tab: Tab) -> str:
    """What the person sees of it."""
    (shown,) = [error for error in tab.errors() if SORRY in error]
    return shown


def test_page_fragment_query_route_and_worker(
    started: Started, visit: Visit, browse: Browse, database: Path
) -> None:
    program = started(module="tests.server.breaks")
    shown = []

    clinician = visit(program, CLINICIAN)
    clinician.open("patients")
    shown.append(fails(clinician))

    with closing(sqlite3.connect(database)) as connection:
        ((patient_id,),) = connection.execute("SELECT id FROM patients").fetchall()
    answer = browse(program, CLINICIAN).http.get(f"/download/answers/{patient_id}")
    assert answer.status_code == 500
    shown.append(answer.text)

    patient = visit(program, PATIENT)
    patient.open("today")
    patient.press("Ask the clinic to call me")
    shown.append(fails(patient))
    patient.open("today")
    patient.press("Start the check-in")
    patient.set("radio", patient.all("radio")[0].label, "A little of the time")
    shown.append(fails(patient))

    # Each is in the log by the reference that the person has, and by its place.
    swept = "A step of the sweep failed: ValueError at tests/server/breaks.py:"
    wait_until(lambda: swept in program.said())
    assert program.stop() == 0
    said = program.said()
    assert len(references("".join(shown))) == 4
    for reference in references("".join(shown)):
        assert f"(reference {reference})" in said
    for place in ("ValueError at tests/server/breaks.py:", "IntegrityError at "):
        assert place in said
    for text in (said, *shown):
        assert "Zebulon" not in text
        assert "Quixworth" not in text
        assert NAME not in text
    assert "Traceback" not in said
