"""The look that is sent is the one that Streamlit would send, and is worked out once."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from mindspa.web import theme

# As a run asks for them: the whole first, then its parts.
PARTS = ("light", "dark", "sidebar", "light.sidebar", "dark.sidebar")
STREAMLITS_OWN = app_session._populate_theme_msg


@pytest.fixture(autouse=True)
def undone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(app_session, "_populate_theme_msg", STREAMLITS_OWN)
    theme._worked_out.cache_clear()
    yield
    theme._worked_out.cache_clear()


def look() -> bytes:
    whole = CustomThemeConfig()
    app_session._populate_theme_msg(whole)
    for name in PARTS:
        part = whole
        for step in name.split("."):
            part = getattr(part, step)
        app_session._populate_theme_msg(part, f"theme.{name}")
    sent: bytes = whole.SerializeToString(deterministic=True)
    return sent


def test_the_look_is_streamlits_own() -> None:
    before = look()
    theme.work_out_once()
    first, second = look(), look()
    assert len(before) > 500
    assert before == first == second


def test_settings_are_read_for_the_first_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    theme.work_out_once()
    before = look()

    def reads(*_: Any) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(config, "get_options_for_section", reads)
    assert look() == before
