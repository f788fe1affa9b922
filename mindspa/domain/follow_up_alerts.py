"""With which of a patient's infusions an alert stands on the follow-up list."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from mindspa.domain.safety import Alert, AlertState
from mindspa.domain.treatment import Infusion, Substance


def ended(infusions: Iterable[Infusion], *, now: datetime) -> Sequence[Infusion]:
    """Those that can have a row, in order: over, or their end forgotten."""
    return sorted(
        (
            infusion
            for infusion in infusions
            if infusion.substance is not Substance.PLACEBO
            and ((infusion.treated and infusion.ends_at <= now) or infusion.forgotten(now=now))
        ),
        key=lambda infusion: infusion.ends_at,
    )


def by_infusion(alerts: Iterable[Alert], over: Sequence[Infusion]) -> Mapping[str, Sequence[Alert]]:
    """Of one patient, by infusion id. An alert stands with the infusion that was over when the
    answer was given; one from before all of them with the first, so that no alert of a listed
    patient is off the list."""
    found: defaultdict[str, list[Alert]] = defaultdict(list)
    ends = [infusion.ends_at for infusion in over]
    for alert in alerts if over else ():
        place = max(0, bisect_right(ends, alert.answered_at) - 1)
        found[over[place].id].append(alert)
    return found


def with_open_alerts(
    infusions: Iterable[Infusion], alerts: Iterable[Alert], *, now: datetime
) -> frozenset[str]:
    """Ids of the infusions that the open alerts of these patients stand with."""
    alerts_of: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        if alert.state is AlertState.OPEN and not alert.historic:
            alerts_of[alert.patient_id].append(alert)
    infusions_of: defaultdict[str, list[Infusion]] = defaultdict(list)
    for infusion in infusions:
        infusions_of[infusion.patient_id].append(infusion)
    return frozenset(
        infusion_id
        for patient_id, found in alerts_of.items()
        for infusion_id in by_infusion(found, ended(infusions_of[patient_id], now=now))
    )
