"""The program with a defect in a page, a fragment, a query, a route and the worker, each raising an
error that holds a name: `python -m tests.server.breaks INSTANT serve …`, as `tests.at`."""

import sys
from functools import partial
from typing import NoReturn

from sqlalchemy import text

from mindspa import bootstrap, worker
from mindspa.__main__ import app
from mindspa.services import ask_for_call, save_answer, view_patients
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.web import downloads
from tests.at import clock_from

NAME = "Zebulon Quixworth"


def _fails(*_: object, **__: object) -> NoReturn:
    raise ValueError(f"{NAME} answered 3")


def _query_fails(work: UnitOfWork, *_: object, **__: object) -> None:
    """As a constraint of the database that nobody has thought of."""
    session = work.records.patients.scope.session
    session.execute(text("INSERT INTO patients (name) VALUES (:name)"), {"name": NAME})


if __name__ == "__main__":
    # Before those who use them are loaded.
    view_patients.view_patients = _fails
    save_answer.save_answer = _fails
    ask_for_call.ask_for_call = _query_fails
    downloads.export_answers = _fails  # type: ignore[attr-defined]
    worker.patients_to_plan_for = _fails  # type: ignore[attr-defined]
    bootstrap.start = partial(bootstrap.start, clock=clock_from(sys.argv.pop(1)))
    app(prog_name="python -m mindspa")
