"""What a clinic chooses in the shipped protocol, signed and numbered, and what comes of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mindspa.domain.errors import InvalidInput
from mindspa.domain.instruments import Instrument
from mindspa.domain.schedule import PULSE, Anchor, OccasionRule, Protocol

WEEK = timedelta(days=7)
# How far from the day of the shipped protocol the weekly forms can be moved: to any weekday.
FURTHEST_DAYS = 3


@dataclass(frozen=True, slots=True)
class Choices:
    """In the words of data/protocol.toml. `follow_up`: the codes after an infusion that are asked.
    `standard_at`: the one of them that asks for the standard forms as well. `weekly_day`: of the
    course, when the first weekly forms are due."""

    follow_up: tuple[str, ...]
    standard_at: str | None
    weekly_day: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """Number 1 is the shipped protocol, which has none of these."""

    number: int
    choices: Choices
    signed_by: str
    signed_by_name: str
    signed_at: datetime
    note: str


def points(protocol: Protocol) -> tuple[str, ...]:
    """The codes of the check-ins after an infusion, asked or not."""
    return tuple(rule.code for rule in protocol.anchored(Anchor.INFUSION_END) if _is_point(rule))


def standard_beside_pulse(protocol: Protocol) -> tuple[str, ...]:
    """The standard forms that everybody is asked for, in the protocol's order."""
    asked = dict.fromkeys(form for rule in protocol.rules for form in rule.forms)
    return tuple(form for form in asked if form != PULSE and form not in protocol.only_for)


def choices_of(protocol: Protocol) -> Choices:
    """Those that a protocol stands for."""
    found = [rule for rule in protocol.anchored(Anchor.INFUSION_END) if _is_point(rule)]
    return Choices(
        follow_up=tuple(rule.code for rule in found if rule.on),
        standard_at=next((rule.code for rule in found if len(rule.forms) > 1), None),
        weekly_day=_weekly_day(protocol),
        languages=protocol.languages,
    )


def languages_of(protocol: Protocol, instruments: Mapping[str, Instrument]) -> tuple[str, ...]:
    """In which every form can be asked."""
    asked = [
        instruments[form] for form in sorted({f for rule in protocol.rules for f in rule.forms})
    ]
    return tuple(
        language
        for language in asked[0].languages
        if all(language in instrument.languages for instrument in asked)
    )


def weekly_days(shipped: Protocol) -> range:
    """Those that can be chosen."""
    day = _weekly_day(shipped)
    return range(day - FURTHEST_DAYS, day + FURTHEST_DAYS + 1)


def refuse_impossible(choices: Choices, shipped: Protocol, languages: Collection[str]) -> None:
    """`languages`: from `languages_of`. What the page offers is checked here, too."""
    known = points(shipped)
    if not choices.follow_up:
        raise InvalidInput("Keep at least one check-in after an infusion.")
    if unknown := sorted({*choices.follow_up} - {*known}):
        raise InvalidInput(f"There is no check-in {', '.join(map(str, unknown))} in the protocol.")
    if choices.standard_at is not None and choices.standard_at not in choices.follow_up:
        raise InvalidInput("The questionnaires can only be asked with a check-in that is asked.")
    if type(choices.weekly_day) is not int or choices.weekly_day not in weekly_days(shipped):
        raise InvalidInput("Choose a day of the list for the weekly questionnaires.")
    if not choices.languages or not {*choices.languages} <= {*languages}:
        raise InvalidInput("Choose at least one language that every questionnaire exists in.")


def adapted(
    shipped: Protocol, choices: Choices, *, number: int, signed_by: str | None = None
) -> Protocol:
    """The shipped protocol with the choices in it. Windows stay where they are when a check-in
    between them is not asked: an answer at 47 hours is none at 24."""
    moved = timedelta(days=choices.weekly_day - _weekly_day(shipped))
    return replace(
        shipped,
        rules=tuple(_with(rule, choices, moved, shipped) for rule in shipped.rules),
        reviewed_by=signed_by,
        number=number,
        languages=choices.languages,
    )


def versions(shipped: Protocol, signed: Iterable[ProtocolVersion]) -> Iterator[Protocol]:
    """The shipped one and those that follow it, in order."""
    yield shipped
    for version in signed:
        yield adapted(
            shipped, version.choices, number=version.number, signed_by=version.signed_by_name
        )


def _with(
    rule: OccasionRule, choices: Choices, moved: timedelta, shipped: Protocol
) -> OccasionRule:
    if _is_point(rule):
        forms = [form for form in rule.forms if form == PULSE]
        if rule.code == choices.standard_at:
            forms += standard_beside_pulse(shipped)
        return replace(rule, on=rule.code in choices.follow_up, forms=tuple(forms))
    if rule.every == WEEK:
        return replace(
            rule,
            opens=rule.opens + moved,
            due=rule.due + moved,
            target=rule.target + moved,
            closes=rule.closes + moved,
        )
    return rule


def _is_point(rule: OccasionRule) -> bool:
    return rule.anchor is Anchor.INFUSION_END and PULSE in rule.forms


def _weekly_day(protocol: Protocol) -> int:
    """0 where nothing is asked weekly: there is nothing to move then."""
    return next(((WEEK + r.due).days for r in protocol.rules if r.every == WEEK), 0)
