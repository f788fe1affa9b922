"""No value of a patient reaches the log, whoever writes it."""

import asyncio
import logging
import threading
from collections.abc import Iterator

import pytest

from mindspa.web import logs

NAME = "Ana Example"


@pytest.fixture(autouse=True)
def _kept_out() -> Iterator[None]:
    factory, hook = logging.getLogRecordFactory(), threading.excepthook
    logs.keep_values_out()
    yield
    logging.setLogRecordFactory(factory)
    threading.excepthook = hook


def failing() -> ValueError:
    try:
        raise ValueError(f"{NAME} answered 3")
    except ValueError as error:
        return error


def log_with_traceback() -> None:
    logging.getLogger("library").error("Uncaught app execution", exc_info=failing())


def log_as_argument() -> None:
    logging.getLogger("library").warning("Could not save: %s", failing())


def log_repeated() -> None:
    error = failing()
    logging.getLogger("library").error(f"Failed: {error}", exc_info=error)  # noqa: G004


def log_of_a_forgotten_task() -> None:
    async def forgets() -> None:
        async def fails() -> None:
            raise failing()

        task = asyncio.get_running_loop().create_task(fails())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task

    # In a thread: a browser test of the same process keeps a loop running in this one.
    thread = threading.Thread(target=lambda: asyncio.run(forgets()))
    thread.start()
    thread.join()


def log_of_a_thread() -> None:
    def fails() -> None:
        raise failing()

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    "write",
    [
        log_with_traceback,
        log_as_argument,
        log_repeated,
        log_of_a_forgotten_task,
        log_of_a_thread,
    ],
)
def test_type_place_and_reference_but_no_message(
    write: object, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    assert callable(write)
    write()
    printed = capfd.readouterr()
    said = caplog.text + printed.out + printed.err
    assert NAME not in said
    assert "ValueError at tests/web/test_logs.py:" in said
    assert "(reference " in said


def test_page_and_log_say_the_same_reference(caplog: pytest.LogCaptureFixture) -> None:
    error = failing()
    logging.getLogger("library").error("Uncaught app execution", exc_info=error)
    assert logs.reference_of(error) in caplog.text
    assert logs.reference_of(error) in logs.sentence_about(error)


def test_ordinary_lines_are_as_they_were(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("library").warning("Port %s is taken", 8501)
    assert "Port 8501 is taken" in caplog.text
