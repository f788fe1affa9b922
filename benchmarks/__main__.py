"""`python -m benchmarks`: builds the measured clinic, drives a real server, prints the tables."""

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks import clinic, reruns, storing

LONG_RECORDS = 4  # patients who are looked at in turn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each row is measured")
    parser.add_argument("--database", type=Path, help="a clinic kept from an earlier run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = arguments.database or Path(folder) / "measured.db"
        if not database.exists():
            print("Building the clinic that is measured: about two minutes.", flush=True)
            clinic.build(database)
        print("\n".join(_machine()), flush=True)
        _print_reruns(database, arguments.rounds)
        _print_storing(database)


def _print_reruns(database: Path, rounds: int) -> None:
    runtime = clinic.opened(f"sqlite:///{database}", clinic.Clock())
    table = reruns.rows(clinic.longest_records(runtime, LONG_RECORDS))
    runtime.database.dispose()
    reruns.measure(table, database, rounds=rounds)
    print(f"\nEach rerun, medians of {rounds} rounds:\n")
    print("\n".join(reruns.printed(table)))


def _print_storing(database: Path) -> None:
    bare, sent = storing.measure(database)
    print(
        f"\nStoring one sent PHQ-9: {sent:.1f} ms, {sent / bare:.1f} times one bare committed row "
        f"({bare:.2f} ms); at most {storing.AT_MOST}."
    )


def _machine() -> list[str]:
    """What this machine is, and its floor: a loop that does nothing else."""
    loops = []
    for _ in range(5):
        started = time.process_time()
        sum(number * number for number in range(1_000_000))
        loops.append(time.process_time() - started)
    cores, version = os.cpu_count(), platform.python_version()
    return [
        f"{platform.system()} {platform.machine()}, {cores} cores, Python {version}.",
        f"A million squares added in plain Python: {median(loops) * 1000:.0f} ms of CPU.",
    ]


if __name__ == "__main__":
    main()
