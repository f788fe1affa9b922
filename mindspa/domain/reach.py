"""Where messages reach a person, and by which way."""

from collections.abc import Collection
from dataclasses import dataclass, field

from mindspa.domain.messages import Channel


@dataclass(frozen=True, slots=True)
class Reach:
    """What they gave of themselves: `mobile` with its country code. `reminders`: they have not said
    no to them."""

    email: str | None = field(repr=False)
    mobile: str | None = field(repr=False)
    reminders: bool = True

    @property
    def channels(self) -> tuple[Channel, ...]:
        """By which something reaches them, what is seen first in front; empty: by none."""
        given = {Channel.TEXT: self.mobile, Channel.EMAIL: self.email}
        return tuple(channel for channel, address in given.items() if address)

    def first_of(self, carried: Collection[Channel]) -> Channel:
        """Of somebody who gave any: the way that a server sends by which carries these, or that
        waits for one that does."""
        given = self.channels
        return next((channel for channel in given if channel in carried), given[0])

    def address(self, channel: Channel) -> str | None:
        return self.mobile if channel is Channel.TEXT else self.email
