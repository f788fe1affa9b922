"""What leaves as a file: looked up by its own session, audited, and kept by nobody on the way.

Streamlit's own downloads can be had by whoever has the address, signed in or not.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import NAMESPACE_OID, uuid5

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from mindspa import bootstrap
from mindspa.charts.vitals import vitals_table
from mindspa.domain.access import Actor
from mindspa.domain.audit import AuditSearch, Kind
from mindspa.domain.due import wanted_at
from mindspa.domain.errors import InvalidInput
from mindspa.domain.treatment import InfusionStatus
from mindspa.exchange.answers_csv import answers_csv
from mindspa.exchange.audit_csv import audit_csv
from mindspa.exchange.calendar_file import Entry, calendar_file
from mindspa.exchange.summary_pdf import summary_pdf
from mindspa.services.export_answers import export_answers, export_own_answers
from mindspa.services.export_summary import export_summary
from mindspa.services.session_summary import summary_beside_vitals, written
from mindspa.services.view_audit_trail import export_audit_trail
from mindspa.services.view_plan import OwnPlan, own_plan
from mindspa.web import gate

CHECK_IN_TAKES = timedelta(minutes=15)  # as long as its entry is drawn in a calendar


async def answers(request: Request) -> Response:
    """Of the patient whose id the address holds; for a patient, without an id, their own."""
    actor = gate.signed_in_of(request).actor
    patient_id = request.path_params.get("patient_id")
    # In a thread: a long record must not stop the event loop.
    name, content = await to_thread.run_sync(partial(_answers, actor, patient_id))
    return _csv(name, content)


async def summary(request: Request) -> Response:
    """Of the infusion whose id the address holds, as a PDF."""
    actor, infusion_id = gate.signed_in_of(request).actor, request.path_params["infusion_id"]
    content = await to_thread.run_sync(partial(_summary, actor, infusion_id))
    # `infusion_id` is that of a record by now, and no longer whatever an address can hold.
    headers = {"Content-Disposition": f'attachment; filename="infusion-{infusion_id}.pdf"'}
    return Response(content, headers=headers, media_type="application/pdf")


async def own_calendar(request: Request) -> Response:
    """What a patient has ahead, for their own calendar."""
    actor = gate.signed_in_of(request).actor
    content = await to_thread.run_sync(partial(_own_calendar, actor))
    headers = {"Content-Disposition": 'attachment; filename="my-plan.ics"'}
    return Response(content, headers=headers, media_type="text/calendar; charset=utf-8")


async def audit_trail(request: Request) -> Response:
    """What a search of the address finds."""
    actor, asked = gate.signed_in_of(request).actor, request.query_params
    try:
        kind = asked.get("kind")
        search = AuditSearch(
            _instant(asked.get("since")),
            _instant(asked.get("until")),
            asked.get("actor"),
            asked.get("about"),
            Kind(kind) if kind else None,
        )
    except (ValueError, OverflowError):
        raise InvalidInput("This address is incomplete. Search again on the page.") from None
    content = await to_thread.run_sync(partial(_audit_trail, actor, search))
    return _csv("audit-trail.csv", content)


def _csv(name: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type="text/csv; charset=utf-8; header=present")


def _instant(given: str | None) -> datetime:
    """Raises ValueError, for one without a zone as well."""
    at = datetime.fromisoformat(given or "")
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC)


def _audit_trail(actor: Actor, search: AuditSearch) -> bytes:
    with bootstrap.runtime().reading(actor) as work:
        found = export_audit_trail(work, search)
    return audit_csv(found.events, found.names)


def _own_calendar(actor: Actor) -> bytes:
    runtime = bootstrap.runtime()
    with runtime.reading(actor) as work:
        plan = own_plan(work)
        work.audit("plan.exported", about=plan.patient.id)
    return calendar_file(
        [*_appointments(plan), *_check_ins(plan, runtime.settings.public_url)],
        version=plan.patient.record_version,  # grows with every write about the patient
        made_at=plan.now,
    )


def _appointments(plan: OwnPlan) -> Iterator[Entry]:
    for infusion in (*plan.infusions, *plan.cancelled):
        yield Entry(
            id=infusion.id,
            title="Appointment",
            starts_at=infusion.starts_at,
            ends_at=infusion.ends_at,
            place=plan.clinic.name,
            cancelled=infusion.status is InfusionStatus.CANCELLED,
        )


def _check_ins(plan: OwnPlan, address: str | None) -> Iterator[Entry]:
    for occasion in plan.check_ins:
        starts_at = wanted_at(occasion)
        yield Entry(
            id=str(uuid5(NAMESPACE_OID, ".".join(occasion.key))),  # its code would say too much
            title="Check-in",
            starts_at=starts_at,
            ends_at=min(starts_at + CHECK_IN_TAKES, max(occasion.closes_at, starts_at)),
            text=f"{address}/today" if address else None,
        )


def _summary(actor: Actor, infusion_id: str) -> bytes:
    with bootstrap.runtime().reading(actor) as work:
        sheet = export_summary(work, infusion_id)
    rows = vitals_table(
        sheet.infusion,
        sheet.readings,
        sheet.rules,
        by=lambda reading: written(sheet, reading.recorded_by, reading.recorded_at),
    ).dropna(axis="columns", how="all")
    cells = rows.astype(object).where(rows.notna(), "").map(str)
    return summary_pdf(
        list(summary_beside_vitals(sheet)), list(cells.columns), cells.to_numpy().tolist()
    )


def _answers(actor: Actor, patient_id: str | None) -> tuple[str, bytes]:
    """The name holds the id and nothing else that says who it is."""
    runtime = bootstrap.runtime()
    with runtime.reading(actor) as work:
        taken = export_own_answers(work) if patient_id is None else export_answers(work, patient_id)
        instruments = work.definitions.instruments
    content = answers_csv(taken.forms, instruments, zone=taken.zone)
    return f"answers-{taken.patient.id}.csv", content
