"""The look that goes out with every run of a page, worked out once.

For each run Streamlit reads some 300 settings anew and rewrites the names of those that are set,
though none changes while a server runs: a seventh of what a busy server's processor did. It has
no option for that, so its function is put inside one that remembers.
"""

from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

_streamlits_own = app_session._populate_theme_msg


def work_out_once() -> None:
    app_session._populate_theme_msg = _remembered


def _remembered(msg: CustomThemeConfig, section: str = "theme") -> None:
    theme = _worked_out(section)
    if theme.ByteSize():  # where nothing is set, it must not look as if it were
        msg.MergeFrom(theme)


@cache
def _worked_out(section: str) -> CustomThemeConfig:
    theme = CustomThemeConfig()
    _streamlits_own(theme, section)
    return theme
