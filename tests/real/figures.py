"""Compares the drawn points of the ketamine study with its file of ratings."""

from datetime import UTC, datetime
from pathlib import Path

from mindspa import bootstrap
from mindspa.charts.colours import Theme
from mindspa.charts.time_axis import View
from mindspa.charts.timeline import timeline_figure
from mindspa.domain.access import operator
from mindspa.services.view_progress import view_progress
from mindspa.settings import Settings
from tests.real.recount import ketamine

STUDY = "nimh-ketamine-crossover-madrs"


def differences(folder: Path, database: Path) -> tuple[int, list[str]]:
    """How many persons were looked at, and what differs."""
    runtime = bootstrap.start(Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database}"}))
    try:
        return _differences(runtime, folder)
    finally:
        runtime.database.dispose()


def _differences(runtime: bootstrap.Runtime, folder: Path) -> tuple[int, list[str]]:
    found: list[str] = []
    expected = ketamine(folder)
    (clinic,) = runtime.accounts.clinics()
    for person in sorted(expected.people):
        with runtime.reading(operator(clinic.id)) as work:
            patient = work.records.patients.from_source(STUDY, person)
            if patient is None:
                found.append(f"{person} is not there")
                continue
            progress = view_progress(work, patient.id)
        ratings = sorted(
            (form.at, form.total)
            for form in expected.forms
            if (form.person, form.instrument) == (person, "madrs")
        )
        figure = timeline_figure(progress, runtime.definitions, view=View(), theme=Theme.LIGHT)
        drawn = _line(figure.to_dict()["data"])
        wanted = _with_gaps(ratings)
        if drawn != wanted:
            found.append(f"{person}: drawn {drawn}, rated {wanted}")
        change = progress.series["madrs"].change
        if change is not None and change.percent_fall is not None:
            found.append(f"{person}: a percentage without an agreed rule for it")
    return len(expected.people), found


def _with_gaps(ratings: list[tuple[int, int | None]]) -> list[tuple[int, int] | None]:
    """A missing rating between two others is None: the line is broken there."""
    line: list[tuple[int, int] | None] = []
    broken = False
    for at, total in ratings:
        if total is None:
            broken = bool(line)
            continue
        if broken:
            line.append(None)
        line.append((at, total))
        broken = False
    return line


def _line(traces: list[dict[str, object]]) -> list[tuple[int, int] | None]:
    (trace,) = (trace for trace in traces if trace.get("name") == "madrs")
    instants, totals = trace["customdata"], trace["y"]
    assert isinstance(instants, list | tuple)
    assert isinstance(totals, list | tuple)
    return [
        (_microseconds(instant), total) if instant else None
        for instant, total in zip(instants, totals, strict=True)
    ]


def _microseconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).astimezone(UTC).timestamp()) * 1_000_000
