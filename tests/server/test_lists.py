"""A list is one table: what is drawn does not grow with the patients on it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import Tab
from tests.program import Program
from tests.server import crowd
from tests.server.conftest import AT, Visit

MOST_WIDGETS = 25


@pytest.fixture(scope="module")
def crowded(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("crowd")
    database = Path(shutil.copy(_sqlite_template, folder / "clinic.db"))
    crowd.build(database)
    program = Program(f"sqlite:///{database}", folder / "server.log", AT)
    program.start()
    yield program
    program.kill()


def widgets(tab: Tab) -> list[str]:
    """Whatever sends a value back."""
    return [drawn.kind for drawn in tab.drawn.values() if getattr(drawn.content, "id", "")]


@pytest.mark.parametrize("page", ["patients", "follow_up"])
def test_a_page_with_200_patients_draws_few_widgets(
    crowded: Program, visit: Visit, page: str
) -> None:
    tab = visit(crowded, crowd.CLINICIAN)
    tab.open(page)
    assert tab.errors() == []
    assert str(crowd.PATIENTS) in tab.words()  # they are all there
    drawn = widgets(tab)
    assert "dataframe" in drawn
    assert len(drawn) <= MOST_WIDGETS
    assert len(tab.drawn) <= 2 * MOST_WIDGETS
