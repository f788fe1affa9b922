"""What a patient is asked now, what they are asked next, and the rules that space it out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain.check_ins import StoredForm, newest_versions
from mindspa.domain.schedule import (
    AFTER,
    BEFORE,
    PULSE,
    Anchor,
    Answers,
    Occasion,
    Protocol,
    answers_for,
)
from mindspa.domain.treatment import Infusion, InfusionStatus, Substance


@dataclass(frozen=True, slots=True)
class DueCheckIn:
    """Forms to be asked together, in one sitting. `variant` is the pulse's, None without one;
    `occasions` are those it is asked for, none when it is the patient's own idea."""

    forms: tuple[str, ...]
    variant: str | None
    closes_at: datetime
    occasions: tuple[Occasion, ...]


@dataclass(frozen=True, slots=True)
class NextCheckIn:
    """When a patient is asked next: from `opens_at` on, best by `due_at`."""

    opens_at: datetime
    due_at: datetime
    closes_at: datetime


# Before an infusion that ends its window, a check-in is best given in these hours.
_AT_LEAST_BEFORE = timedelta(hours=2)


def wanted_at(occasion: Occasion) -> datetime:
    """When somebody who keeps to the plan answers: when it is due, or in time before it closes."""
    if occasion.due_at < occasion.closes_at:
        return occasion.due_at
    return max(occasion.opens_at, occasion.closes_at - _AT_LEAST_BEFORE)


def due_now(
    occasions: Iterable[Occasion],
    forms: Iterable[StoredForm],
    infusions: Iterable[Infusion],
    protocol: Protocol,
    *,
    now: datetime,
) -> DueCheckIn | None:
    """What one patient is offered now, all of it as one check-in; None when nothing is due. An open
    check-in is resumed by whoever opened it: this only says what a new one holds."""
    waiting = _Waiting(occasions, forms, protocol)
    pulses = waiting.pulses(now=now)
    standard = waiting.standard(now=now)
    if not pulses and not standard:
        return None
    asked = {form for _, missing in standard for form in missing}
    order = dict.fromkeys(form for rule in protocol.rules for form in rule.forms)
    return DueCheckIn(
        # The pulse first: it is short, and it holds the question about safety.
        forms=(*((PULSE,) if pulses else ()), *(form for form in order if form in asked)),
        variant=pulse_variant(infusions, protocol, now=now) if pulses else None,
        closes_at=min(
            [occasion.closes_at for occasion in pulses]
            + [
                occasion.closes_at if now < occasion.closes_at else occasion.late_until
                for occasion, _ in standard
            ]
        ),
        occasions=tuple(dict.fromkeys([*pulses, *(occasion for occasion, _ in standard)])),
    )


def unscheduled(infusions: Iterable[Infusion], protocol: Protocol, *, now: datetime) -> DueCheckIn:
    """ "Tell us how you are now": a pulse, possible at any time. It closes before its past 24 hours
    have become other hours, and at the next infusion, which would change what it asks about."""
    kept = tuple(infusions)
    starts = [i.starts_at for i in kept if _concerns_patient(i) and i.starts_at > now]
    return DueCheckIn(
        forms=(PULSE,),
        variant=pulse_variant(kept, protocol, now=now),
        closes_at=min([now + protocol.unscheduled_open, *starts]),
        occasions=(),
    )


def pulse_variant(infusions: Iterable[Infusion], protocol: Protocol, *, now: datetime) -> str:
    """The one for after an infusion, with change and side effects, while one is followed up."""
    return AFTER if followed_up(infusions, protocol, now=now) else BEFORE


def followed_up(
    infusions: Iterable[Infusion], protocol: Protocol, *, now: datetime
) -> Infusion | None:
    """The last infusion whose follow-up runs: for 84 h from its end. One whose end nobody has
    recorded counts from its provisional end, as its occasions do."""
    length = protocol.follow_up_length
    return max(
        (
            infusion
            for infusion in infusions
            if _concerns_patient(infusion) and infusion.ends_at <= now < infusion.ends_at + length
        ),
        key=lambda infusion: infusion.ends_at,
        default=None,
    )


def _concerns_patient(infusion: Infusion) -> bool:
    return (
        infusion.status is not InfusionStatus.CANCELLED
        and infusion.substance is not Substance.PLACEBO
    )


def next_due(
    occasions: Iterable[Occasion],
    forms: Iterable[StoredForm],
    protocol: Protocol,
    *,
    now: datetime,
) -> NextCheckIn | None:
    """For the receipt; None when nothing further is planned. What is due now counts too."""
    return min(
        _Waiting(occasions, forms, protocol).upcoming(now=now),
        key=lambda check_in: (check_in.due_at, check_in.opens_at),
        default=None,
    )


