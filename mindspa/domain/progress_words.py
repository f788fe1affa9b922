"""One patient's progress in plain sentences: for clinicians, and for the patient."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeGuard
from zoneinfo import ZoneInfo

from mindspa.domain import safety
from mindspa.domain.change import Change, ChangeRule, Response
from mindspa.domain.check_ins import StoredForm
from mindspa.domain.definitions import Definitions
from mindspa.domain.instruments import Instrument, Kind
from mindspa.domain.outcomes import Point, Progress, Series
from mindspa.domain.safety import AlertState
from mindspa.domain.treatment import Infusion, Substance

ENGLISH = "en"  # the sentences below are English; names of forms come in the same language


def words(progress: Progress, definitions: Definitions) -> tuple[str, ...]:
    """What a clinician reads beside the figure. No claim without scale, time, baseline and n."""
    return (
        _infusions(progress),
        *(
            sentence
            for name, series in _in_order(progress, definitions)
            for sentence in _of_series(progress, series, definitions.instruments[name], definitions)
        ),
        *_incomplete(progress, definitions),
        *_open_alerts(progress),
    )


def own_words(progress: Progress, definitions: Definitions) -> tuple[str, ...]:
    """What the patient reads: own scores and infusions; no bands, alerts or diagnoses."""
    series = [
        (definitions.instruments[name], found)
        for name, found in _in_order(progress, definitions)
        if not definitions.instruments[name].staff_only
    ]
    if not series:
        return ("Nothing to show yet. Your scores appear here after your first check-in.",)
    sentences = [_own_infusions(progress)]
    for instrument, found in series:
        latest = found.points[-1]
        sentences.append(
            f"{_name(instrument)}: your latest score is {latest.total} of {instrument.maximum},"
            f" from {_day(latest.form, progress)}. Lower is better."
        )
        if found.change is not None:
            sentences.append(_own_change(found.change))
    return tuple(sentences)


# For clinicians


def _infusions(progress: Progress) -> str:
    last = _last_infusion(progress)
    if last is None:
        return "No ketamine infusion has been given."
    given = _count(len(progress.infusion_numbers), "infusion")
    return f"{given} given; the last on {_date(last.starts_at, progress)}."


def _of_series(
    progress: Progress, series: Series, instrument: Instrument, definitions: Definitions
) -> Iterator[str]:
    latest = series.points[-1]
    yield _latest(progress, latest, instrument)
    rule = definitions.changes.get(instrument.id)
    if series.change is not None:
        yield from _change(progress, series.change, latest, instrument, rule)
    elif progress.current_course is not None and progress.current_course.id not in series.baselines:
        window = "24 hours" if instrument.kind is Kind.PULSE else "14 days"
        yield (
            f"No baseline: no complete {_name(instrument)} in the {window} up to the first"
            " infusion of this course, so no change is claimed."
        )
    if len(series.points) > 1:
        before = series.points[-2].form
        for finding in safety.rises(
            definitions.safety,
            instrument.id,
            latest.form.answers,
            previous=before,
            total=latest.total,
        ):
            if instrument.kind is not Kind.PULSE:  # a pulse is measured from before its infusion
                yield (
                    f"{definitions.safety.words(finding.rule)}"
                    f" ({_day(before, progress)} to {_day(latest.form, progress)})."
                )


def _latest(progress: Progress, point: Point, instrument: Instrument) -> str:
    band = instrument.band(point.total)
    severity = f", {band.label[ENGLISH].lower()}" if band else ""
    score = (
        f"{_name(instrument)} ({instrument.minimum}-{instrument.maximum},"
        f" {instrument.recall_label[ENGLISH]}): {point.total}{severity},"
        f" on {_day(point.form, progress)}"
    )
    if point.infusion_id is not None:
        infusion = _infusion_name(progress, point.infusion_id)
        score += f", {_elapsed(point)} after {infusion}"
    if _shows(point.share_before_infusion):
        score += (
            f"; {_percent(point.share_before_infusion)} of its recall lies before that infusion"
        )
    return f"{score}."


def _change(
    progress: Progress,
    change: Change,
    latest: Point,
    instrument: Instrument,
    rule: ChangeRule | None,
) -> Iterator[str]:
    start = change.baseline.total
    fall = change.percent_fall
    percent = f" ({_percent(abs(fall) / 100)})" if fall else ""
    claims = [f"{_points(change.points)}{percent} from {start}, the baseline"]
    if rule is not None:
        claims += _claims(progress, change, rule)
    forms = _count(change.forms, "complete form")
    yield (
        f"{_name(instrument)} since {_day(change.baseline, progress)}: {'; '.join(claims)}."
        f" Read from {forms} since the first infusion."
    )
    if change.reason_out is not None and rule is not None:
        yield f"{_name(instrument)} counts in no response rate: {change.reason_out}."
    if _shows(latest.share_before_course):
        yield (
            f"{_percent(latest.share_before_course)} of the recall of the latest"
            f" {_name(instrument)} lies before the course began."
        )
    if change.baseline_follows_infusion:
        yield (
            f"The {_name(instrument)} baseline was given within 14 days of an earlier infusion,"
            " which may have moved it."
        )


def _claims(progress: Progress, change: Change, rule: ChangeRule) -> Iterator[str]:
    if change.response is not Response.UNDEFINED:
        yield change.response.value
    if change.response_lost:
        yield "an earlier response is lost"
    if change.reliable:
        yield f"a reliable fall ({rule.reliable_points} points or more)"
    elif change.reliable_rise:
        yield f"a reliable rise ({rule.reliable_points} points or more)"
    elif change.reliable is False:
        yield f"not a reliable change (under {rule.reliable_points} points)"
    if change.important:
        yield f"an important fall ({rule.important_points} points or more)"
    if change.reliable and change.below_caseness:
        yield f"below {rule.caseness_below}"
    if not change.in_denominator:
        return
    if change.remission_since is not None:
        since = _day(change.remission_since, progress)
        yield f"remission: every form since {since} below {rule.remission_below}"
    elif change.below_remission_cut_off:
        yield f"below the remission cut-off of {rule.remission_below} on this form"


def _incomplete(progress: Progress, definitions: Definitions) -> Iterator[str]:
    for instrument in definitions.instruments.values():
        count = sum(form.instrument == instrument.id for form in progress.incomplete)
        if count:
            yield f"{_count(count, f'{_name(instrument)} form')} incomplete, without a score."


def _open_alerts(progress: Progress) -> Iterator[str]:
    count = sum(alert.state is AlertState.OPEN and not alert.historic for alert in progress.alerts)
    if count:
        yield f"{_count(count, 'safety alert')} open."


# For patients


def _own_infusions(progress: Progress) -> str:
    last = _last_infusion(progress)
    if last is None:
        return "You have not had an infusion yet."
    count = _count(len(progress.infusion_numbers), "infusion")
    return f"You have had {count}; the last was on {_date(last.starts_at, progress)}."


def _own_change(change: Change) -> str:
    before = "before this course of infusions began"
    if change.points == 0:
        return f"That is the same as {before}."
    if change.points < 0:
        return f"That is {_count(-change.points, 'point')} lower than {before}."
    return (
        f"That is {_count(change.points, 'point')} higher than {before}. Scores go up and down;"
        " if things feel harder, tell us how you are now or ask for a call."
    )


# Both


def _in_order(progress: Progress, definitions: Definitions) -> Iterator[tuple[str, Series]]:
    """In the order in which the protocol asks, then what was rated elsewhere."""
    asked = dict.fromkeys(form for rule in definitions.protocol.rules for form in rule.forms)
    for name in (*asked, *sorted(progress.series.keys() - asked.keys())):
        if name in progress.series:
            yield name, progress.series[name]


def _last_infusion(progress: Progress) -> Infusion | None:
    """The last that counts as treatment."""
    numbers = progress.infusion_numbers
    treated = [infusion for infusion in progress.infusions if infusion.id in numbers]
    return treated[-1] if treated else None


def _name(instrument: Instrument) -> str:
    return instrument.short_name[ENGLISH]


def _infusion_name(progress: Progress, infusion_id: str | None) -> str:
    number = progress.infusion_numbers.get(infusion_id or "")
    if number is not None:
        return f"infusion {number}"
    infusion = next(found for found in progress.infusions if found.id == infusion_id)
    if infusion.substance is Substance.PLACEBO:
        return "a placebo infusion"
    return "a planned infusion that is not yet recorded"


def _elapsed(point: Point) -> str:
    """Hours while they matter; days where the source knew only the day, and after a week."""
    hours = point.hours_after_infusion
    if hours is None:
        return _count(point.days_after_infusion or 0, "day")
    if hours >= 7 * 24:
        return _count(round(timedelta(hours=hours) / timedelta(days=1)), "day")
    return f"{hours:.0f} h"


def _points(points: int) -> str:
    if points == 0:
        return "no change"
    return f"{'down' if points < 0 else 'up'} {_count(abs(points), 'point')}"


def _shows(share: float | None) -> TypeGuard[float]:
    """Whether a share is there and is not 0 once it is rounded."""
    return share is not None and share >= 0.005


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _day(form: StoredForm, progress: Progress) -> str:
    return _date(form.answered_at, progress)


def _date(at: datetime, progress: Progress) -> str:
    local = at.astimezone(ZoneInfo(progress.zone))
    return f"{local.day} {local:%B %Y}"
