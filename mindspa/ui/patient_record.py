"""One patient's record: who it is, open alerts, the timeline, and the same as words and tables."""

from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from mindspa.charts import tables
from mindspa.charts.alt_text import alt_text, how_to_read
from mindspa.charts.rows import alert_row, instruments_in_order
from mindspa.charts.time_axis import Span, View, local
from mindspa.charts.timeline import timeline_figure
from mindspa.domain.access import Actor, Permission
from mindspa.domain.definitions import Definitions
from mindspa.domain.outcomes import Progress
from mindspa.domain.progress_words import words
from mindspa.domain.safety import Alert, AlertState, Tier, noted_since
from mindspa.domain.treatment import InfusionStatus
from mindspa.services.review_course import ReviewsView
from mindspa.ui import course_review_form, figure, kept, menu, notices, session_panel
from mindspa.ui.local_time import short, short_day
from mindspa.ui.plain_text import plain
from mindspa.ui.window import on_a_phone

_FIGURE, _SPAN, _TABS, _ALL = "timeline_kept", "timeline_span", "record_tabs", "record_all"
_PHONE = 370  # CSS pixels that a figure has on a phone


def header(progress: Progress, reviews: ReviewsView) -> None:
    st.title(plain(progress.patient.name), anchor=False)
    if progress.patient.merged_into is not None:
        _say_merged(progress)
    st.markdown(" · ".join([*_facts(progress), *course_review_form.facts(reviews, progress.zone)]))
    for infusion in progress.infusions:
        if infusion.forgotten(now=progress.now):
            st.warning(
                f"Close this infusion: the one planned for {_when(infusion.planned_at, progress)} "
                "has no recorded end. Its check-ins run from the planned end until then.",
                icon=":material/timer_off:",
            )


def _say_merged(progress: Progress) -> None:
    patient = progress.patient
    at = _when(patient.merged_at, progress) if patient.merged_at else ""
    st.warning(
        plain(
            f"This record is closed. All of it was merged into another record of the same person "
            f"on {at} by {patient.merged_by}: {patient.merge_reason}"
        ),
        icon=":material/merge:",
    )
    menu.link_to_patient(patient.merged_into or "", label="Open the record that goes on")


def _facts(progress: Progress) -> Iterator[str]:
    patient, course = progress.patient, progress.current_course
    if patient.born_on:
        yield f"{_age(patient.born_on, local(progress.now, progress.zone).date())} years"
    yield patient.status.value.capitalize()
    if course is None:
        yield "No course yet"
    else:
        verb = "since" if course.started_at <= progress.now else "from"
        yield f"{course.phase.value.capitalize()} {verb} {_day(course.started_at, progress)}"
        if course.ended_at and course.ended_at <= progress.now:
            yield f"ended {_day(course.ended_at, progress)}"
    given = len(progress.infusion_numbers)
    yield f"{given} infusion{'' if given == 1 else 's'} given"
    planned = [
        infusion.planned_at
        for infusion in progress.infusions
        if infusion.status is InfusionStatus.PLANNED and infusion.planned_at > progress.now
    ]
    yield f"next infusion {_when(min(planned), progress)}" if planned else "no infusion planned"
    if since := _record_since(progress):
        yield f"record since {_day(since, progress)}"


def _record_since(progress: Progress) -> datetime | None:
    known = [infusion.starts_at for infusion in progress.infusions]
    if progress.first_answered_at:
        known.append(progress.first_answered_at)
    return min(known, default=None)


def open_alerts(actor: Actor, progress: Progress, definitions: Definitions) -> None:
    """Each that has a clock. What an import found in old answers stands in the table of alerts."""
    cases: dict[str, None] = {}
    for alert in sorted(progress.alerts, key=lambda alert: alert.tier is not Tier.IMMEDIATE):
        if alert.state is not AlertState.OPEN or alert.historic:
            continue
        row = alert_row(alert, progress, definitions)
        text = (
            f"**{row.tier.capitalize()} alert.** {plain(row.reason)}"
            f"{plain(_answer(alert, definitions))}. "
            f"Answered {_when(alert.answered_at, progress)}."
        )
        if alert.moved_at:
            text += (
                f" The form was filed under the wrong patient and moved on "
                f"{_when(alert.moved_at, progress)}; the alert stands in the right record too."
            )
        notices.alert(text, at_once=alert.tier is Tier.IMMEDIATE)
        if alert.case_id:
            cases[alert.case_id] = None
    if actor.may(Permission.HANDLE_ALERTS):
        for case_id in cases:
            menu.link_to_alert(case_id, label="Act on it")
    _noted(progress, definitions)


def _noted(progress: Progress, definitions: Definitions) -> None:
    given = [infusion.starts_at for infusion in progress.infusions if infusion.treated]
    for alert in noted_since(progress.alerts, max(given, default=None)):
        row = alert_row(alert, progress, definitions)
        st.info(
            f"{plain(row.reason)}{plain(_answer(alert, definitions))}. Answered "
            f"{_when(alert.answered_at, progress)}, {row.state}: for the next visit.",
            icon=":material/forum:",
        )


