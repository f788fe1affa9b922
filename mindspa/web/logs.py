"""What the log says of an error: its type, its place and a reference, never its message.

A message may hold what a patient answered. Libraries log exceptions too, so this is done where
every record of the process is made.
"""

import logging
import secrets
import threading
import traceback
from typing import Any

from mindspa.settings import PROJECT_ROOT

_plain_record = logging.LogRecord
_REFERENCE = "_mindspa_reference"


def keep_values_out() -> None:
    logging.setLogRecordFactory(_record_without_values)
    threading.excepthook = _of_thread


def reference_of(error: BaseException) -> str:
    """The same for every mention of one error: on the page and in the log."""
    if (found := getattr(error, _REFERENCE, None)) is None:
        found = secrets.token_hex(4)
        setattr(error, _REFERENCE, found)
    return str(found)


def described(error: BaseException) -> str:
    """Where it happened: the innermost line of our own, or else of a library."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame
        for frame in frames
        if frame.filename.startswith(f"{PROJECT_ROOT}/") and "site-packages" not in frame.filename
    ]
    place = "an unknown place"
    if frames:
        frame = (own or frames)[-1]
        name = frame.filename.removeprefix(f"{PROJECT_ROOT}/").rpartition("site-packages/")[2]
        place = f"{name}:{frame.lineno}"
    return f"{type(error).__name__} at {place} (reference {reference_of(error)})"


def _record_without_values(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain_record(*args, **kwargs)
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(record.args, tuple):
        record.args = tuple(
            described(one) if isinstance(one, BaseException) else one for one in record.args
        )
    if error is not None:
        said = record.getMessage().strip()
        if str(error) and str(error) in said:
            said = "An error"  # the library repeats the message
        record.msg, record.args = f"{said}: {described(error)}", None
        record.exc_info = record.exc_text = None
    return record


def _of_thread(stopped: threading.ExceptHookArgs) -> None:
    if stopped.exc_value is not None:
        logging.getLogger(__name__).error("A thread stopped: %s", described(stopped.exc_value))


def sentence_about(error: BaseException) -> str:
    """What a visitor is told of a defect."""
    return (
        "What you saved before is kept. Please try again; if it happens again, tell the clinic "
        f"this reference: {reference_of(error)}."
    )
