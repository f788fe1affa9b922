"""The mutations of the tables beside this file: one mend taken out each, and what turns red."""

import ast
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mindspa.settings import PROJECT_ROOT

FOLDER = Path(__file__).parent
DOCUMENT = PROJECT_ROOT / "docs" / "mutations.md"


@dataclass(frozen=True, slots=True)
class Mutation:
    """`find` stands once in `file`, and `put` instead of it takes out what `protects` says. Each
    test of `red` must then fail, in one of its cases at least."""

    topic: str
    name: str
    protects: str
    file: str
    find: str
    put: str
    red: tuple[str, ...]

    def applied(self, text: str) -> str:
        """Raises LookupError where the table has been left behind by the code."""
        if (times := text.count(self.find)) != 1:
            raise LookupError(f"{self.name}: what it looks for stands {times} times in {self.file}")
        return text.replace(self.find, self.put)


def read() -> tuple[Mutation, ...]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        found += [
            Mutation(topic=table["topic"], **entry | {"red": tuple(entry["red"])})
            for entry in table["mutation"]
        ]
    return tuple(found)


def functions(test_file: Path) -> set[str]:
    tree = ast.parse(test_file.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def document(mutations: Iterable[Mutation]) -> str:
    """The page of the manual that lists them."""
    lines = [
        "# What each test is there for",
        "",
        "A test that cannot fail shows nothing. So each mend below is taken out in a copy of the",
        "program, one at a time, and the tests beside it must turn red: `make mutations`, or",
        "`.venv/bin/python -m tests.mutations NAME…` for some of them. The table is made from",
        "`tests/mutations/`; a test keeps the two the same, and what is taken out findable.",
    ]
    topic = ""
    for one in mutations:
        if one.topic != topic:
            topic = one.topic
            lines += ["", f"## {topic}", ""]
            lines += ["| Mutation | What the mend protects | Red without it |", "|---|---|---|"]
        red = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in one.red)
        lines.append(f"| `{one.name}`<br>{one.file} | {one.protects} | {red} |")
    return "\n".join(lines) + "\n"
