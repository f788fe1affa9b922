"""What a page sent last is acted on although its connection is lost.

Streamlit stops a page's run as soon as its connection ends: of 20 answers that were tapped just
before a page was reloaded or a phone locked, none was stored, and one may be about safety.
"""

import asyncio
import math
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ACTED_ON_WITHIN = 2.0  # seconds; a unit of work that has begun is never stopped


class LastWords:
    """Tells of the end of a connection only when what came shortly before has had its time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        heard_at, gone = -math.inf, False

        async def heard() -> Message:
            nonlocal heard_at, gone
            message = await receive()
            if message["type"] == "websocket.receive":
                heard_at = time.monotonic()
            elif message["type"] == "websocket.disconnect":
                gone = True
                await asyncio.sleep(max(0.0, heard_at + ACTED_ON_WITHIN - time.monotonic()))
            return message

        async def said(message: Message) -> None:
            nonlocal gone
            if gone:
                return  # nobody hears it, and an error would end the run
            try:
                await send(message)
            except OSError:
                gone = True

        await self.app(scope, heard, said)
