"""`python -m benchmarks`: builds the measured clinic, drives real servers, prints the tables."""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import (
    clinic,
    in_browser,
    machine,
    memory,
    messages,
    network,
    reruns,
    rows,
    sending,
    storing,
    thinking,
    throughput,
)
from benchmarks.server import compress_files

Part = Callable[[Path, int], Iterator[str]]  # over a clinic of its own, in so many rounds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which: {', '.join(PARTS)}; all without")
    parser.add_argument("--rounds", type=int, default=3, help="how often each row is measured")
    parser.add_argument("--database", type=Path, help="a clinic kept from an earlier run")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        built = arguments.database or Path(folder) / "built.db"
        if not built.exists():
            print("Building the clinic that is measured: about two minutes.", flush=True)
            clinic.build(built)
        compress_files()
        print("\n".join(machine.described()), flush=True)
        for name in arguments.parts or PARTS:
            measured = Path(folder) / f"{name}.db"
            shutil.copy(built, measured)  # what one part writes does not change the next
            print(flush=True)
            for line in PARTS[name](measured, arguments.rounds):
                print(line, flush=True)


def _reruns(database: Path, rounds: int) -> Iterator[str]:
    runtime = clinic.opened(f"sqlite:///{database}", clinic.Clock())
    table = rows.rows(runtime)
    reruns.measure(table, database, rounds=rounds)
    runtime.database.dispose()
    yield f"Each rerun, medians of {rounds} rounds:\n"
    yield from reruns.printed(table)


def _storing(database: Path, _rounds: int) -> Iterator[str]:
    bare, sent = storing.measure(database)
    yield (
        f"Storing one sent PHQ-9: {sent:.1f} ms, {sent / bare:.1f} times one bare committed row "
        f"({bare:.2f} ms); at most {storing.AT_MOST}."
    )


def _network(database: Path, rounds: int) -> Iterator[str]:
    yield from network.measure(database, rounds=rounds)


def _throughput(database: Path, rounds: int) -> Iterator[str]:
    yield f"At least {throughput.AT_LEAST} times the runs on Streamlit's default settings:\n"
    yield from throughput.printed(throughput.measure(database, rounds=rounds))


def _thinking(database: Path, _rounds: int) -> Iterator[str]:
    yield thinking.measure(database).printed()


def _sending(database: Path, _rounds: int) -> Iterator[str]:
    yield sending.measure(f"sqlite:///{database}", database.parent).printed()
    with sending.on_postgresql() as url:
        yield sending.measure(url, database.parent).printed()


def _messages(database: Path, _rounds: int) -> Iterator[str]:
    yield from messages.measure(database).printed()


def _memory(database: Path, _rounds: int) -> Iterator[str]:
    yield memory.measure(database).printed()


def _in_browser(database: Path, rounds: int) -> Iterator[str]:
    yield "Time until a page is drawn, and megabytes at the first load:\n"
    yield from in_browser.printed(in_browser.measure(database, rounds=rounds))


PARTS: dict[str, Part] = {
    "reruns": _reruns,
    "storing": _storing,
    "network": _network,
    "throughput": _throughput,
    "thinking": _thinking,
    "sending": _sending,
    "messages": _messages,
    "memory": _memory,
    "in-browser": _in_browser,
}

if __name__ == "__main__":
    main()
