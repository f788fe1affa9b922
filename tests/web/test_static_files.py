"""Compressed files by exact address."""

import gzip
from pathlib import Path

import brotli
import pytest

from mindspa.web.static_files import BROTLI_QUALITY, CompressedFiles
from tests.web.conftest import SCRIPT, Browser

ADDRESS = "/static/js/app.1.js"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=1.0", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("", None),
        ("brotli", None),
    ],
)
def test_the_best_that_the_browser_takes(
    files: CompressedFiles, accepted: str, encoding: str | None
) -> None:
    files.prepare()
    found = files.best(ADDRESS, accepted)
    assert (found and found[0]) == encoding
    if found:
        unpack = brotli.decompress if encoding == "br" else gzip.decompress
        assert unpack(found[1]).decode() == SCRIPT
        assert len(found[1]) < len(SCRIPT) / 4


def test_served_with_its_type_for_ever(browser: Browser, files: CompressedFiles) -> None:
    assert browser.get(ADDRESS).text == "inner"  # not ready yet: Streamlit's own answer
    files.prepare()
    answer = browser.get(ADDRESS, headers={"Accept-Encoding": "br"})
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"
    # What only pages need is left out: it would be said a hundred times at a first visit.
    assert "content-security-policy" not in answer.headers
    head = browser.head(ADDRESS, headers={"Accept-Encoding": "br"})
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert head.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/../js/app.1.js",
        "/static/js/..%2Fjs%2Fapp.1.js",
        "/static/js/./app.1.js",
        "/static//js/app.1.js",
        "/static/js/app.1.js/",
        "/static/js/APP.1.JS",
        "/static/js/app.1.js.br",
        "/static/../streamlit/index.html",
        "/static/%2e%2e/%2e%2e/mindspa.db",
        "/static/js/small.2.js",
        "/static/secret.py",
        "/index.html",
    ],
)
def test_nothing_but_the_exact_address(files: CompressedFiles, path: str) -> None:
    files.prepare()
    assert files.best(path, "br") is None


def test_compressed_once_and_remembered(files: CompressedFiles) -> None:
    files.prepare()
    kept = files.cache / f"app.1.js.{BROTLI_QUALITY}.br"
    kept.write_bytes(b"remembered")
    again = CompressedFiles(files.folder, files.cache)
    again.prepare()
    assert again.best(ADDRESS, "br") == ("br", b"remembered")
    assert {path.suffix for path in files.cache.iterdir()} == {".br", ".gz"}


def test_a_folder_that_cannot_be_written_is_no_obstacle_and_said_once(
    files: CompressedFiles, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    unkept = CompressedFiles(files.folder, blocked / "cache")
    unkept.prepare()
    assert unkept.best(ADDRESS, "br") is not None
    (said,) = caplog.messages
    assert said == f"Compressed files are not kept: {blocked / 'cache'} cannot be written."


def test_the_figures_script_is_compiled_while_it_comes_in(files: CompressedFiles) -> None:
    """The comment must be the first line, or the browser does not look at it."""
    (files.folder / "static" / "js" / "PlotlyChart.3.js").write_text(SCRIPT)
    files.prepare()
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        found = files.best("/static/js/PlotlyChart.3.js", encoding)
        assert found
        assert unpack(found[1]).decode() == f"//# allFunctionsCalledOnLoad\n{SCRIPT}"
        other = files.best(ADDRESS, encoding)
        assert other
        assert unpack(other[1]).decode() == SCRIPT