def ahead(
    occasions: Iterable[Occasion],
    forms: Iterable[StoredForm],
    protocol: Protocol,
    *,
    now: datetime,
) -> tuple[Occasion, ...]:
    """What one patient is still asked, open ones included, by when it is wanted. A pulse before an
    infusion is left out where that of an earlier infusion falls into the same hours: one answer
    serves both."""
    waiting = [
        occasion
        for occasion, _, _ in _Waiting(occasions, forms, protocol).unanswered
        if now < occasion.closes_at
    ]
    before = {rule.code for rule in protocol.anchored(Anchor.INFUSION_START)}
    after = [o for o in waiting if PULSE in o.forms and o.code not in before]

    def served(occasion: Occasion) -> bool:
        return occasion.code in before and any(map(occasion.meets, after))

    return tuple(
        sorted(
            (occasion for occasion in waiting if not served(occasion)),
            key=lambda occasion: (occasion.due_at, occasion.opens_at),
        )
    )


class _Waiting:
    """The occasions of one patient that still lack an answer."""

    def __init__(
        self, occasions: Iterable[Occasion], forms: Iterable[StoredForm], protocol: Protocol
    ) -> None:
        kept = tuple(occasion for occasion in occasions if occasion.asked)
        given = newest_versions(forms)
        answers = answers_for(kept, given)
        self._protocol = protocol
        self.unanswered = [
            (occasion, missing, answers[occasion.key])
            for occasion in kept
            if (missing := [form for form in occasion.forms if form not in answers[occasion.key]])
        ]
        self._given_pulses = [form for form in given if form.instrument == PULSE]
        self._given_standard = [
            form for form in given if form.instrument in protocol.standard_forms
        ]

    def pulses(self, *, now: datetime) -> list[Occasion]:
        """All that one pulse given now would answer, if it may be asked."""
        unanswered = [occasion for occasion, missing, _ in self.unanswered if PULSE in missing]
        is_open = [o for o in unanswered if o.opens_at <= now < o.closes_at]
        if self._pulse_released(now) > now or all(
            self._waits_for_another(occasion, unanswered, now=now) for occasion in is_open
        ):
            return []
        return is_open

    def _waits_for_another(
        self, occasion: Occasion, unanswered: Sequence[Occasion], *, now: datetime
    ) -> bool:
        """An infusion on Wednesday opens its pre-infusion pulse just before the 24 h pulse of
        Monday's. Asked at once it would bar the other, so it waits, and one pulse answers both."""
        return any(
            now < other.opens_at < min(occasion.closes_at, now + self._protocol.pulse_spacing)
            for other in unanswered
        )

    def standard(self, *, now: datetime) -> list[tuple[Occasion, list[str]]]:
        """The occasions whose standard forms may be asked, each with those forms. What is asked in
        time for one occasion is not asked late for another."""
        found: list[tuple[Occasion, list[str]]] = []
        late: list[tuple[Occasion, list[str]]] = []
        for occasion, missing, answers in self.unanswered:
            wanted = [form for form in missing if form != PULSE]
            if not wanted or self._standard_released(answers, now) > now:
                continue
            if occasion.opens_at <= now < occasion.closes_at:
                found.append((occasion, wanted))
            elif occasion.closes_at <= now < occasion.late_until:
                late.append((occasion, wanted))
        asked = {form for _, wanted in found for form in wanted}
        return found + [entry for entry in late if asked.isdisjoint(entry[1])]

    def upcoming(self, *, now: datetime) -> list[NextCheckIn]:
        found = []
        for occasion, missing, answers in self.unanswered:
            released = []
            if PULSE in missing:
                released.append(self._pulse_released(now))
            if set(missing) - {PULSE}:
                released.append(self._standard_released(answers, now))
            opens = max(now, occasion.opens_at, min(released))
            if opens < occasion.closes_at:
                best = max(opens, wanted_at(occasion))
                found.append(NextCheckIn(opens, best, occasion.closes_at))
        return found

    def _pulse_released(self, now: datetime) -> datetime:
        """From when a pulse may be asked again."""
        last = _last(self._given_pulses)
        return last.answered_at + self._protocol.pulse_spacing if last else now

    def _standard_released(self, own: Answers, now: datetime) -> datetime:
        """The same for standard forms. What else was given on the same occasion is no reason to
        wait: a form left out of a sitting belongs to that sitting."""
        ids = {form.id for form in own.values()}
        last = _last([form for form in self._given_standard if form.id not in ids])
        return last.answered_at + self._protocol.standard_spacing if last else now


def _last(forms: Collection[StoredForm]) -> StoredForm | None:
    return max(forms, key=lambda form: form.answered_at, default=None)
