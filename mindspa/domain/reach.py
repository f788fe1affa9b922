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

    def address(self, channel: Channel) -> str | None:
        return self.mobile if channel is Channel.TEXT else self.email


def carried_of(given: tuple[Channel, ...], carried: Collection[Channel]) -> tuple[Channel, ...]:
    """Of the ways that somebody gave, those that a server sends by; where it has none of them, all
    that they gave: another may."""
    return tuple(channel for channel in given if channel in carried) or given
