"""A press is acted on before whatever was tapped right after it.

Streamlit stops the run of a page for the next one, and the press goes with it when its turn had not
come: of 20 presses with a tap on the menu 8 ms later, one to three were lost.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WAITS = 2.0  # seconds at most: somebody else may hold the database up


class PressesFirst:
    """Keeps the next run of a page waiting until that of a press has ended. What runs a fragment
    alone stops no page, so that it need not wait."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        acted_on, begun = asyncio.Event(), False
        acted_on.set()

        async def heard() -> Message:
            nonlocal begun
            message = await receive()
            runs_page, is_press = _asked(message.get("bytes"))
            if runs_page and not acted_on.is_set():
                try:
                    await asyncio.wait_for(acted_on.wait(), WAITS)
                except TimeoutError:
                    acted_on.set()
            if is_press:
                begun = False
                acted_on.clear()
            return message

        async def said(message: Message) -> None:
            nonlocal begun
            if not acted_on.is_set():
                told: ForwardMsg = ForwardMsg.FromString(message.get("bytes") or b"")
                if told.HasField("new_session"):
                    begun = True
                elif begun and told.HasField("script_finished"):
                    begun = told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
                    if begun:  # otherwise the press is handed on to another run
                        acted_on.set()
            await send(message)

        await self.app(scope, heard, said)


def _asked(data: bytes | None) -> tuple[bool, bool]:
    """Whether a whole page is to run, and whether a button was pressed."""
    try:
        asked = BackMsg.FromString(data or b"")
    except Exception:  # of the protocol's own library: no message, which Streamlit refuses
        return False, False
    run = asked.rerun_script
    pressed = any(widget.trigger_value for widget in run.widget_states.widgets)
    return asked.HasField("rerun_script") and not run.fragment_id, pressed
