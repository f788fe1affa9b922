"""The page of a paired tablet: the field for a code, then one check-in, question by question.

Plain pages beside Streamlit: whoever is before a tablet has no session, so that no other page opens
for them. Each answer is stored, and raises its alert, with the tap that gives it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mindspa import bootstrap
from mindspa.domain.access import Actor, before_tablet
from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Item, Kind
from mindspa.domain.tablets import CODE_LENGTH, VISIT_IDLE, Entry, Visit
from mindspa.services.save_answer import LONGEST_NOTE, save_answer, save_note
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, Section, Sheet, show_check_in
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.web import cookies, forms, html

IDLE_SECONDS = int(VISIT_IDLE.total_seconds()) + 2
# How long a receipt stays: with whom to call on it, long enough to read.
RECEIPT_SECONDS, HELP_SECONDS = 20, 180

_NOT_RIGHT = "That code opens nothing here. Check it, or ask for a new one."
_LOCKED = "Too many wrong codes. Give the tablet back: this page takes codes again in half an hour."


@dataclass(frozen=True, slots=True)
class _Question:
    section: Section
    item: Item


async def show(request: Request) -> Response:
    visit = await _visit(request, activity="idle" not in request.query_params)
    if visit is None:
        return _code_page()
    asked = request.query_params.get("question", "")
    return await _shown(visit, int(asked) if re.fullmatch(r"[0-9]{1,3}", asked, re.ASCII) else None)


async def enter_code(request: Request) -> Response:
    """One answer to whatever opens nothing."""
    code = "".join((await forms.read_form(request)).get("code", "").split())
    runtime, token = bootstrap.runtime(), cookies.tablet_of(request)
    is_code = re.fullmatch(rf"[0-9]{{{CODE_LENGTH}}}", code, re.ASCII) is not None
    entry = Entry.REFUSED
    if token is not None and is_code:
        entry = await to_thread.run_sync(
            partial(runtime.tablets.enter, token, code, runtime.new_id(), now=runtime.clock())
        )
    match entry:
        case Entry.OPENED:
            return _to_tablet()
        case Entry.LOCKED:
            return _code_page(_LOCKED, status=429)
    return _code_page(_NOT_RIGHT, status=422)


async def answer(request: Request) -> Response:
    fields = await forms.read_form(request)
    visit = await _visit(request)
    # A page that was left standing is of another patient perhaps.
    if visit is None or fields.get("check_in") != visit.check_in_id:
        return _to_tablet()
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
    return RedirectResponse(f"/tablet?question={_whole(fields.get('number')) + 1}", 303)


async def send(request: Request) -> Response:
    fields = await forms.read_form(request)
    visit = await _visit(request)
    if visit is None or fields.get("check_in") != visit.check_in_id:
        return _to_tablet()
    note = fields.get("note", "")

    def act(work: UnitOfWork) -> None:
        before = show_check_in(work, visit.check_in_id).check_in.note or ""
        save_note(work, visit.check_in_id, note, replaces=before)
        send_check_in(work, visit.check_in_id, unanswered_too=True)

    await _acting(visit, act)
    return await _shown(visit, None)


async def leave(request: Request) -> Response:
    """Put away before it was sent: what was chosen is kept."""
    await forms.read_form(request)
    if (visit := await _visit(request)) is not None:
        await _end(visit)
    return _to_tablet()


async def _visit(request: Request, *, activity: bool = True) -> Visit | None:
    token = cookies.tablet_of(request)
    if token is None:
        return None
    runtime = bootstrap.runtime()
    return await to_thread.run_sync(
        partial(runtime.tablets.visit, token, now=runtime.clock(), activity=activity)
    )


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


async def _end(visit: Visit) -> None:
    runtime = bootstrap.runtime()
    await to_thread.run_sync(partial(runtime.tablets.end, visit, now=runtime.clock()))


async def _shown(visit: Visit, number: int | None) -> Response:
    """The question of that number, or the first without an answer; once all were gone through, the
    page that sends. What was sent or has closed puts itself away."""
    found = await _read(visit)
    if not isinstance(found, Sheet):
        await _end(visit)
        return _done(found)
    questions = [_Question(section, item) for section in found.sections for item in section.items]
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
        return _page(
            "tablet_send.html",
            IDLE_SECONDS,
            **common,
            open_ones=open_ones,
            blank=found.blank,
            note=found.check_in.note or "",
            longest=LONGEST_NOTE,
        )
    values = _question_values(found, questions[place - 1])
    return _page("tablet_question.html", IDLE_SECONDS, **common, **values)


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


def _done(found: Receipt | Closed) -> Response:
    return _page(
        "tablet_done.html",
        HELP_SECONDS if found.shows_help else RECEIPT_SECONDS,
        sent=isinstance(found, Receipt),
        help=found.help if found.shows_help else None,
    )


def _page(template: str, seconds: int, **values: Any) -> Response:
    """It asks again by itself after so many seconds: nobody need touch a tablet to lock it."""
    response = html.page(template, **values)
    response.headers["Refresh"] = f"{seconds};url=/tablet?idle"
    return response


def _code_page(error: str | None = None, *, status: int = 200) -> Response:
    return html.page("tablet_code.html", status=status, error=error, length=CODE_LENGTH)


def _whole(given: str | None) -> int:
    if given is None or not re.fullmatch(r"[0-9]{1,4}", given, re.ASCII):
        raise InvalidInput("That is no answer of this page. Go back and choose one.")
    return int(given)


def _to_tablet() -> Response:
    return RedirectResponse("/tablet", 303)
