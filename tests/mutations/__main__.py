"""Takes out one mend at a time and looks whether its tests notice: `python -m tests.mutations`.

Without names, all of them. Everything happens in a copy of the tree. `--document` writes the page
of the manual instead.
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from multiprocessing import get_context
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mindspa.settings import PROJECT_ROOT
from tests.mutations.table import DOCUMENT, Mutation, document, read

# Compressed once for all copies: it takes a minute.
CACHE = Path("data") / "local" / "static-cache"
# Loaded once for all runs of tests, of which it is more than half.
LIBRARIES = (
    *("alembic.command", "httpx2", "pandas", "plotly.graph_objects", "psycopg", "sqlmodel"),
    *("starlette.testclient", "streamlit.testing.v1", "websockets.sync.client"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--document", action="store_true", help=f"write {DOCUMENT.name} instead")
    asked = parser.parse_args()
    mutations = read()
    if asked.document:
        DOCUMENT.write_text(document(mutations), "utf-8")
        return 0
    chosen = [one for one in mutations if not asked.names or one.name in asked.names]
    if unknown := set(asked.names) - {one.name for one in chosen}:
        parser.error(f"there is no mutation {', '.join(sorted(unknown))}")
    for library in LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy = Path(folder) / "tree"
        copy_tree(copy)
        return tried(chosen, copy)


def copy_tree(to: Path) -> None:
    """What is kept under version control, and what would be."""
    listed = _git(PROJECT_ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in listed.split("\0"):
        if name and (PROJECT_ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT_ROOT / name, to / name)
    if (PROJECT_ROOT / CACHE).exists():
        shutil.copytree(PROJECT_ROOT / CACHE, to / CACHE)
    _git(to, "init", "--quiet")  # some tests ask for the files of the project


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def tried(mutations: Sequence[Mutation], copy: Path) -> int:
    """The exit code: 1 where a mutation survives, or its text is no longer there."""
    all_tests = sorted({test for one in mutations for test in one.red})
    if unmutated := failures(all_tests, copy):
        say("\n  ".join(["Red before anything was taken out:", *sorted(unmutated)]))
        return 1
    survived = 0
    for one in mutations:
        said = verdict(one, copy)
        survived += said != "red"
        say(f"{one.name:44} {said}")
    say(f"{len(mutations) - survived} of {len(mutations)} mutations were noticed.")
    return 1 if survived else 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def verdict(mutation: Mutation, copy: Path) -> str:
    target = copy / mutation.file
    before = target.read_text("utf-8")
    try:
        target.write_text(mutation.applied(before), "utf-8")
        red = failures(mutation.red, copy)
    except (LookupError, RuntimeError) as error:
        return str(error)
    finally:
        target.write_text(before, "utf-8")
    missing = sorted(set(mutation.red) - red)
    return f"SURVIVED {', '.join(missing)}" if missing else "red"


def failures(tests: Iterable[str], copy: Path) -> set[str]:
    """Which of the tests failed, in one of their cases at least, or in what a fixture looked at
    afterwards. A test that could not even begin has not failed: it has seen nothing."""
    report = copy.with_name("report.xml")
    report.unlink(missing_ok=True)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is loaded already
    options += [f"--junitxml={report}", f"--basetemp={copy.with_name('pytest')}"]
    run = get_context("fork").Process(target=run_tests, args=(copy, [*options, *tests]))
    run.start()
    run.join()
    if run.exitcode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"The tests did not run:\n{copy.with_name('pytest.log').read_text()}")
    found = set()
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest's own
        after = (error.get("message", "") for error in case.iter("error"))
        if case.find("failure") is not None or any("on teardown" in said for said in after):
            file = case.get("classname", "").replace(".", "/") + ".py"
            found.add(f"{file}::{case.get('name', '').partition('[')[0]}")
    return found


def run_tests(copy: Path, arguments: list[str]) -> None:
    """In a process of its own that knows nothing of this tree but what it is to forget."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("mindspa", "tests"):
            del sys.modules[name]
    os.chdir(copy)
    sys.path[:] = [str(copy), *(path for path in sys.path if path not in ("", str(PROJECT_ROOT)))]
    with copy.with_name("pytest.log").open("w") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
        raise SystemExit(pytest.main(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
