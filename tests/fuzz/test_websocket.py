"""A real server under any message: it lives on, others notice nothing, and nothing is stored that
no page offers."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from tests import program
from tests.attack import pair
from tests.client import Browser, Tab
from tests.fuzz.odd import ANSWER, NAME, days, fuzzed, texts

COOKIE = "mindspa-session"
CLINICIAN = "clinician@north.example"


class Served:
    """The server, its people, and a window of somebody who does nothing odd."""

    def __init__(self, server: program.Program, people: pair.Pair) -> None:
        self.server, self.people = server, people
        self._browsers: dict[str, Browser] = {}
        self.witness = self.tab("ben")
        self.witness.open("today")
        self.seen = self.witness.words()

    def tab(self, login: str) -> Tab:
        browser = self._browsers.setdefault(login, Browser(self.server.address))
        browser.http.cookies.set(COOKIE, self.people[login].token)
        return browser.tab()

    def lives(self) -> None:
        assert self.server.answers("/ready") == HTTPStatus.OK
        self.witness.rerun()
        assert self.witness.words() == self.seen

    def end(self) -> None:
        self.witness.socket.close()
        for browser in self._browsers.values():
            browser.http.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    database = folder / "clinic.db"
    shutil.copy(_sqlite_template, database)
    people = pair.build(database, now=datetime.fromisoformat(program.DEMO_NOW))
    server = program.Program(f"sqlite:///{database}", folder / "server.log")
    server.start()
    made = Served(server, people)
    yield made
    made.lives()
    made.end()
    server.stop()
    said = server.said()
    for value in (NAME, ANSWER, "Traceback", *(pair.mark(one.login) for one in people.patients())):
        assert value not in said
    # Streamlit fails so at a value of the wrong kind, wherever it is asked for it.
    ours = re.compile(r"Uncaught app execution: (?!TypeError)\w+ at (mindspa|pages)/")
    assert not ours.search(said), said
    program.run("check", at=program.DEMO_NOW, database=database)  # every record is still sound


# --- Bytes ---------------------------------------------------------------------------------------


def messages() -> st.SearchStrategy[bytes]:
    whole = BackMsg()
    whole.rerun_script.query_string = f"id={NAME}"
    whole.rerun_script.page_name = "patient"
    widget = whole.rerun_script.widget_states.widgets.add(id="$$ID-x-answer", string_value=ANSWER)
    assert widget.id
    data = whole.SerializeToString()
    cut = st.integers(0, len(data)).map(lambda end: data[:end])
    flipped = st.tuples(st.integers(0, len(data) - 1), st.integers(1, 255)).map(
        lambda change: bytes(b ^ change[1] if n == change[0] else b for n, b in enumerate(data))
    )
    return st.one_of(cut, flipped, st.binary(max_size=100), st.just(b"\xff" * 200_000))


@fuzzed(60)
@given(st.lists(messages() | texts.filter(str.isascii), min_size=1, max_size=4))
def test_any_bytes(served: Served, sent: list[bytes | str]) -> None:
    tab = served.tab("ana")
    with tab, suppress(ConnectionClosed):
        for message in sent:
            tab.socket.send(message)
    assert served.server.answers("/health") == HTTPStatus.OK


def test_others_noticed_nothing_of_the_bytes(served: Served) -> None:
    served.lives()


# --- Messages ------------------------------------------------------------------------------------


def _arrays(of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, list[Any]]]:
    return st.lists(of, max_size=3).map(lambda data: {"data": data})


utf8 = texts.map(lambda text: text.encode("utf-8", "replace").decode())


_SELECTIONS = [
    '{"selection": {"rows": [0], "columns": []}}',
    '{"selection": {"rows": [99999999], "columns": ["x"]}}',
    '{"selection": {"rows": [-1, "a", null], "cells": [[0, "x"]]}}',
    '{"selection": null}',
    "[]",
    "null",
    "{",
]
_whole = st.integers(-(2**63), 2**63 - 1)
_floats = st.floats() | st.floats(0, 400)
_written = st.one_of(days.map(str), st.times().map(str), utf8)

# A value for each way in which a widget may send one.
values = st.fixed_dictionaries(
    {
        "trigger_value": st.booleans(),
        "bool_value": st.booleans(),
        "double_value": _floats,
        "int_value": _whole | st.integers(-2, 9),
        "string_value": _written,
        "json_value": utf8 | st.sampled_from(_SELECTIONS),
        "bytes_value": st.binary(max_size=20),
        "json_trigger_value": utf8,
        "string_array_value": _arrays(_written),
        "int_array_value": _arrays(_whole),
        "double_array_value": _arrays(_floats),
    }
)
# The one that fits: what gets past Streamlit's own reading of it is for us to refuse.
FITTING = {
    "radio": "string_value",
    "selectbox": "string_value",
    "text_input": "string_value",
    "text_area": "string_value",
    "time_input": "string_value",
    "date_input": "string_array_value",
    "number_input": "double_value",
    "button": "trigger_value",
    "arrow_data_frame": "json_value",
}


def drawn_widgets(tab: Tab) -> list[tuple[str, str]]:
    """Kind and id, from the top of the page down."""
    drawn = [(one.kind, str(getattr(one.content, "id", ""))) for one in tab.drawn.values()]
    return [(kind, id_) for kind, id_ in drawn if id_]


FIELDS = sorted({*FITTING.values(), "int_value", "json_trigger_value", "bytes_value"})
PLACES = [
    ("ana", "check_in"),
    ("ana", "today"),
    (CLINICIAN, "patient"),
    (CLINICIAN, "follow_up"),
    (CLINICIAN, "patients"),
]


@pytest.mark.parametrize(("login", "page"), PLACES)
@fuzzed(12)
@given(
    st.lists(
        st.tuples(st.integers(0, 999), values, st.none() | st.sampled_from(FIELDS)), max_size=9
    ),
    st.none() | st.integers(0, 999),
)
def test_any_value_for_what_is_drawn(
    served: Served,
    login: str,
    page: str,
    changes: list[tuple[int, dict[str, Any], str | None]],
    fragment: int | None,
) -> None:
    ana = served.people["ana"]
    query = {"check_in": {"id": ana.open_id}, "patient": {"id": ana.patient_id}}.get(page, {})
    with served.tab(login) as tab:
        tab.open(page, **query)
        for label in tab.expanders:
            tab.expand(label)
        state = tab.state()
        widgets = drawn_widgets(tab)
        for number, value, field in changes:
            kind, widget_id = widgets[number % len(widgets)]
            named = field or FITTING.get(kind, "bool_value")
            state.widget_states.widgets.append(WidgetState(id=widget_id, **{named: value[named]}))
        fragments = sorted({drawn.fragment for drawn in tab.drawn.values()} - {""})
        if fragments and fragment is not None:
            state.fragment_id = fragments[fragment % len(fragments)]
        tab.forge(state)
        assert NAME not in " ".join(tab.errors())
