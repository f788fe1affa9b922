"""Whom to call in danger: one tap away for everybody, signed in or not."""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from mindspa import bootstrap
from mindspa.domain.errors import DatabaseUnusable
from mindspa.domain.treatment import Clinic
from mindspa.web import gate, html


async def show_help(request: Request) -> Response:
    """For `?country=`, or the country of the visitor's clinic, or of every clinic here."""
    runtime = bootstrap.runtime()
    crisis = runtime.definitions.crisis
    clinics = await _clinics(request)
    asked = request.query_params.get("country", "").upper()
    countries = [asked] if asked in crisis else sorted({clinic.country for clinic in clinics})
    entries = [crisis[country] for country in countries if country in crisis]
    return html.page(
        "help.html",
        entries=entries or list(crisis.values()),
        others=[country for country in crisis if entries and country not in countries],
        clinic=clinics[0] if len(clinics) == 1 else None,
    )


async def _clinics(request: Request) -> list[Clinic]:
    """The visitor's, or else all. The help must be there even when the database is not."""
    try:
        if member := await gate.live_session(request, activity=False):
            return [member.clinic]
        return list(await to_thread.run_sync(bootstrap.runtime().accounts.clinics))
    except DatabaseUnusable:
        return []
