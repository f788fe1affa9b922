"""Texts to a provider over HTTP: what arrives, and what becomes of those that do not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mindspa.domain.messages import Delivery, Outcome, Problem
from mindspa.exchange import text_message
from mindspa.exchange.letter import Letter
from mindspa.exchange.text_message import NEVER as CODES
from mindspa.exchange.text_message import TextProvider
from tests.texts import ACCOUNT, SENDER, TOKEN, Phones, a_text_provider, no_provider

AT = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
ANA, BEN, CAM = "+12025550111", "+12025550112", "+12025550113"
SENT = Delivery(Outcome.SENT)
LATER = Delivery(Outcome.LATER, Problem.OUT_OF_REACH)
NEVER = Delivery(Outcome.NEVER, Problem.REFUSED)


def letters(*to: str) -> list[Letter]:
    return [
        Letter(("clinic", str(n)), number, "", "An alert waits: https://x.org/a?b=1&c", "", AT)
        for n, number in enumerate(to)
    ]


def outcomes(provider: TextProvider, *to: str) -> list[Delivery]:
    found = provider.send(letters(*to))
    return [found[key] for key in sorted(found)]


def test_a_text_arrives_as_it_was_written(phones: Phones, provider: TextProvider) -> None:
    assert outcomes(provider, ANA) == [SENT]
    body = "An alert waits: https://x.org/a?b=1&c"
    assert phones.texts == [{"To": ANA, "From": SENDER, "Body": body}]
    assert phones.asked == [f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"]


def test_a_messaging_service_picks_the_number(phones: Phones, provider: TextProvider) -> None:
    service = "MG" + "0" * 32
    assert outcomes(replace(provider, sender=service), ANA) == [SENT]
    assert phones.texts[0]["MessagingServiceSid"] == service
    assert "From" not in phones.texts[0]


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_number_that_takes_no_texts_is_not_tried_again(
    phones: Phones, provider: TextProvider, code: int
) -> None:
    phones.refuses(ANA, code)
    assert outcomes(provider, ANA, BEN) == [NEVER, SENT]


@pytest.mark.parametrize(
    ("code", "status"),
    [(21606, 400), (21659, 400), (21408, 403), (20404, 404), (30001, 400)],
    ids=["sender", "not ours", "country", "path", "unknown"],
)
def test_whose_fault_it_is_not_is_tried_again_and_holds_up_nobody(
    phones: Phones, provider: TextProvider, code: int, status: int
) -> None:
    """A sender that is set up wrongly must not cost a message for good."""
    phones.refuses(ANA, code, status)
    assert outcomes(provider, ANA, BEN) == [LATER, SENT]


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_where_the_provider_is_in_trouble_no_further_is_tried(
    phones: Phones, provider: TextProvider, status: int
) -> None:
    phones.answers[BEN] = (status, "")
    assert outcomes(provider, ANA, BEN, CAM) == [SENT, LATER, LATER]
    assert len(phones.asked) == 2


@pytest.mark.parametrize(
    "said", ["", "<html>", "[]", '{"code": "21610"}', '{"code": true}', "null"]
)
def test_what_is_no_answer_of_theirs_refuses_nobody_for_good(
    phones: Phones, provider: TextProvider, said: str
) -> None:
    phones.answers[ANA] = (400, said)
    assert outcomes(provider, ANA, BEN) == [LATER, SENT]


def test_the_token_follows_no_redirect(phones: Phones, provider: TextProvider) -> None:
    with a_text_provider(elsewhere := Phones()) as other:
        phones.answers[ANA] = (307, f"{other.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
        assert outcomes(provider, ANA) == [LATER]
    assert elsewhere.asked == []


def test_out_of_reach(phones: Phones) -> None:
    assert outcomes(no_provider(), ANA, BEN) == [LATER, LATER]


def test_a_wrong_token_is_ours_to_put_right(phones: Phones, provider: TextProvider) -> None:
    assert outcomes(replace(provider, token="another"), ANA) == [LATER]
    assert phones.texts == []


def test_one_that_takes_it_and_hangs_up_gets_it_again(
    phones: Phones, provider: TextProvider
) -> None:
    """Lost is worse than twice."""
    phones.hangs_up = True
    assert outcomes(provider, ANA) == [LATER]
    assert phones.to(ANA)


def test_a_slow_one_is_not_waited_for(
    phones: Phones, provider: TextProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_message, "BATCH_S", 0.0)
    assert outcomes(provider, ANA) == [LATER]
    assert phones.asked == []


def test_a_stop_ends_it(phones: Phones, provider: TextProvider) -> None:
    found = provider.send(letters(ANA, BEN), go_on=lambda: len(phones.texts) < 1)
    assert [found[key] for key in sorted(found)] == [SENT, LATER]


def test_its_token_is_never_printed(provider: TextProvider) -> None:
    assert TOKEN not in repr(provider)
