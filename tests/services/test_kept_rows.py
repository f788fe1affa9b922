"""What is kept of the follow-up list's rows: one an infusion, and never an older one."""

import pytest

from mindspa.services import kept_rows
from mindspa.services.kept_rows import KeptRows


@pytest.fixture
def read() -> list[str]:
    """The texts that were taken apart."""
    return []


@pytest.fixture
def kept(read: list[str]) -> KeptRows[str]:
    def taken_apart(text: str) -> str:
        read.append(text)
        return f"row of {text}"

    return KeptRows(taken_apart)


def test_a_text_is_taken_apart_once(kept: KeptRows[str], read: list[str]) -> None:
    assert kept.row_of("i1", "a") == kept.row_of("i1", "a") == "row of a"
    assert read == ["a"]


def test_a_row_that_was_replaced_is_forgotten(kept: KeptRows[str], read: list[str]) -> None:
    for number in range(100):
        assert kept.row_of("i1", f"a{number}") == f"row of a{number}"
    assert len(kept) == 1
    assert len(read) == 100


def test_a_row_is_given_for_its_own_text_only(kept: KeptRows[str]) -> None:
    """Whatever the id, the row is that of the text, which was read under the guards."""
    kept.row_of("i1", "of another clinic")
    assert kept.row_of("i1", "own") == "row of own"


def test_no_more_than_a_bound_is_kept(kept: KeptRows[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "AT_MOST", 3)
    for number in range(10):
        kept.row_of(f"i{number}", "a")
    assert len(kept) == 3