def _answer(alert: Alert, definitions: Definitions) -> str:
    if alert.item is None or alert.value is None:
        return ""
    option = definitions.instruments[alert.instrument].item(alert.item).option(alert.value)
    return f": {option.text['en'].lower()}"


def timeline(progress: Progress, definitions: Definitions) -> None:
    chosen = st.segmented_control("Show", list(Span), default=Span.COURSE, required=True, key=_SPAN)
    span = chosen if chosen in list(Span) else Span.COURSE  # the browser is free to say anything
    narrow = on_a_phone()
    view = View(span, _PHONE) if narrow else View(span)
    figure.draw(
        _kept_figure(progress, definitions, view),
        alt=alt_text(progress, definitions, view),
    )
    st.caption(how_to_read(progress))
    session_panel.draw(progress, definitions.infusion_day)


def _kept_figure(progress: Progress, definitions: Definitions, view: View) -> go.Figure:
    """Built once for what it shows; by the hour, since time alone makes an occasion missed."""
    theme = figure.theme()
    hour = progress.now.replace(minute=0, second=0, microsecond=0)
    shows = (progress.patient.id, progress.patient.record_version, hour, view, theme)
    kept = st.session_state.get(_FIGURE)
    if kept is None or kept[0] != shows:
        kept = (shows, timeline_figure(progress, definitions, view=view, theme=theme))
        st.session_state[_FIGURE] = kept
    made: go.Figure = kept[1]
    return made


def summary(progress: Progress, definitions: Definitions) -> None:
    st.header("In words", anchor=False)
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in words(progress, definitions)))


def shows_all() -> bool:
    """Whether the forms from before the current course and its year are asked for."""
    return bool(st.session_state.get(_ALL))


def details(read: Progress, recent: Progress, definitions: Definitions) -> None:
    """Only the open tab is drawn."""
    shown = recent
    if read.older:
        forms = "form" if read.older == 1 else "forms"
        if st.toggle(f"Show all, with {read.older} older {forms}", key=_ALL):
            shown = read
    scores, items, infusions, adjuncts, alert_list = st.tabs(
        ["Scores", "Answers", "Infusions", "Other treatment", "Alerts"],
        key=_TABS,
        on_change="rerun",
    )
    if scores.open:
        with scores:
            _table(
                ("scores", shown is read),
                lambda: tables.scores_table(shown, definitions),
                "Every form, the latest first",
            )
    if items.open:
        with items:
            _items(shown, definitions, all_of_it=shown is read)
    if infusions.open:
        with infusions:
            _table(
                "infusions",
                lambda: tables.infusions_table(shown, definitions),
                "Every infusion, the latest first",
            )
    if adjuncts.open:
        with adjuncts:
            _table(
                "adjuncts",
                lambda: tables.adjuncts_table(shown),
                "Other treatment, the latest to begin first",
            )
    if alert_list.open:
        with alert_list:
            _table(
                "alerts",
                lambda: tables.alerts_table(shown, definitions),
                "Every alert, the latest first",
            )


def _items(progress: Progress, definitions: Definitions, *, all_of_it: bool) -> None:
    screens = dict.fromkeys(form.instrument for form in progress.screens)
    names = {
        name: definitions.instruments[name].short_name["en"]
        for name in (*instruments_in_order(progress, definitions), *screens)
        if definitions.instruments[name].items
    }
    if not names:
        st.info("No answers yet. They appear here after the first check-in.")
        return
    chosen = st.selectbox(
        "Questionnaire", list(names), format_func=names.__getitem__, key="record_items"
    )
    frame = kept.made(
        ("items", chosen, all_of_it), lambda: tables.items_table(progress, definitions, chosen)
    )
    if frame.empty:
        st.info("Only totals of this one are known, not the answers to its items.")
        return
    st.caption("Each column is a form, the latest first. A dash was not answered.")
    st.dataframe(
        frame,
        width="stretch",
        placeholder="–",
        alt=f"Answers to each item of the {names[chosen]}",
    )


def _table(name: Hashable, make: Callable[[], pd.DataFrame], alt: str) -> None:
    frame = kept.made(name, lambda: make().dropna(axis="columns", how="all"))
    if frame.empty:
        st.info("Nothing here yet. It fills with check-ins, and with what is recorded below.")
        return
    st.caption(f"{alt}.")  # also keeps the table's tools off the tabs
    st.dataframe(frame, hide_index=True, width="stretch", placeholder="–", alt=alt)


def _age(born_on: date, today: date) -> int:
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _day(at: datetime, progress: Progress) -> str:
    return short_day(at, progress.zone)


def _when(at: datetime, progress: Progress) -> str:
    return short(at, progress.zone)
