"""What a page sends after a press reaches Streamlit when the press has been acted on."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mindspa.web import presses
from mindspa.web.presses import PressesFirst

BEGUN = ForwardMsg()
BEGUN.new_session.SetInParent()
ENDED = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
HANDED_ON = ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN)


def asked(*, button: bool = False, fragment: str = "") -> BackMsg:
    message = BackMsg()
    message.rerun_script.fragment_id = fragment
    widget = message.rerun_script.widget_states.widgets.add()
    widget.id = "widget"
    if button:
        widget.trigger_value = True
    else:
        widget.string_value = "chosen"
    return message


PRESS, TAP = asked(button=True), asked()


class Wire:
    """What arrives at Streamlit of what a browser sends; what Streamlit says is said at will."""

    def __init__(self, receive: Receive, send: Send, sent: asyncio.Queue[Message]) -> None:
        self._receive, self._send, self._sent = receive, send, sent

    async def arrives(self, data: BackMsg | bytes) -> asyncio.Task[Message]:
        content = data if isinstance(data, bytes) else data.SerializeToString()
        await self._sent.put({"type": "websocket.receive", "bytes": content})
        task = asyncio.ensure_future(self._receive())
        await asyncio.sleep(0.02)
        return task

    async def says(self, *messages: ForwardMsg) -> None:
        for message in messages:
            await self._send({"type": "websocket.send", "bytes": message.SerializeToString()})
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def on_the_wire(story: Callable[[Wire], Awaitable[None]]) -> None:
    async def told() -> None:
        sent: asyncio.Queue[Message] = asyncio.Queue()

        async def app(_scope: Scope, receive: Receive, send: Send) -> None:
            await story(Wire(receive, send, sent))

        async def browser(_message: Message) -> None: ...

        await PressesFirst(app)({"type": "websocket"}, sent.get, browser)

    # In a thread: a browser test of the same process keeps a loop running in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, told()).result()


def test_the_next_run_of_a_page_waits_for_the_press() -> None:
    async def story(wire: Wire) -> None:
        assert (await wire.arrives(PRESS)).done()
        tap = await wire.arrives(TAP)
        assert not tap.done()
        await wire.says(BEGUN)
        assert not tap.done()
        await wire.says(ENDED)
        assert (await tap)["bytes"] == TAP.SerializeToString()
        assert (await wire.arrives(TAP)).done()  # nothing is being pressed

    on_the_wire(story)


def test_the_end_of_the_run_before_is_not_that_of_the_press() -> None:
    async def story(wire: Wire) -> None:
        await wire.says(BEGUN)
        await wire.arrives(PRESS)
        tap = await wire.arrives(TAP)
        await wire.says(ENDED)
        assert not tap.done()
        await wire.says(BEGUN, HANDED_ON)
        assert not tap.done()
        await wire.says(BEGUN, ENDED)
        await tap

    on_the_wire(story)


@pytest.mark.parametrize(
    "second", [asked(fragment="f"), b"", b"\xff no message", BackMsg(stop_script=True)]
)
def test_what_stops_no_page_waits_for_nothing(second: BackMsg | bytes) -> None:
    async def story(wire: Wire) -> None:
        await wire.arrives(PRESS)
        assert (await wire.arrives(second)).done()

    on_the_wire(story)


def test_a_press_that_never_ends_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "WAITS", 0.05)

    async def story(wire: Wire) -> None:
        await wire.arrives(PRESS)
        await (await wire.arrives(TAP))
        assert (await wire.arrives(TAP)).done()

    on_the_wire(story)
