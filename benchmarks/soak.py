"""An hour of a clinic at work, to see that memory and times stay level: `make soak`.

Every minute is one line, printed and written to a CSV file; at the end stands a Markdown summary.
"""

import argparse
import csv
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import linear_regression, median

from benchmarks import clinic, machine
from benchmarks.people import ANSWER, PAGE, SEND, SIGN_IN, Seen, percentile
from benchmarks.server import PROGRAM, Server, compress_files, running
from benchmarks.visits import PATIENTS, STAFF, THINKING, clinic_at_work
from mindspa.services.demo_accounts import CLINICIAN, PASSWORD
from tests.client import Browser

RECORDS = 20  # that clinicians open
WARM_UP = 10  # minutes that the trends leave out
MINUTE = 60.0
SESSIONS = "/_stcore/metrics?families=active_sessions"


@dataclass(frozen=True, slots=True)
class Minute:
    """One line. Times are in milliseconds; None where nothing of the kind happened."""

    minute: int
    rss_mb: float
    sessions: int
    database_mb: float
    answers: int
    answer_p50: float | None
    answer_p99: float | None
    pages: int
    page_p50: float | None
    page_p99: float | None
    send_p99: float | None
    sign_in_p99: float | None
    sent: int
    errors: int
    server_cores: float
    client_cores: float
    other_cores: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--database", type=Path, help="a measured clinic; it is written to")
    parser.add_argument("--csv", type=Path, default=Path("soak.csv"), help="where the lines go")
    arguments = parser.parse_args()
    print("\n".join(machine.described()), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        database = arguments.database or Path(folder) / "soak.db"
        if not database.exists():
            print("Building the clinic that is measured: about two minutes.", flush=True)
            clinic.build(database)
        compress_files()
        runtime = clinic.opened(f"sqlite:///{database}", clinic.Clock())
        records = clinic.longest_records(runtime, RECORDS)
        runtime.database.dispose()
        sent_before, seen = _sent(database), Seen()
        with (
            running(PROGRAM, f"sqlite:///{database}", database.parent) as server,
            clinic_at_work(server.address, records, seen),
            arguments.csv.open("w", newline="") as file,
        ):
            lines = csv.DictWriter(file, [field.name for field in fields(Minute)])
            lines.writeheader()
            minutes = []
            for minute in _minutes(server, seen, database, arguments.minutes):
                minutes.append(minute)
                lines.writerow(asdict(minute))
                file.flush()
                print(_line(minute), flush=True)
        print("\n".join(_summary(minutes, seen, stored=_sent(database) - sent_before)))
        print("\n".join(f"Error: {words}" for words in seen.errors))


def _minutes(server: Server, seen: Seen, database: Path, number: int) -> Iterator[Minute]:
    observer = Browser(server.address)
    observer.sign_in(CLINICIAN.login, PASSWORD)
    started = time.monotonic()
    for minute in range(1, number + 1):
        shares = machine.Shares(server.cpu_seconds)
        time.sleep(max(0.0, started + minute * MINUTE - time.monotonic()))
        server_cores, client_cores, other_cores = shares.cores()
        times = seen.times()
        yield Minute(
            minute=minute,
            rss_mb=server.megabytes(),
            sessions=_sessions(observer),
            database_mb=_megabytes(database),
            answers=len(times[ANSWER]),
            answer_p50=percentile(times[ANSWER], 50),
            answer_p99=percentile(times[ANSWER], 99),
            pages=len(times[PAGE]),
            page_p50=percentile(times[PAGE], 50),
            page_p99=percentile(times[PAGE], 99),
            send_p99=percentile(times[SEND], 99),
            sign_in_p99=percentile(times[SIGN_IN], 99),
            sent=seen.sent,
            errors=seen.failed,
            server_cores=server_cores,
            client_cores=client_cores,
            other_cores=other_cores,
        )


def _sessions(observer: Browser) -> int:
    """That the server holds, by its own count."""
    observer.http.get("/account").raise_for_status()  # or the session would end after half an hour
    answer = observer.http.get(SESSIONS).raise_for_status()
    counts = [line for line in answer.text.splitlines() if line.startswith("active_sessions")]
    return int(float(counts[0].split()[-1]))


def _megabytes(database: Path) -> float:
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists()) / 2**20


def _sent(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT count(*) FROM check_ins WHERE state = 'sent'")
        return int(found.fetchone()[0])


# What is said of it


def _line(minute: Minute) -> str:
    cells = (
        f"{name} {value:.1f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in asdict(minute).items()
    )
    return ", ".join(cells)


def _summary(minutes: Sequence[Minute], seen: Seen, *, stored: int) -> Iterator[str]:
    after = [minute for minute in minutes if minute.minute > WARM_UP] or list(minutes)
    yield f"\nA soak of {len(minutes)} minutes: {PATIENTS} patients who think {THINKING:g} s,"
    yield f"{2 * STAFF} of the staff; trends without the first {WARM_UP} minutes.\n"
    yield "| What | figure |"
    yield "|---|--:|"
    yield f"| answers saved | {sum(minute.answers for minute in minutes)} |"
    yield f"| check-ins acknowledged, and stored | {seen.sent}, {stored} |"
    yield f"| errors | {seen.failed} |"
    yield f"| sessions, median | {median(minute.sessions for minute in after):.0f} |"
    yield f"| memory, median (MB) | {median(minute.rss_mb for minute in after):.0f} |"
    yield f"| memory, highest (MB) | {max(minute.rss_mb for minute in minutes):.0f} |"
    yield f"| memory, trend (MB an hour) | {_trend(after, 'rss_mb')} |"
    for name, words in (("answer", "an answer"), ("page", "a page")):
        for rank in ("p50", "p99"):
            column = f"{name}_{rank}"
            yield f"| {words}, {rank}, median of the minutes (ms) | {_median(after, column)} |"
            yield f"| {words}, {rank}, trend (ms an hour) | {_trend(after, column)} |"
    cores = ", ".join(_median(after, f"{who}_cores", 2) for who in ("server", "client", "other"))
    yield f"| cores used by server, client, others | {cores} |"
    grown = minutes[-1].database_mb - minutes[0].database_mb
    yield f"| the database grew by (MB) | {grown:.1f} |"


def _median(minutes: Sequence[Minute], column: str, digits: int = 0) -> str:
    values = [value for _, value in _points(minutes, column)]
    return f"{median(values):.{digits}f}" if values else ""


def _trend(minutes: Sequence[Minute], column: str) -> str:
    """By least squares."""
    points = _points(minutes, column)
    if len(points) < 2:
        return ""
    slope = linear_regression([x for x, _ in points], [y for _, y in points]).slope
    return f"{slope * 60:+.1f}"


def _points(minutes: Sequence[Minute], column: str) -> list[tuple[int, float]]:
    found = ((minute.minute, getattr(minute, column)) for minute in minutes)
    return [(minute, value) for minute, value in found if value is not None]


if __name__ == "__main__":
    main()
