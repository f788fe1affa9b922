"""What a browser is told to load before it finds out by itself."""

import re
from pathlib import Path

import pytest
import streamlit as st

from mindspa.domain.access import Person
from mindspa.web.early_files import PARTS, links_of
from mindspa.web.static_files import CompressedFiles
from tests.web.conftest import Browser

FIGURE = "</static/js/PlotlyChart.3.js>; rel=modulepreload; crossorigin=anonymous"
TABLE = "</static/js/DataFrame.4.js>; rel=modulepreload; crossorigin=anonymous"


@pytest.fixture
def parts(files: CompressedFiles) -> None:
    """Two of Streamlit's scripts, and one that only begins like one of them."""
    for name in ("PlotlyChart.3.js", "DataFrame.4.js", "DataFrameOfAnotherKind.5.js"):
        (files.folder / "static" / "js" / name).write_text("1")


def test_the_sign_in_page_brings_what_every_page_loads(browser: Browser) -> None:
    for page in (browser.get("/sign-in"), browser.sign_in("", "")):
        assert re.findall(r'<link rel="prefetch" href="(.*?)">', page.text) == [
            "/static/js/app.1.js"
        ]


@pytest.mark.usefixtures("parts")
def test_a_page_names_the_parts_that_it_draws(browser: Browser, ana: Person) -> None:
    assert browser.sign_in().status_code == 303
    assert browser.get("/patient?id=x").headers["link"] == f"{TABLE}, {FIGURE}"
    assert browser.get("/my_progress").headers["link"] == FIGURE
    assert browser.get("/follow_up").headers["link"] == TABLE
    for path in ("/today", "/check_in", "/patient/more", "/static/js/app.1.js"):
        assert "link" not in browser.get(path).headers


@pytest.mark.usefixtures("parts")
def test_nothing_is_told_to_whoever_is_sent_to_sign_in(browser: Browser) -> None:
    answer = browser.get("/patient?id=x")
    assert answer.status_code == 303
    assert "link" not in answer.headers


def test_streamlit_has_a_script_for_each_part() -> None:
    folder = Path(st.__file__).parent / "static"
    for parts in PARTS.values():
        assert links_of(folder, parts).count("rel=modulepreload") == len(parts)
