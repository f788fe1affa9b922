"""The figure's content as tidy frames: whatever a hover box shows stands here too."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mindspa.charts.rows import (
    LANGUAGE,
    SIDE_EFFECTS,
    adjunct_row,
    alert_row,
    infusion_row,
    pressure_label,
    score_rows,
    when,
)
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.domain.instruments import Item
from mindspa.domain.outcomes import Progress

SCORES = {
    "When": "string",
    "Questionnaire": "string",
    "Status": "string",
    "Score": "Int64",
    "Of": "Int64",
    "Severity": "string",
    "Change since baseline": "Int64",
    "Hours after infusion": "Float64",
    "Infusion": "string",
    "Recall before infusion (%)": "Int64",
    "Recall before course (%)": "Int64",
    "Recorded": "string",
}
INFUSIONS = {
    "Infusion": "Int64",
    "Start": "string",
    "End": "string",
    "Status": "string",
    "Substance": "string",
    "Dose (mg)": "Float64",
    "Dose (mg/kg)": "Float64",
    "Route": "string",
}
OTHER_TREATMENT = {
    "Kind": "string",
    "What": "string",
    "From": "string",
    "Until": "string",
    "How often": "string",
    "Source": "string",
    "Recorded": "string",
    "Changed because": "string",
}
ALERTS = {
    "Answered": "string",
    "Raised": "string",
    "Tier": "string",
    "Reason": "string",
    "State": "string",
    "Closed": "string",
    "Outcome": "string",
}


def scores_table(progress: Progress, definitions: Definitions) -> pd.DataFrame:
    """One row a form, answered or not; the latest first. Times are in the progress's zone."""
    return _frame(
        SCORES,
        [
            (
                row.when,
                row.name,
                row.status,
                row.score,
                row.maximum,
                row.severity,
                row.change,
                None if row.hours is None else round(row.hours, 1),
                row.infusion,
                _percent(row.share_before_infusion),
                _percent(row.share_before_course),
                row.recorded,
            )
            for row in score_rows(progress, definitions)
        ],
    )


def infusions_table(progress: Progress, definitions: Definitions) -> pd.DataFrame:
    """One row an infusion, the latest first; a number only for those given with ketamine. Vitals
    are the baseline, the highest (or lowest) and the last."""
    rules = definitions.infusion_day
    rows = [infusion_row(infusion, progress, rules) for infusion in reversed(progress.infusions)]
    vitals = {pressure_label(vital): "string" for vital in rules.vitals.values()}
    return _frame(
        INFUSIONS | vitals | {SIDE_EFFECTS: "string", "Note": "string"},
        [
            (
                row.number,
                row.when,
                when(row.infusion.ended_at, progress.zone) if row.infusion.ended_at else None,
                row.status,
                row.substance,
                row.dose_mg,
                None if row.dose_mg_per_kg is None else round(row.dose_mg_per_kg, 2),
                row.infusion.route,
                *(row.vitals.get(name) for name in vitals),
                row.side_effects or None,
                row.note or None,
            )
            for row in rows
        ],
    )


def adjuncts_table(progress: Progress) -> pd.DataFrame:
    """One row an entry that stands, the latest to begin first."""
    rows = [adjunct_row(adjunct, progress.zone) for adjunct in reversed(progress.adjuncts)]
    return _frame(
        OTHER_TREATMENT,
        [
            (
                row.kind,
                row.adjunct.name,
                row.since,
                row.until or None,
                row.how_often or None,
                row.source,
                row.recorded,
                row.changed or None,
            )
            for row in rows
        ],
    )


def alerts_table(progress: Progress, definitions: Definitions) -> pd.DataFrame:
    """One row an alert, the latest answer first."""
    latest_first = sorted(progress.alerts, key=lambda alert: alert.answered_at, reverse=True)
    rows = [alert_row(alert, progress, definitions) for alert in latest_first]
    return _frame(
        ALERTS,
        [
            (
                row.answered,
                row.raised,
                row.tier,
                row.reason,
                row.state,
                when(row.alert.closed_at, progress.zone) if row.alert.closed_at else None,
                row.alert.outcome,
            )
            for row in rows
        ],
    )


def items_table(progress: Progress, definitions: Definitions, instrument_id: str) -> pd.DataFrame:
    """One row an item, one column a form, the latest first: the answers' values, or of a screen,
    which adds nothing up, their words, and <NA> for an item that was not answered. Empty for an
    instrument that is entered as a total."""
    instrument = definitions.instruments[instrument_id]
    series = progress.series.get(instrument_id)
    forms = [
        *(point.form for point in (series.points if series else ())),
        *(
            form
            for form in (*progress.incomplete, *progress.screens)
            if form.instrument == instrument_id
        ),
    ]
    forms.sort(key=lambda form: form.answered_at, reverse=True)
    answered = _columns([form for form in forms if form.answers], progress.zone)
    items = instrument.items if answered else ()
    kind: Any = "Int64" if instrument.has_total else "string"
    return pd.DataFrame(
        {
            heading: pd.array(
                [_said(item, form, in_words=not instrument.has_total) for item in items],
                dtype=kind,
            )
            for heading, form in answered.items()
        },
        index=pd.Index([item.text[LANGUAGE] for item in items], name="Item", dtype="string"),
    )


def _said(item: Item, form: StoredForm, *, in_words: bool) -> int | str | None:
    value = form.answers.get(item.id)
    return item.option(value).text[LANGUAGE] if in_words and value is not None else value


def _columns(forms: Sequence[StoredForm], zone: str) -> Mapping[str, StoredForm]:
    """Two forms within one minute stay two columns."""
    columns: dict[str, StoredForm] = {}
    for form in forms:
        heading = base = when(form.answered_at, zone, date_only=form.date_only)
        count = 1
        while heading in columns:
            count += 1
            heading = f"{base} ({count})"
        columns[heading] = form
    return columns


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _frame(dtypes: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(dtypes))
    return frame.astype(dict(dtypes))
