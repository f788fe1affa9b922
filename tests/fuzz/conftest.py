"""What every fuzz test is watched for: the log holds nothing of what was thrown at the program."""

import logging
from collections.abc import Iterator

import pytest

from tests.fuzz.odd import ANSWER, NAME
from tests.web.conftest import ana, browser, files, open_browser

__all__ = ["ana", "browser", "files", "open_browser"]  # over both engines here


@pytest.fixture(autouse=True)
def _no_patient_value_in_the_log() -> Iterator[None]:
    said: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    for line in said:
        assert NAME not in line
        assert ANSWER not in line
