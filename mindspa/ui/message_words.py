"""How a message stands, in words."""

from collections.abc import Callable, Mapping
from datetime import datetime

from mindspa.domain.messages import Channel, Kind, Message, MessageState, Problem

KINDS: Mapping[Kind, str] = {
    Kind.ALERT: "Alert",
    Kind.ALERT_LATE: "Alert that is late",
    Kind.REMINDER: "Reminder",
    Kind.BY_HAND: "Reminder by hand",
    Kind.EMERGENCY: "Emergency access",
    Kind.INVITATION: "Invitation",
    Kind.NUMBER: "A number was given",
    Kind.LOST: "Link for a new password",
}
_STATES = {
    MessageState.WAITING: "waits to be sent",
    MessageState.SENT: "sent",
    MessageState.FAILED: "not sent",
    MessageState.CANCELLED: "not sent: no longer needed",
    MessageState.HELD: "not sent: a demo clinic sends nothing",
}
CHANNELS: Mapping[Channel, str] = {Channel.EMAIL: "E-mail", Channel.TEXT: "Text"}
_CHANNELS_OWN = {
    Channel.EMAIL: {
        Problem.NO_ADDRESS: "no e-mail address is known",
        Problem.REFUSED: "their mail server refused the address",
        Problem.OUT_OF_REACH: "the mail server is out of reach; it is tried again",
    },
    Channel.TEXT: {
        Problem.NO_ADDRESS: "no mobile number is known",
        Problem.REFUSED: "the number takes no texts, or its owner answered STOP",
        Problem.OUT_OF_REACH: "the provider of texts is out of reach; it is tried again",
    },
}
_PROBLEMS = {
    Problem.TOO_LATE: "it could not be sent in time",
    Problem.SILENT: "too many before were not answered",
    Problem.TOGETHER: "another reminder went at that moment",
    Problem.NOT_WAITED_FOR: "answered, cancelled or closed meanwhile",
}


def told(message: Message, when: Callable[[datetime], str]) -> str:
    """ "sent today at 2:05 pm", "not sent: no e-mail address is known"."""
    match message.state:
        case MessageState.SENT if message.sent_at:
            return f"sent {when(message.sent_at)}"
        case MessageState.FAILED | MessageState.CANCELLED if message.problem:
            return f"not sent: {_problem(message.problem, message.channel)}"
        case MessageState.WAITING if message.tries:
            return f"waits: {_problem(message.problem or Problem.OUT_OF_REACH, message.channel)}"
        case state:
            return _STATES[state]


def _problem(problem: Problem, channel: Channel) -> str:
    return (_PROBLEMS | _CHANNELS_OWN[channel])[problem]
