"""A browser without a screen: speaks Streamlit's websocket protocol to a running server.

It signs in over HTTP, opens tabs, sets widgets by label, presses, and keeps what is drawn, as
Streamlit's own page does: widgets send their values with every run, large messages are remembered
and then come as references, and what a run did not draw again is gone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

import httpx2
from google.protobuf.message import Message  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60.0  # seconds without a message before a run counts as hung
REMEMBERED_FOR = 2  # runs: `global.maxCachedMessageAge`
LARGEST_MESSAGE = 64 * 2**20

# Which field of a drawn widget holds its value, and which field of its state carries it back.
_VALUES = {
    "radio": ("raw_value", "string_value"),
    "selectbox": ("raw_value", "string_value"),
    "text_input": ("value", "string_value"),
    "text_area": ("value", "string_value"),
    "checkbox": ("value", "bool_value"),
}


class Browser:
    """One person's cookies at one server, such as http://127.0.0.1:8501."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx2.Client(base_url=address, headers={"Origin": address}, timeout=PATIENCE)

    def sign_in(self, login: str, password: str) -> None:
        answer = self.http.post("/sign-in", data={"login": login, "password": password})
        if answer.status_code != 303:
            raise RuntimeError(f"signing in was answered with {answer.status_code}")

    def tab(self, *, resumes: str = "") -> "Tab":
        """`resumes`: the id of a session whose connection was lost, as the page sends it when it
        connects again."""
        return self.forged_tab(resumes=resumes)

    def forged_tab(
        self, *, resumes: str = "", cookies: str | None = None, origin: str | None = None
    ) -> "Tab":
        """With another Origin, or other cookies, than this browser would send."""
        if cookies is None:
            cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        protocols = ["streamlit", "no-xsrf-token", resumes] if resumes else ["streamlit"]

        def connected() -> ClientConnection:
            return connect(
                self.address.replace("http", "ws", 1) + "/_stcore/stream",
                origin=Origin(self.address if origin is None else origin),
                subprotocols=[Subprotocol(protocol) for protocol in protocols],
                additional_headers={"Cookie": cookies} if cookies else {},
                max_size=LARGEST_MESSAGE,
                proxy=None,
                ping_interval=None,  # a browser sends none
                legacy=True,  # connects at once
            )

        return Tab(connected(), self.address, connected)


@dataclass(slots=True)
class Drawn:
    """An element on the page, and the run and fragment that drew it."""

    element: Element
    run: str
    fragment: str

    @property
    def kind(self) -> str:
        return str(self.element.WhichOneof("type"))

    @property
    def content(self) -> Any:
        return getattr(self.element, self.kind)

    @property
    def label(self) -> str:
        return str(getattr(self.content, "label", ""))


@dataclass(slots=True)
class Run:
    """What the server sent until it had finished: messages, their bytes, and elements drawn."""

    messages: int = 0
    size: int = 0
    deltas: int = 0
    references: int = 0  # large messages that the browser still held
    missing: bool = False  # the page that was asked for is none for this person


