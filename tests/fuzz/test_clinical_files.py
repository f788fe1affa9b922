"""Clinical content with a mistake anywhere in it: refused by file and place, or loaded as it is."""

import shutil
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import InvalidDefinition
from mindspa.settings import DATA_FOLDER
from mindspa.storage.definition_files import load_definitions
from tests.fuzz.files import raw_toml, toml_of, toml_values
from tests.fuzz.odd import fuzzed, texts, whole_numbers

FILES = sorted(path.relative_to(DATA_FOLDER) for path in DATA_FOLDER.glob("**/*.toml"))
Place = Any  # a list or a table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    for file in FILES:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA_FOLDER / file, copy / file)
    return copy


def loaded(folder: Path, file: Path) -> Definitions | None:
    """None where it is refused in a sentence that begins with a file."""
    said = ""
    try:
        return load_definitions(folder)
    except InvalidDefinition as refused:
        said = str(refused)
    assert said.split(" ")[0].rstrip(":,").endswith((".toml", "instruments")), said
    assert file.name in said or (folder / "rules.toml").name in said or "protocol.toml" in said
    return None


def places(value: Any) -> list[tuple[Place, Any]]:
    """Every container in a file, with each of its keys or numbers."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Place, Any]] = []
    for key, one in inner:
        found.append((value, key))
        if isinstance(one, dict | list):
            found += places(one)
    return found


def drop(draw: st.DrawFn, place: Place, key: Any) -> None:
    del place[key]


def retype(draw: st.DrawFn, place: Place, key: Any) -> None:
    place[key] = deepcopy(draw(toml_values | texts))


def renumber(draw: st.DrawFn, place: Place, key: Any) -> None:
    nearby = st.integers(-40, 200) | whole_numbers | st.floats()
    place[key] = draw(nearby if not isinstance(place[key], str) else _offsets)


def twice(draw: st.DrawFn, place: Place, key: Any) -> None:
    if isinstance(place, list):
        place.append(place[key])
    else:
        place[f"{key}2"] = place[key]


def swap(draw: st.DrawFn, place: Place, key: Any) -> None:
    other = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
    place[key], place[other] = place[other], place[key]


def borrow(draw: st.DrawFn, place: Place, key: Any) -> None:
    """A key that another instrument has: all of it is well written, and means something else."""
    if isinstance(place, dict):
        name = draw(st.sampled_from(sorted(_BORROWED)))
        # A second mistake may change it, and what is borrowed is borrowed again.
        place[name] = deepcopy(draw(st.sampled_from(_BORROWED[name])))


_offsets = st.sampled_from(
    ["0 h", "-1 d", "99999999999 d", "9" * 5000 + " h", "P1M", "P999999999999D", "PT0H", "P٣D"]
)
_BORROWED: dict[str, list[Any]] = {
    "algorithm": ["phq9_diagnostic", "pcl5_provisional"],
    "safety_item": ["9", "safety", "1"],
    "kind": ["standard", "pulse", "screen", "entered_total"],
    "prorate_missing": [1, 2, 9],
    "recall": ["none", "P14D", "P0D"],
    "variants": [["before"]],
    "asked_if_any_above_zero": [["1"]],
    "scored": [False],
    "reliability": [2.0, -1.0, float("nan"), float("inf")],
    "sd": [float("inf"), float("nan"), -3.0, 1e300],
    "points": [-1, 0, 10**300],
    "days": [-1, 10**12],
    "gap_days": [-1, 10**12],
    "historic_after_days": [-1, 10**12],
    "every": ["1 h", "9999999 d"],
    "item": ["9", "call"],
}

MISTAKES: list[Callable[[st.DrawFn, Place, Any], None]] = [
    drop,
    retype,
    renumber,
    twice,
    swap,
    borrow,
]


@st.composite
def mistakes(draw: st.DrawFn) -> tuple[Path, str]:
    file = draw(st.sampled_from(FILES))
    content = tomllib.loads((DATA_FOLDER / file).read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(1, 2))):
        if found := places(content):
            place, key = draw(st.sampled_from(found))
            draw(st.sampled_from(MISTAKES))(draw, place, key)
    return file, toml_of(content)


@fuzzed(400)
@given(mistakes())
def test_a_mistake_is_refused_by_its_place_or_harmless(
    folder: Path, mistake: tuple[Path, str]
) -> None:
    file, content = mistake
    before = (folder / file).read_bytes()
    (folder / file).write_bytes(content.encode("utf-8", "replace"))
    try:
        loaded(folder, file)
    finally:
        (folder / file).write_bytes(before)


@fuzzed(100)
@given(st.sampled_from(FILES), raw_toml)
def test_a_broken_file_is_refused(folder: Path, file: Path, content: bytes) -> None:
    before = (folder / file).read_bytes()
    (folder / file).write_bytes(content)
    try:
        loaded(folder, file)
    finally:
        (folder / file).write_bytes(before)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_that_is_gone_is_named(folder: Path, file: Path) -> None:
    (folder / file).unlink()
    loaded(folder, file)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("rules.toml", "reliability = 0.89", "reliability = 2.0", "reliability between 0 and 1"),
        ("rules.toml", "sd = 6.1", "sd = inf", "sd must be from"),
        ("rules.toml", "sd = 6.1", "sd = nan", "sd must be from"),
        ("rules.toml", "gap_days = 16", "gap_days = 999999999999", "gap_days must be from"),
        ("rules.toml", "gap_days = 16", "gap_days = -1", "more than nothing"),
        ("rules.toml", "historic_after_days = 14", "historic_after_days = -1", "0 or more"),
        ("protocol.toml", 'every = "30 d"', 'every = "99999999999 d"', "must look like"),
        ("protocol.toml", 'every = "30 d"', 'every = "\u0663 d"', "must look like"),
        ("instruments/gad7.toml", "P14D", "P999999999999D", "must look like P14D"),
        ("instruments/pulse.toml", 'version = "1"', 'algorithm = "phq9_diagnostic"', "is missing"),
        (
            "instruments/pulse.toml",
            'kind = "pulse"',
            'kind = "pulse"\nalgorithm = "phq9_diagnostic"',
            "needs the item '1', which is not here",
        ),
    ],
)
def test_a_mistake_that_was_found(
    folder: Path, file: str, right: str, wrong: str, said: str
) -> None:
    content = (folder / file).read_text(encoding="utf-8")
    assert right in content
    (folder / file).write_text(content.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InvalidDefinition, match=said) as refused:
        load_definitions(folder)
    assert str(refused.value).startswith(Path(file).name)


def test_what_is_shipped_survives_being_written_anew(folder: Path) -> None:
    """Or the mistakes above would be those of the writer."""
    before = load_definitions(folder)
    for file in FILES:
        content = tomllib.loads((folder / file).read_text(encoding="utf-8"))
        (folder / file).write_text(toml_of(content), encoding="utf-8")
    after = load_definitions(folder)
    assert (after.instruments, after.safety) == (before.instruments, before.safety)
