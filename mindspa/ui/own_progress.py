"""A patient's own progress: words first, then the picture, then the same as a table."""

import plotly.graph_objects as go
import streamlit as st

from mindspa.charts.own_progress import own_instruments, own_progress_figure
from mindspa.domain.definitions import Definitions
from mindspa.domain.outcomes import Progress
from mindspa.domain.progress_words import own_words
from mindspa.services.view_progress import recent_part
from mindspa.ui import figure
from mindspa.ui.local_time import spoken

_INSTRUMENT, _FIGURE, _ALL = "my_progress.instrument", "my_progress.figure", "my_progress.all"


def shows_all() -> bool:
    """Whether the scores from before the current course and its year are asked for."""
    return bool(st.session_state.get(_ALL))


def draw(progress: Progress, definitions: Definitions) -> None:
    for sentence in own_words(progress, definitions):
        st.text(sentence)
    names = own_instruments(progress, definitions)
    if not names:
        return
    chosen = names[0]
    if len(names) > 1:
        chosen = st.segmented_control(
            "Show",
            names,
            default=names[0],
            required=True,
            format_func=lambda name: definitions.instruments[name].short_name["en"],
            key=_INSTRUMENT,
        )
    title = definitions.instruments[chosen].title["en"]
    figure.draw(
        _kept_figure(progress, definitions, chosen),
        alt=f"Your scores over time: {title}. The table below holds the same values.",
    )
    with st.expander("The same as a table"):
        shown = recent_part(progress)
        if progress.older:
            older = "answer" if progress.older == 1 else "answers"
            if st.toggle(f"Show all, with {progress.older} older {older}", key=_ALL):
                shown = progress
        st.table(_table(shown, definitions, chosen))


def _kept_figure(progress: Progress, definitions: Definitions, instrument_id: str) -> go.Figure:
    """Built once for what it shows; by the day, since its axis ends now."""
    theme = figure.theme()
    patient = progress.patient
    shows = (patient.id, patient.record_version, progress.now.date(), instrument_id, theme)
    kept = st.session_state.get(_FIGURE)
    if kept is None or kept[0] != shows:
        made = own_progress_figure(progress, definitions, instrument_id=instrument_id, theme=theme)
        kept = st.session_state[_FIGURE] = (shows, made)
    made = kept[1]
    assert isinstance(made, go.Figure)
    return made


def _table(
    progress: Progress, definitions: Definitions, instrument_id: str
) -> list[dict[str, str]]:
    """The newest first."""
    most = definitions.instruments[instrument_id].maximum
    series = progress.series.get(instrument_id)
    points = series.points if series else ()
    return [
        {
            "When": spoken(point.form.answered_at, progress.zone, now=progress.now),
            "Score": f"{point.total} of {most}" + (", corrected" if point.form.corrected else ""),
        }
        for point in reversed(points)
    ]
