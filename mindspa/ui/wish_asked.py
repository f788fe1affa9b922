"""What a patient asked the clinic for, as staff read it."""

import streamlit as st

from mindspa.domain.contacts import WaitingWish, Wish
from mindspa.services.view_patients import WISHES
from mindspa.ui.plain_text import plain

_DONE = {
    Wish.CALL: ("The call was made", "The call is recorded."),
    Wish.BOOSTER: ("The booster was answered", "The answer about the booster is recorded."),
    Wish.APPOINTMENT: (
        "The appointment was answered",
        "The answer about the appointment is recorded.",
    ),
}


def say(waiting: WaitingWish, asked: str) -> None:
    """`asked`: when, in words."""
    icon = ":material/call:" if waiting.wish is Wish.CALL else ":material/event_available:"
    said = f"Asked for {WISHES[waiting.wish]} {asked}, and has not had it yet."
    note = f" “{plain(waiting.note)}”" if waiting.note else ""
    st.warning(said + note, icon=icon)


def done(wish: Wish) -> str:
    """On the button."""
    return _DONE[wish][0]


def recorded(wish: Wish) -> str:
    """Once it is stored."""
    return _DONE[wish][1]
