"""Where messages reach a person, and by which way."""

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
