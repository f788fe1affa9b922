"""What the change between two scores means: the one definition of response and its kin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import sqrt

from mindspa.domain.check_ins import StoredForm


class Response(StrEnum):
    RESPONSE = "response"
    PARTIAL = "partial response"
    NONE = "no response"
    UNDEFINED = "undefined"  # no rule, or a baseline of 0 or below the elevated cut-off


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """Per instrument, from data/rules.toml, each value with its source in `sources`. Points fall
    when things get better; None where there is no agreed value. `sd`, `reliability` and its kind
    are the parameters behind `reliable_points`, shown wherever a reliable change is."""

    instrument: str
    response_fraction: float | None = None  # 0.5 for PHQ-9 and GAD-7; None for PCL-5
    partial_fraction: float | None = None
    remission_below: int | None = None
    sustained_span: timedelta | None = None  # from the first to the last form under the cut-off
    sustained_gap: timedelta | None = None  # the longest between two of them
    reliable_points: int | None = None
    important_points: int | None = None
    elevated_from: int | None = None  # baselines below stay out of denominators
    caseness_below: int | None = None  # PCL-5: "reliable change and below 31"
    sd: float | None = None
    reliability: float | None = None
    reliability_kind: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def difference_error(self) -> float | None:
        """The standard error of a difference between two scores (Jacobson & Truax 1991)."""
        if self.sd is None or self.reliability is None:
            return None
        return sqrt(2) * self.sd * sqrt(1 - self.reliability)


@dataclass(frozen=True, slots=True)
class Change:
    """From a course's baseline to its latest form. `percent_fall` is unrounded; None when
    undefined. Every bool is None where the instrument has no rule for it."""

    baseline: StoredForm
    latest: StoredForm
    forms: int  # complete ones since the first infusion, the latest included
    points: int  # latest - baseline: negative is better
    percent_fall: float | None
    response: Response
    response_lost: bool  # an earlier form since the baseline showed response, the latest does not
    below_remission_cut_off: bool | None
    remission_since: StoredForm | None  # the first form of a remission that lasts to the latest
    reliable: bool | None  # a reliable fall
    reliable_rise: bool | None
    important: bool | None  # an important fall
    below_caseness: bool | None
    in_denominator: bool
    reason_out: str | None  # why it is in no rate, in words
    baseline_follows_infusion: bool = False  # within 14 days of an earlier infusion


def percent_fall(baseline: int, latest: int) -> float | None:
    """None when the baseline is 0: change from nothing is undefined. Never rounded."""
    return 100 * (baseline - latest) / baseline if baseline else None


def response(baseline: int, latest: int, rule: ChangeRule) -> Response:
    if not baseline or rule.response_fraction is None or _below(baseline, rule.elevated_from):
        return Response.UNDEFINED
    fall = (baseline - latest) / baseline
    if fall >= rule.response_fraction:
        return Response.RESPONSE
    if rule.partial_fraction is not None and fall >= rule.partial_fraction:
        return Response.PARTIAL
    return Response.NONE


def change(
    baseline: StoredForm,
    since: Sequence[StoredForm],
    rule: ChangeRule | None,
    *,
    treated: bool = True,
    baseline_follows_infusion: bool = False,
) -> Change | None:
    """From the baseline to the last of the complete forms since the first infusion, in order;
    None when there is none yet, or when a form has no total."""
    if baseline.total is None or not since or since[-1].total is None:
        return None
    start, latest = baseline.total, since[-1].total
    # Without a rule points are all there is: no percentage of a scale nobody agreed a response on.
    fall = percent_fall(start, latest) if rule else None
    if rule is None:
        rule = ChangeRule(baseline.instrument)
        reason_out: str | None = "there is no outcome rule for this form"
    elif not treated:
        reason_out = "no infusion has been given in this course"
    elif _below(start, rule.elevated_from):
        reason_out = f"the baseline is below {rule.elevated_from}"
    else:
        reason_out = None
    responses = [response(start, form.total, rule) for form in since if form.total is not None]
    return Change(
        baseline=baseline,
        latest=since[-1],
        forms=len(since),
        points=latest - start,
        percent_fall=fall,
        response=responses[-1],
        response_lost=responses[-1] is not Response.RESPONSE and Response.RESPONSE in responses,
        below_remission_cut_off=_below(latest, rule.remission_below),
        remission_since=sustained_remission(since, rule),
        reliable=_at_least(start - latest, rule.reliable_points),
        reliable_rise=_at_least(latest - start, rule.reliable_points),
        important=_at_least(start - latest, rule.important_points),
        below_caseness=_below(latest, rule.caseness_below),
        in_denominator=reason_out is None,
        reason_out=reason_out,
        baseline_follows_infusion=baseline_follows_infusion,
    )


def sustained_remission(since: Sequence[StoredForm], rule: ChangeRule) -> StoredForm | None:
    """The first of the forms that make a remission lasting to the latest: all under the cut-off,
    far enough apart from first to last, with no long gap. None when the latest is in no such run.
    """
    if rule.sustained_span is None or rule.sustained_gap is None or not since:
        return None
    first: StoredForm | None = None
    for form in reversed(since):
        if form.total is None or not _below(form.total, rule.remission_below):
            break
        if first is not None and first.answered_at - form.answered_at > rule.sustained_gap:
            break
        first = form
    if first is None or since[-1].answered_at - first.answered_at < rule.sustained_span:
        return None
    return first


def _below(value: int, limit: int | None) -> bool | None:
    return None if limit is None else value < limit


def _at_least(points: int, limit: int | None) -> bool | None:
    return None if limit is None else points >= limit
