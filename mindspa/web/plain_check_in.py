"""One check-in, question by question, on plain pages: for whoever has no session, before a tablet
of the clinic or with a link from a reminder.

Each answer is stored, and raises its alert, with the tap that gives it.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.access import Actor, before_tablet
from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Item, Kind
from mindspa.domain.tablets import Visit
from mindspa.services.save_answer import LONGEST_NOTE, save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, Section, Sheet, show_check_in
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.web import forms, html

# How long a receipt stays: with whom to call on it, long enough to read.
RECEIPT_SECONDS, HELP_SECONDS = 20, 180


@dataclass(frozen=True, slots=True)
class _Question:
    section: Section
    item: Item


@dataclass(frozen=True, slots=True)
class CheckInPages:
    """`path`: where they are. `look_up`: who is there, if anybody; the second argument is whether a
    person did something. `put_away`: ends that. `outside`: what is shown where nobody is.
    `on_tablet`: of the clinic, which is given back, and asks again by itself after so many
    `idle_seconds`."""

    path: str
    look_up: Callable[[Request, bool], Awaitable[Visit | None]]
    put_away: Callable[[Visit], Awaitable[None]]
    outside: Callable[[], Response]
    on_tablet: bool
    idle_seconds: int

    async def show(self, request: Request) -> Response:
        visit = await self.look_up(request, "idle" not in request.query_params)
        if visit is None:
            return self.outside()
        asked = request.query_params.get("question", "")
        is_number = re.fullmatch(r"[0-9]{1,3}", asked, re.ASCII) is not None
        return await self._shown(visit, int(asked) if is_number else None)

    async def answer(self, request: Request) -> Response:
        fields = await forms.read_form(request)
        visit = await self.look_up(request, True)
        # A page that was left standing is of another patient perhaps.
        if visit is None or fields.get("check_in") != visit.check_in_id:
            return self.back()
        value, replaces = _whole(fields.get("value")), _whole(fields.get("replaces"))
        await _acting(
            visit,
            lambda work: save_answer(
                work,
                visit.check_in_id,
                instrument_id=fields.get("instrument", ""),
                item_id=fields.get("item", ""),
                value=value,
                replaces=replaces,
            ),
        )
        following = _whole(fields.get("number")) + 1
        return RedirectResponse(f"{self.path}?question={following}", 303)

    async def send(self, request: Request) -> Response:
        fields = await forms.read_form(request)
        visit = await self.look_up(request, True)
        if visit is None or fields.get("check_in") != visit.check_in_id:
            return self.back()
        note = fields.get("note", "")

        def act(work: UnitOfWork) -> None:
            before = show_check_in(work, visit.check_in_id).check_in.note or ""
            save_note(work, visit.check_in_id, note, replaces=before)
            send_check_in(work, visit.check_in_id, unanswered_too=True)

        await _acting(visit, act)
        return await self._shown(visit, None)

    async def leave(self, request: Request) -> Response:
        """Put away before it was sent: what was chosen is kept."""
        await forms.read_form(request)
        if (visit := await self.look_up(request, True)) is not None:
            await self.put_away(visit)
        return self.back()

    def back(self) -> Response:
        return RedirectResponse(self.path, 303)

    async def _shown(self, visit: Visit, number: int | None) -> Response:
        """The question of that number, or the first without an answer; once all were gone through,
        the page that sends. What was sent or has closed puts itself away."""
        found = await _read(visit)
        if not isinstance(found, Sheet):
            await self.put_away(visit)
            return self._done(found)
        questions = [_Question(s, item) for s in found.sections for item in s.items]
        open_ones = [
            place
            for place, question in enumerate(questions, start=1)
            if question.item.id not in question.section.answers
        ]
        first = open_ones[0] if open_ones else len(questions) + 1
        place = min(max(number or first, 1), len(questions) + 1)
        helps = any(section.shows_help for section in found.sections)
        common: dict[str, Any] = {
            "visit": visit,
            "of": len(questions),
            "number": place,
            "help": found.help if helps else None,
        }
        if place > len(questions):
            return self._page(
                "plain_send.html",
                self.idle_seconds,
                **common,
                open_ones=open_ones,
                blank=found.blank,
                note=found.check_in.note or "",
                longest=LONGEST_NOTE,
            )
        values = _question_values(found, questions[place - 1])
        return self._page("plain_question.html", self.idle_seconds, **common, **values)

    def _done(self, found: Receipt | Closed) -> Response:
        return self._page(
            "plain_done.html",
            HELP_SECONDS if found.shows_help else RECEIPT_SECONDS,
            sent=isinstance(found, Receipt),
            help=found.help if found.shows_help else None,
        )

    def _page(self, template: str, seconds: int, **values: Any) -> Response:
        """A tablet's asks again by itself after so many seconds: nobody need touch it."""
        response = html.page(template, base=self.path, on_tablet=self.on_tablet, **values)
        if self.on_tablet:
            response.headers["Refresh"] = f"{seconds};url={self.path}?idle"
        return response


def _actor(visit: Visit) -> Actor:
    return before_tablet(visit.clinic_id, visit.patient_id, visit.patient_name, visit.check_in_id)


async def _acting(visit: Visit, act: Callable[[UnitOfWork], object]) -> None:
    def carried_out() -> None:
        with bootstrap.runtime().unit_of_work(_actor(visit)) as work:
            act(work)

    await to_thread.run_sync(carried_out)


async def _read(visit: Visit) -> Sheet | Closed | Receipt:
    def read() -> Sheet | Closed | Receipt:
        with bootstrap.runtime().reading(_actor(visit)) as work:
            return show_check_in(work, visit.check_in_id)

    return await to_thread.run_sync(read)


def _question_values(sheet: Sheet, question: _Question) -> dict[str, Any]:
    instrument, item = question.section.instrument, question.item
    language = instrument.language_for(sheet.check_in.language)
    given = question.section.answers.get(item.id)
    about = f"This is about the {instrument.recall_label[language]}."
    return {
        "language": language,
        "title": instrument.title[language],
        "stem": instrument.stem[language] if instrument.stem else about,
        "intro": item.intro[language] if item.intro else None,
        "text": item.text[language],
        "options": [(option.value, option.text[language]) for option in item.options],
        "instrument": instrument.id,
        "item": item.id,
        "chosen": given.value if given else None,
        "replaces": given.revision if given else 0,
        "notice": instrument.provenance.notice if instrument.kind is Kind.STANDARD else None,
    }


def _whole(given: str | None) -> int:
    if given is None or not re.fullmatch(r"[0-9]{1,4}", given, re.ASCII):
        raise InvalidInput("That is no answer of this page. Go back and choose one.")
    return int(given)
