"""The timeline figure in words: what it shows, and how to read it."""

from collections.abc import Iterator
from datetime import datetime

from mindspa.charts.rows import (
    LANGUAGE,
    adjunct_row,
    infusion_row,
    instruments_in_order,
    missed,
    side_effects_told,
    when,
)
from mindspa.charts.time_axis import TimeRange, View, local, time_range
from mindspa.domain.definitions import Definitions
from mindspa.domain.outcomes import Progress
from mindspa.domain.treatment import InfusionStatus, Substance

_INFUSIONS = (
    "A filled circle is an infusion with its number, a hollow one with a dashed line a placebo,"
    " one with a dotted line still to come."
)
_SIDE_EFFECTS = "A cross is the side effects of an infusion, the larger the worse."
_ADJUNCTS = "Other treatment: a square happened once, a bar repeats, its arrow goes on."
_SCORES = (
    "Shaded columns are the 24–72 hours after an infusion. The thin line to the left of a score is"
    " the time that it asks about. Hollow marks below zero are forms that were not answered in"
    " full. Alerts: a diamond is immediate, a circle same day, a triangle a rise; hollow once"
    " closed."
)


def how_to_read(progress: Progress) -> str:
    """Of marks that this patient has."""
    told = any(session.side_effects for session in progress.sessions.values())
    parts = [_INFUSIONS, _SIDE_EFFECTS if told else "", _ADJUNCTS if progress.adjuncts else ""]
    return " ".join(filter(None, [*parts, _SCORES]))


def alt_text(progress: Progress, definitions: Definitions, view: View) -> str:
    """One paragraph for those who do not see the figure; its values are in `scores_table`."""
    shown = time_range(progress, view.span, pixels=view.width)
    sentences = [
        (
            f"Timeline from {_day(shown.start, progress)} to {_day(shown.end, progress)},"
            f" times in {progress.zone}."
        ),
        _infusions(progress, shown),
        *_sessions(progress, definitions, shown),
        *_adjuncts(progress, shown),
        *_scores(progress, definitions, shown),
    ]
    alerts = sum(shown.holds(alert.answered_at) for alert in progress.alerts)
    if alerts:
        sentences.append(f"Alerts: {alerts}.")
    return " ".join(sentences)


def _day(at: datetime, progress: Progress) -> str:
    return when(at, progress.zone, date_only=True)


def _infusions(progress: Progress, shown: TimeRange) -> str:
    infusions = [infusion for infusion in progress.infusions if shown.holds(infusion.starts_at)]
    given = sum(infusion.treated for infusion in infusions)
    placebo = sum(
        infusion.substance is Substance.PLACEBO and infusion.status is not InfusionStatus.CANCELLED
        for infusion in infusions
    )
    planned = sum(infusion.status is InfusionStatus.PLANNED for infusion in infusions)
    parts = [f"Infusions given: {given}"]
    parts += [f"placebo: {placebo}"] if placebo else []
    parts += [f"planned: {planned}"] if planned else []
    return f"{', '.join(parts)}."


def _sessions(progress: Progress, definitions: Definitions, shown: TimeRange) -> Iterator[str]:
    rules = definitions.infusion_day
    there = [
        (infusion, progress.sessions[infusion.id])
        for infusion in progress.infusions
        if infusion.id in progress.sessions and shown.holds(infusion.starts_at)
    ]
    measured = [infusion for infusion, session in there if session.readings]
    if measured:
        last = infusion_row(measured[-1], progress, rules)
        values = "; ".join(f"{name} {words}" for name, words in last.vitals.items())
        yield f"Vitals at {len(measured)} of them, at the latest: {values}."
    told = [session for _, session in there if session.side_effects]
    if told:
        worst = max(session.worst for session in told if session.worst)
        latest = side_effects_told(told[-1], rules)
        yield (
            f"Side effects at {len(told)} of them, at worst {worst.name.lower()};"
            f" at the latest of these: {latest}."
        )


def _adjuncts(progress: Progress, shown: TimeRange) -> Iterator[str]:
    since, until = (local(at, progress.zone).date() for at in (shown.start, shown.end))
    for adjunct in progress.adjuncts:
        if adjunct.overlaps(since, until):
            row = adjunct_row(adjunct, progress.zone)
            rhythm = f", {row.how_often}" if row.how_often else ""
            yield f"{row.kind}: {adjunct.name}{rhythm}, {row.days}, {row.source}."


def _scores(progress: Progress, definitions: Definitions, shown: TimeRange) -> Iterator[str]:
    names = instruments_in_order(progress, definitions)
    if not names:
        yield "No scores yet."
    for name in names:
        instrument = definitions.instruments[name]
        series = progress.series.get(name)
        points = [
            point
            for point in (series.points if series else ())
            if shown.holds(point.form.answered_at)
        ]
        title = f"{instrument.short_name[LANGUAGE]} of {instrument.maximum}, lower is better:"
        if points:
            first, last = points[0], points[-1]
            totals = [point.total for point in points]
            band = instrument.band(last.total)
            severity = f", {band.label[LANGUAGE].lower()}," if band else ""
            sentence = f"{title} 1 score, {last.total}{severity}"
            if len(points) > 1:
                first_on = _day(first.form.answered_at, progress)
                sentence = (
                    f"{title} {len(points)} scores between {min(totals)} and {max(totals)},"
                    f" from {first.total} on {first_on} to {last.total}{severity}"
                )
            sentence += f" on {_day(last.form.answered_at, progress)}"
        else:
            sentence = f"{title} no score in this period"
        gaps = sum(shown.holds(occasion.target_at) for occasion in missed(progress, name))
        yield f"{sentence}; not answered: {gaps}." if gaps else f"{sentence}."
