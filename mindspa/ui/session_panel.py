"""What was written down at one infusion, opened below the timeline."""

import streamlit as st

from mindspa.charts.rows import infusion_row
from mindspa.domain.infusion_sheet import SheetRules
from mindspa.domain.outcomes import Progress
from mindspa.services.session_summary import effect_row
from mindspa.ui import vitals_shown
from mindspa.ui.record_entry import expander, key_of


def draw(progress: Progress, rules: SheetRules) -> None:
    """Nothing where no sheet was written on."""
    if not progress.sessions:
        return
    opened = expander(progress.patient.id, "Vitals and side effects", ":material/monitor_heart:")
    if not opened.open:
        return
    with opened:
        _session(progress, rules)


def _session(progress: Progress, rules: SheetRules) -> None:
    rows = {
        infusion.id: infusion_row(infusion, progress, rules)
        for infusion in reversed(progress.infusions)
        if infusion.id in progress.sessions
    }
    chosen = st.selectbox(
        "Infusion",
        list(rows),
        format_func=lambda name: f"{rows[name].title}, {rows[name].when}",
        key=key_of(progress.patient.id, "session"),
    )
    session, infusion = progress.sessions[chosen], rows[chosen].infusion
    if session.readings:
        vitals_shown.draw(infusion, session.readings, rules)
    else:
        st.caption("No vitals were written down.")
    if session.side_effects:
        st.table([effect_row(infusion, effect, rules) for effect in session.side_effects])
    else:
        st.caption("No side effects were written down.")
