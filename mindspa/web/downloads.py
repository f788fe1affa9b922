"""What leaves as a file: looked up by its own session, audited, and kept by nobody on the way.

Streamlit's own downloads can be had by whoever has the address, signed in or not.
"""

from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from mindspa import bootstrap
from mindspa.domain.access import Actor
from mindspa.exchange.answers_csv import answers_csv
from mindspa.services.export_answers import export_answers, export_own_answers
from mindspa.web import gate


async def answers(request: Request) -> Response:
    """Of the patient whose id the address holds; for a patient, without an id, their own."""
    actor = gate.signed_in_of(request).actor
    patient_id = request.path_params.get("patient_id")
    # In a thread: a long record must not stop the event loop.
    name, content = await to_thread.run_sync(partial(_answers, actor, patient_id))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type="text/csv; charset=utf-8; header=present")


def _answers(actor: Actor, patient_id: str | None) -> tuple[str, bytes]:
    """The name holds the id and nothing else that says who it is."""
    runtime = bootstrap.runtime()
    with runtime.reading(actor) as work:
        taken = export_own_answers(work) if patient_id is None else export_answers(work, patient_id)
        instruments = work.definitions.instruments
    content = answers_csv(taken.forms, instruments, zone=taken.zone)
    return f"answers-{taken.patient.id}.csv", content
