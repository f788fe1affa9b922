"""Rows of the follow-up list as values, so that a text which was read before is not taken apart
again: the list of 200 is looked at far more often than one of its rows changes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Row = TypeVar("Row")

AT_MOST = 4096  # of all clinics of this server; a row takes about 4.5 kB


class KeptRows(Generic[Row]):
    """One row an infusion, with its own text, which only who may read the row has."""

    def __init__(self, read: Callable[[str], Row]) -> None:
        self._read = read
        self._rows: OrderedDict[str, tuple[str, Row]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def row_of(self, infusion_id: str, text: str) -> Row:
        """A text that was replaced goes with its row."""
        kept = self._rows.get(infusion_id)
        if kept is None or kept[0] != text:
            kept = text, self._read(text)
            with self._lock:
                self._rows[infusion_id] = kept
                if len(self._rows) > AT_MOST:
                    self._rows.popitem(last=False)
        return kept[1]
