"""The font of icons holds what any script can show, and little else."""

from io import BytesIO
from pathlib import Path

import pytest
import streamlit
from fontTools.ttLib import TTFont

from mindspa.web.icon_font import cut, named_in
from mindspa.web.server import compressed_files
from mindspa.web.static_files import AS_IT_IS, ICONS, CompressedFiles
from tests.web.conftest import Browser

STREAMLIT = Path(streamlit.__file__).parent / "static"
(FONT,) = (STREAMLIT / "static").rglob(ICONS)
ADDRESS = f"/static/{FONT.name}"


@pytest.fixture(scope="module")
def small() -> bytes:
    return cut(FONT.read_bytes(), {"vaccines", "check", "no_such_icon"})


def spelled(font: TTFont) -> dict[str, str]:
    """The glyph of each icon."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, several in getattr(table, "ExtSubTable", table).ligatures.items():
                for one in several:
                    name = "".join(letters[glyph] for glyph in (first, *one.Component))
                    found[name] = one.LigGlyph
    return found


@pytest.fixture(scope="module")
def whole() -> TTFont:
    return TTFont(FONT)


def test_only_what_is_named_stays(small: bytes, whole: TTFont) -> None:
    assert set(spelled(TTFont(BytesIO(small)))) == {"vaccines", "check"}
    assert "home" in spelled(whole)
    assert len(small) < FONT.stat().st_size / 30


def test_an_icon_keeps_its_picture_and_its_width(small: bytes, whole: TTFont) -> None:
    now = TTFont(BytesIO(small))
    for name, glyph in spelled(now).items():
        before = spelled(whole)[name]
        assert now["hmtx"][glyph] == whole["hmtx"][before]
        assert now["glyf"][glyph] == whole["glyf"][before]


def test_every_icon_of_every_script_is_in_what_is_served(tmp_path: Path, whole: TTFont) -> None:
    real = compressed_files(STREAMLIT.parent)
    # Of the scripts only what the icons are found in: compressing all takes minutes.
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / FONT.name).write_bytes(FONT.read_bytes())
    scripts = [*(STREAMLIT / "static").rglob("*.js"), *real.scripts]
    (tmp_path / "index.html").write_text("")
    files = CompressedFiles(tmp_path, tmp_path / "cache", scripts)
    files.prepare()
    found = files.best(ADDRESS, "br")
    assert found is not None
    names = named_in(path.read_text("utf-8") for path in scripts)
    assert {"vaccines", "show_chart", "keyboard_arrow_down", "close"} <= names
    assert names & set(spelled(whole)) <= set(spelled(TTFont(BytesIO(found[1]))))


def test_asked_for_anew_and_sent_once(browser: Browser, files: CompressedFiles) -> None:
    """Its address stays when an icon is added, so that a browser must not rely on what it has."""
    (files.folder / "static" / FONT.name).write_bytes(FONT.read_bytes())
    files.prepare()
    first = browser.get(ADDRESS)
    assert first.headers["content-type"] == "font/woff2"
    assert first.headers["cache-control"] == "public, no-cache"
    assert "content-encoding" not in first.headers
    assert first.content == (files.best(ADDRESS, "") or ("", b""))[1]
    assert files.best(ADDRESS, "")[0] == AS_IT_IS  # type: ignore[index]
    again = browser.get(ADDRESS, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = browser.get(ADDRESS, headers={"If-None-Match": '"another"'})
    assert other.content == first.content
