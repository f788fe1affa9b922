"""Who to call when help is needed: one panel for every place that shows it."""

import re

import streamlit as st

from mindspa.domain.definitions import HelpLine
from mindspa.services.show_help import Help
from mindspa.ui.local_time import spoken
from mindspa.ui.menu import path_of


def link() -> None:
    """The one tap that leads to help from every patient page."""
    st.page_link(path_of("get_help"), label="Get help now", icon=":material/support:")


def draw(found: Help) -> None:
    """Blocks nothing: whatever stands around it goes on."""
    if found.script:
        with st.container(border=True):
            st.header("This answer has raised an alert", anchor=False)
            for_staff(found)
        return
    crisis, clinic = found.crisis, found.clinic
    with st.container(border=True):
        st.header("Help is there now", anchor=False)
        st.text("If you are in danger, or might hurt yourself, do not wait for us.")
        dial(f"Emergency: call {crisis.emergency}", "tel", crisis.emergency, main=True)
        for line in crisis.lines:
            _line(line)
        st.text(
            "Nobody watches your answers as you give them. Your care team reads them when the "
            "clinic is open" + (f": {clinic.hours}." if clinic.hours else ".")
        )
        if found.opens_at:
            opens = spoken(found.opens_at, clinic.zone, now=found.now)
            st.text(f"It is closed now. It opens {opens}.")
        if clinic.phone:
            dial(f"Call {clinic.name}: {clinic.phone}", "tel", clinic.phone)


def for_staff(found: Help) -> None:
    """For whoever has the patient on the line or before them."""
    for number, sentence in enumerate(found.script, start=1):
        st.text(f"{number} · {sentence}")
    st.text(f"Emergency: {found.crisis.emergency}")
    for line in found.crisis.lines:
        ways = (
            f"{what} {number}"
            for what, number in (("call", line.call), ("text", line.text))
            if number
        )
        st.text(f"{line.name}: {', '.join(ways)}. {line.hours}.")


def _line(line: HelpLine) -> None:
    st.text(f"{line.name}: {line.hours}")
    if line.call:
        dial(f"Call {line.call}", "tel", line.call, main=True)
    if line.text:
        dial(f"Text {line.text}", "sms", line.text)
    if line.chat:
        st.link_button(f"Chat at {line.chat}", f"https://{line.chat}", width="stretch")


def dial(label: str, scheme: str, number: str, *, main: bool = False) -> None:
    """A button that dials; words such as "SHOUT to 85258" are only read."""
    if re.fullmatch(r"[+()\d\s.-]+", number):
        digits = re.sub(r"[^+\d]", "", number)
        st.link_button(
            label,
            f"{scheme}:{digits}",
            type="primary" if main else "secondary",
            width="stretch",
        )
    else:
        st.text(label)
