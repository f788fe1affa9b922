"""What goes out to one person, and what carries it there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mindspa.domain.messages import Channel, Delivery

BATCH_S = 60.0  # of all together: a claim must not run out while its worker is still at it


@dataclass(frozen=True, slots=True)
class Letter:
    """`id` is the caller's own; `wire_id` the Message-ID of an e-mail; `stop`: where the receiver
    says that no more such letters are wanted (RFC 8058). A text message has only its body."""

    id: tuple[str, str]
    to: str
    subject: str
    body: str
    wire_id: str
    written_at: datetime
    stop: str | None = None


class Carrier(Protocol):
    """A mail server, or a provider of text messages. It stores nothing and looks nothing up."""

    @property
    def channel(self) -> Channel: ...

    @property
    def sender(self) -> str: ...

    def send(
        self, letters: Sequence[Letter], *, go_on: Callable[[], bool]
    ) -> Mapping[tuple[str, str], Delivery]:
        """What became of each, by its id. `go_on` says before each whether there is time for it."""
        ...
