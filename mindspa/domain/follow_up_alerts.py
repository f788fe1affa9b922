"""With which of a patient's infusions an alert stands on the follow-up list."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from mindspa.domain.safety import Alert
from mindspa.domain.treatment import FORGOTTEN_AFTER, Infusion, InfusionStatus, Substance


def listed_from(infusion: Infusion) -> datetime | None:
    """When it is over, or its end counts as forgotten; None where it can have no row."""
    if infusion.substance is Substance.PLACEBO or infusion.status is InfusionStatus.CANCELLED:
        return None
    return infusion.ends_at if infusion.treated else infusion.planned_at + FORGOTTEN_AFTER


def in_order(infusions: Iterable[Infusion]) -> Mapping[str, datetime]:
    """From when those that can have a row have it, by their id, the first first."""
    found = [(at, infusion.id) for infusion in infusions if (at := listed_from(infusion))]
    return {infusion_id: at for at, infusion_id in sorted(found)}


def by_infusion(
    alerts: Iterable[Alert], since: Mapping[str, datetime]
) -> Mapping[str, Sequence[Alert]]:
    """Of one patient, by infusion id; `since` comes from `in_order`. An alert stands with the
    infusion that was over when the answer was given; one from before all of them with the first,
    so that no alert of a listed patient is off the list."""
    found: defaultdict[str, list[Alert]] = defaultdict(list)
    ids, instants = list(since), list(since.values())
    for alert in alerts if ids else ():
        found[ids[max(0, bisect_right(instants, alert.answered_at) - 1)]].append(alert)
    return found
