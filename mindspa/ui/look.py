"""What the theme cannot say: the style sheets beside this file."""

from functools import cache
from pathlib import Path

import streamlit as st


def draw(name: str) -> None:
    st.html(_style(name))


@cache
def _style(name: str) -> str:
    """Read once: it is drawn with every run of a page."""
    return f"<style>{Path(__file__).with_name(name).read_text('utf-8')}</style>"
