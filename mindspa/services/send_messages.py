"""Send what waits, outside of any transaction: claimed first, tried, then settled."""

from collections.abc import Callable
from datetime import datetime

from mindspa.domain.messages import (
    CHOOSE_A_PASSWORD,
    REMINDERS,
    Channel,
    Delivery,
    Kind,
    Outcome,
    Problem,
    wire_id,
)
from mindspa.exchange.letter import Carrier, Letter
from mindspa.storage.outbox import Outbox, Outgoing

BATCH = 25  # so few that a stop and a claim wait only for seconds

_SIGN_IN = (
    "Sign in to see it and to act on it:\n{link}\n\nThis message was sent by the clinic's Mind Spa "
    "server. It holds nothing about anybody; please do not answer it.\n"
)
_CHECK_IN = (
    "Your clinic would like to hear how you are. It takes a few minutes, without signing in:\n"
    "{link}\n\n"
    "The link opens this one check-in, once, and nothing else. Do not pass it on.\n\n"
    "Nobody reads what is sent to this address. If you are in danger, do not wait for us: call "
    "your emergency number.\n\n"
    "No more reminders:\n{stop}\n"
)
_CHOOSE = (
    "{link}\n\nThe link works once. Do not pass it on: whoever has it can choose the password. "
    "This message was sent by the clinic's Mind Spa server; please do not answer it.\n"
)
_REMINDER = ("A check-in is waiting for you", _CHECK_IN)
_LETTERS = {
    Kind.REMINDER: _REMINDER,
    Kind.BY_HAND: _REMINDER,
    Kind.INVITATION: (
        "Choose your password for Mind Spa",
        "Your clinic has an account for you in Mind Spa, where it asks how you are. Choose a "
        "password within 14 days:\n" + _CHOOSE,
    ),
    Kind.LOST: (
        "Choose a new password for Mind Spa",
        "Somebody, you we hope, asked for a new password. Choose one within the hour:\n"
        + _CHOOSE
        + "\nIf it was not you, there is nothing to do: your password is as it was.\n",
    ),
    Kind.ALERT: (
        "You have an alert in Mind Spa",
        "An alert in Mind Spa waits for you. " + _SIGN_IN,
    ),
    Kind.EMERGENCY: (
        "A record was opened in an emergency",
        "Somebody who sees no records has opened one in an emergency. " + _SIGN_IN,
    ),
    Kind.ALERT_LATE: (
        "An alert in Mind Spa is late",
        "Nobody has acted on an alert in Mind Spa by its time. " + _SIGN_IN,
    ),
}

# As texts, whose length is paid for. Links for a password go by e-mail alone.
_SHORT_REMINDER = (
    "Your clinic would like to hear how you are. A few minutes, without signing in, by this link, "
    "which opens once: {link}\nIn danger, do not wait for us: call your emergency number.\n"
    "No more reminders: {stop}"
)
_SHORT = {
    Kind.REMINDER: _SHORT_REMINDER,
    Kind.BY_HAND: _SHORT_REMINDER,
    Kind.ALERT: "You have an alert in Mind Spa. Sign in to see it: {link}",
    Kind.ALERT_LATE: "Nobody has acted on an alert in Mind Spa by its time. Sign in: {link}",
    Kind.EMERGENCY: "A record was opened in an emergency. Sign in to look at it: {link}",
    Kind.NUMBER: "From now on, messages of Mind Spa at your clinic come to this number. If you "
    "know nothing of it, there is nothing to do.",
}


def send_messages(
    outbox: Outbox,
    carrier: Carrier,
    *,
    public_url: str,
    clock: Callable[[], datetime],
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """How many went out by this carrier. What cannot be sent now is tried again later; while the
    carrier is out of reach nothing further is claimed."""
    sent = 0
    while go_on():
        claimed = outbox.claim(carrier.channel, most=BATCH, now=clock())
        if claimed is None:
            break
        letters = [_letter(one, carrier, public_url) for one in claimed if one.address]
        done = dict(carrier.send(letters, go_on=go_on)) if letters else {}
        for one in claimed:
            if not one.address:
                nowhere = Delivery(Outcome.NEVER, Problem.NO_ADDRESS)
                done[one.clinic_id, one.message.id] = nowhere
        outbox.settle(done, now=clock())
        outcomes = [delivery.outcome for delivery in done.values()]
        sent += outcomes.count(Outcome.SENT)
        if Outcome.LATER in outcomes and Outcome.SENT not in outcomes:
            break
    return sent


def _link(one: Outgoing, public_url: str) -> str:
    if one.token is not None:
        path = "password/link" if one.message.kind in CHOOSE_A_PASSWORD else "check-in"
        return f"{public_url}/{path}?link={one.token}"
    if one.message.kind is Kind.EMERGENCY:
        return f"{public_url}/emergency"
    return f"{public_url}/alerts?id={one.message.about}"


def _letter(one: Outgoing, carrier: Carrier, public_url: str) -> Letter:
    message = one.message
    if message.channel is Channel.TEXT:
        subject, body = "", _SHORT[message.kind]
    else:
        subject, body = _LETTERS[message.kind]
    stop = f"{public_url}/reminders/stop?link={one.token}" if message.kind in REMINDERS else None
    return Letter(
        (one.clinic_id, message.id),
        one.address or "",
        subject,
        body.format(link=_link(one, public_url), stop=stop),
        wire_id(message, carrier.sender.rpartition("@")[2]),
        message.created_at,
        stop,
    )
