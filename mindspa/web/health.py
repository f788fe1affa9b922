"""Two questions for whoever watches this server: is it up, and can it work?"""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from mindspa import bootstrap
from mindspa.domain.errors import DatabaseUnusable


async def health(request: Request) -> Response:
    return PlainTextResponse("up")


async def ready(request: Request) -> Response:
    try:
        await to_thread.run_sync(bootstrap.runtime().accounts.clinics)
    except DatabaseUnusable as error:
        return PlainTextResponse(str(error), 503)
    return PlainTextResponse("ready")
