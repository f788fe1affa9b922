"""Links by which a password is chosen, on both engines: what two browsers at once come to."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from mindspa.bootstrap import Runtime
from mindspa.domain.access import Person
from mindspa.domain.errors import InvalidInput
from mindspa.domain.links import PasswordLink
from mindspa.domain.messages import Channel, Kind
from mindspa.domain.treatment import Clinic
from mindspa.services.password_by_mail import (
    ASKED_AGAIN_AFTER,
    ask_for_link,
    choose_password,
    nobody_yet,
)
from tests.accounts import an_account
from tests.conftest import Clock

NEW = "another river of small stones"


@pytest.fixture
def ana(runtime: Runtime, clinic: Clinic) -> Person:
    person = an_account(runtime, clinic)
    with runtime.database.writing() as session:
        session.execute(text("UPDATE people SET email = 'ana@example.org' WHERE login = 'ana'"))
    return person


def ask(runtime: Runtime, person: Person) -> None:
    with runtime.unit_of_work(nobody_yet(person)) as work:
        ask_for_link(work, person)


def claimed(runtime: Runtime) -> list[PasswordLink]:
    """The links of the letters that go out now."""
    outgoing = runtime.outbox.claim(Channel.EMAIL, most=25, now=runtime.clock()) or []
    assert {one.message.kind for one in outgoing} <= {Kind.LOST}
    found = [runtime.password_links.find(one.token or "") for one in outgoing]
    return [link for link in found if link is not None]


def choose(runtime: Runtime, link: PasswordLink, new: str = NEW) -> None:
    choose_password(
        runtime.accounts,
        runtime.password_links,
        link,
        new=new,
        repeated=new,
        now=runtime.clock(),
    )


def test_of_two_browsers_at_once_one_chooses(runtime: Runtime, ana: Person) -> None:
    """Both had looked the link up while it was good."""
    ask(runtime, ana)
    (link,) = claimed(runtime)
    together, chosen = Barrier(2), list[str]()

    def press(new: str) -> None:
        together.wait()
        try:
            choose(runtime, link, new)
            chosen.append(new)
        except InvalidInput:
            pass

    threads = [Thread(target=press, args=(new,)) for new in (NEW, NEW + " again")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(chosen) == 1
    with pytest.raises(InvalidInput, match="used before"):
        choose(runtime, link)


def test_one_letter_in_ten_minutes(runtime: Runtime, ana: Person, clock: Clock) -> None:
    for _ in range(3):
        ask(runtime, ana)
    assert len(claimed(runtime)) == 1
    clock.now += ASKED_AGAIN_AFTER
    ask(runtime, ana)
    links = claimed(runtime)
    assert links
    choose(runtime, links[-1])
    for link in links:
        with pytest.raises(InvalidInput):
            choose(runtime, link)


def test_what_is_written_down(runtime: Runtime, ana: Person) -> None:
    ask(runtime, ana)
    (link,) = claimed(runtime)
    choose(runtime, link)
    with runtime.database.reading() as session:
        events = session.execute(
            text("SELECT what, actor_id FROM audit_events WHERE what LIKE 'password.%' ORDER BY id")
        ).all()
    assert [tuple(event) for event in events] == [
        ("password.link_asked", ana.id),
        ("password.chosen_by_link", ana.id),
    ]
