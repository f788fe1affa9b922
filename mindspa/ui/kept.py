"""What the page before a person was drawn from, kept so that a rerun need not derive it again.

One value a tab, of the page that was drawn last, and what was made of it. Whether it still holds is
for a service to say, which checks the permission and looks whether anything was written since.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")

_VALUE, _MADE = "kept_value", "kept_made"


def last(kind: type[T]) -> T | None:
    value = st.session_state.get(_VALUE)
    return value if isinstance(value, kind) else None


def keep(value: object) -> None:
    """What was made of another value goes with it."""
    if st.session_state.get(_VALUE) is not value:
        st.session_state[_VALUE], st.session_state[_MADE] = value, {}


def made(name: Hashable, make: Callable[[], T]) -> T:
    """Of the value that is kept, made at the first call."""
    found: dict[Hashable, Any] = st.session_state[_MADE]
    if name not in found:
        found[name] = make()
    result: T = found[name]
    return result
