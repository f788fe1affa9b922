"""Messages as texts to a mobile phone, through the HTTP interface of Twilio.

What is said here of it is from its reference: “Messages resource”, and a page for each error code.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

import requests

from mindspa.domain.messages import Channel, Delivery, Outcome, Problem
from mindspa.exchange.letter import BATCH_S, Letter

TIMEOUT_S = 10.0  # of each answer that the provider is waited for

# Of a refusal's code: this number takes no texts from us, and trying again does not change that.
# Of all others the cause may be ours, such as a sender or a balance, or may pass.
NEVER = frozenset(
    {
        21211,  # not a number
        21265,  # a short code
        21610,  # its owner has answered STOP
        21614,  # not a mobile number
        21635,  # a landline
    }
)

NOT_OF_THIS_TEXT = (401, 429)  # who we are, and how many came at once


@dataclass(frozen=True, slots=True)
class TextProvider:
    """`sender`: a number with its country code, or a messaging service ("MG…"), which picks one.

    The interface knows no name by which it would tell a text that comes a second time: where a
    worker is killed between sending and writing down, the reader gets two.
    """

    url: str
    account: str
    token: str = field(repr=False)
    sender: str

    channel: ClassVar[Channel] = Channel.TEXT

    def send(
        self, letters: Sequence[Letter], *, go_on: Callable[[], bool] = lambda: True
    ) -> dict[tuple[str, str], Delivery]:
        """See `Carrier`. After one that found the provider out of reach no further is tried."""
        later = Delivery(Outcome.LATER, Problem.OUT_OF_REACH)
        done = {letter.id: later for letter in letters}
        until = time.monotonic() + BATCH_S
        with suppress(requests.RequestException), requests.Session() as http:
            http.auth = (self.account, self.token)
            for letter in letters:
                if not go_on() or time.monotonic() >= until:
                    break
                answer = http.post(
                    f"{self.url}/2010-04-01/Accounts/{self.account}/Messages.json",
                    data={"To": letter.to, self._from: self.sender, "Body": letter.body},
                    timeout=TIMEOUT_S,
                    allow_redirects=False,  # the token goes to nobody else
                )
                if answer.status_code < 300:
                    done[letter.id] = Delivery(Outcome.SENT)
                elif _code_of(answer) in NEVER:
                    done[letter.id] = Delivery(Outcome.NEVER, Problem.REFUSED)
                elif answer.status_code in NOT_OF_THIS_TEXT or answer.status_code >= 500:
                    break
        return done

    @property
    def _from(self) -> str:
        return "MessagingServiceSid" if self.sender.startswith("MG") else "From"


def _code_of(answer: requests.Response) -> int | None:
    """Of what is refused; its words may hold the number, and go no further."""
    try:
        said = answer.json()
    except requests.JSONDecodeError:
        return None
    code = said.get("code") if isinstance(said, dict) else None
    return code if type(code) is int else None