@dataclass(slots=True)
class Tab:
    """A page in one window. Every method that makes the server run returns when it has finished."""

    socket: ClientConnection
    address: str
    connected: Callable[[], ClientConnection]
    page: str = ""
    query: str = ""
    session_id: str = ""
    drawn: dict[tuple[int, ...], Drawn] = field(default_factory=dict)
    expanders: dict[str, str] = field(default_factory=dict)  # the ids of those that load when open
    auto_reruns: list[str] = field(default_factory=list)  # fragments that run by themselves
    last: Run = field(default_factory=Run)
    _page_hash: str = ""
    _run_id: str = ""
    _values: dict[str, WidgetState] = field(default_factory=dict)
    _remembered: dict[str, tuple[ForwardMsg, int]] = field(default_factory=dict)
    _runs: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    # What a person does

    def open(self, page: str, **query: str) -> Run:
        """By its address: "" is where this person lands."""
        self.page, self.query, self._page_hash = page, urlencode(query), ""
        return self.rerun()

    def rerun(self) -> Run:
        return self._run()

    def reload(self) -> Run:
        """As the browser's own button does it: the server begins a new session."""
        self.socket.close()
        self.socket = self.connected()
        self._page_hash = ""
        for remembered in (self.drawn, self._values, self._remembered):
            remembered.clear()
        return self.rerun()

    def press(self, label: str) -> Run:
        button = self.one("button", label)
        return self._run(WidgetState(id=button.content.id, trigger_value=True), button.fragment)

    def set(self, kind: str, label: str, value: str | bool) -> Run:
        """Chooses an option by its words, types a text, ticks a box."""
        return self.forge(self.hold(kind, label, value))

    def hold(self, kind: str, label: str, value: str | bool) -> ClientState:
        """Sets a widget, as `set` does. What the page then sends is left to the caller."""
        widget = self.one(kind, label)
        state = WidgetState(id=widget.content.id)
        setattr(state, _VALUES[kind][1], value)
        self._values[state.id] = state
        return self.state(fragment=widget.fragment)

    def expand(self, label: str) -> Run:
        state = WidgetState(id=self.expanders[label], bool_value=True)
        self._values[state.id] = state
        return self._run()

    # What a person sees

    def all(self, kind: str) -> list[Drawn]:
        """From the top of the page down."""
        return [self.drawn[path] for path in sorted(self.drawn) if self.drawn[path].kind == kind]

    def one(self, kind: str, label: str) -> Drawn:
        found = [widget for widget in self.all(kind) if widget.label == label]
        if len(found) != 1:
            there = ", ".join(repr(widget.label) for widget in self.all(kind)) or "none"
            raise LookupError(f"{len(found)} of {kind} {label!r} on this page; there: {there}")
        return found[0]

    def words(self) -> str:
        """Everything that was sent to be shown, tables and pictures included."""
        return "\n".join(
            text for path in sorted(self.drawn) for text in _texts(self.drawn[path].element)
        )

    def errors(self) -> list[str]:
        shown = [alert.content for alert in self.all("alert")]
        return [alert.body for alert in shown if alert.format == alert.ERROR] + [
            exception.content.message for exception in self.all("exception")
        ]

    def refusals(self) -> list[str]:
        """The errors, but for the line that says on pages of the team how many alerts are open."""
        return [error for error in self.errors() if " open alert" not in error]

    # The protocol

    def _run(self, pressed: WidgetState | None = None, fragment: str = "") -> Run:
        return self.forge(self.state(pressed, fragment))

    def state(self, pressed: WidgetState | None = None, fragment: str = "") -> ClientState:
        """What a page sends with a run."""
        state = ClientState(
            query_string=self.query,
            page_script_hash=self._page_hash,
            page_name="" if self._page_hash else self.page,
            fragment_id=fragment,
            cached_message_hashes=list(self._remembered),
        )
        state.context_info.timezone = "America/New_York"
        state.context_info.locale = "en-US"
        state.context_info.url = f"{self.address}/{self.page}"
        state.context_info.color_scheme = "light"
        state.widget_states.widgets.extend(self._values.values())
        if pressed is not None:
            state.widget_states.widgets.append(pressed)
        return state

    def forge(self, state: ClientState) -> Run:
        """Any state at all, whether or not a page would send it."""
        self.send(BackMsg(rerun_script=state))
        self.last = Run()
        while not self._take(self.socket.recv(timeout=PATIENCE)):
            pass
        if self.last.missing:
            raise LookupError(f"{self.page!r} is no page for this person")
        return self.last

    def send(self, message: BackMsg) -> None:
        """Waits for nothing: not every message is answered."""
        self.socket.send(message.SerializeToString())

    def _take(self, data: bytes | str) -> bool:
        """True for the message that ends a run which no other follows."""
        assert isinstance(data, bytes)
        message = ForwardMsg.FromString(data)
        self.last.messages += 1
        self.last.size += len(data)
        match message.WhichOneof("type"):
            case "new_session":
                self.session_id = message.new_session.initialize.session_id
                self._run_id = message.metadata.run.script_run_id
                self._page_hash = message.new_session.page_script_hash
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
                for page in message.navigation.app_pages:
                    if page.page_script_hash == self._page_hash:
                        self.page = page.url_pathname
            case "page_not_found":
                self.last.missing = True
            case "auto_rerun":
                self.auto_reruns.append(message.auto_rerun.fragment_id)
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta" | "ref_hash":
                self._draw(message)
            case "session_event" if message.session_event.HasField("script_compilation_exception"):
                raise RuntimeError(message.session_event.script_compilation_exception.message)
            case "script_finished":
                return self._finished(message)
        return False

    def _draw(self, message: ForwardMsg) -> None:
        metadata = message.metadata
        if message.HasField("ref_hash"):
            self.last.references += 1
            message = self._remembered[message.ref_hash][0]
        elif metadata.cacheable:
            self._remembered[message.hash] = (message, self._runs)
        if message.hash in self._remembered:
            self._remembered[message.hash] = (message, self._runs)
        self.last.deltas += 1
        path = tuple(metadata.delta_path)
        if message.delta.HasField("new_element"):
            drawn = Drawn(message.delta.new_element, self._run_id, message.delta.fragment_id)
            self.drawn[path] = drawn
            self._adopt_value(drawn)
        elif (block := message.delta.add_block).HasField("expandable") and block.id:
            self.expanders[block.expandable.label] = block.id

    def _adopt_value(self, drawn: Drawn) -> None:
        """A value that the program gave to a widget is then the widget's own."""
        names = _VALUES.get(drawn.kind)
        if names is None or not drawn.content.set_value:
            return
        state = WidgetState(id=drawn.content.id)
        if drawn.kind == "checkbox" or drawn.content.HasField(names[0]):
            setattr(state, names[1], getattr(drawn.content, names[0]))
        self._values[state.id] = state

    def _finished(self, message: ForwardMsg) -> bool:
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return False
        fragments = message.metadata.run.fragment_ids  # none: the whole page ran
        for path, drawn in list(self.drawn.items()):
            in_run = not fragments or drawn.fragment in fragments
            if in_run and drawn.run != self._run_id:
                del self.drawn[path]
        self._runs += 1
        for key, (_, last) in list(self._remembered.items()):
            if self._runs - last > REMEMBERED_FOR:
                del self._remembered[key]
        return True


def _texts(message: Message) -> Iterator[str]:
    for field_, value in message.ListFields():
        for one in value if field_.is_repeated and not hasattr(value, "items") else [value]:
            if isinstance(one, Message):
                yield from _texts(one)
            elif isinstance(one, bytes):
                yield one.decode("utf-8", "replace")
            elif isinstance(one, str):
                yield one
