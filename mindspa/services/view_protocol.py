"""What a clinic asks and when, the versions before it, and what another choice would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mindspa.domain.access import Permission
from mindspa.domain.made_up_plan import MadeUpPlan, made_up_plan
from mindspa.domain.protocol_versions import (
    Choices,
    ProtocolVersion,
    adapted,
    choices_of,
    languages_of,
    points,
    refuse_impossible,
    standard_beside_pulse,
    weekly_days,
)
from mindspa.domain.schedule import Protocol
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ProtocolView:
    """`history`: what was signed, in order. `ahead`: how many planned check-ins are still to come,
    by the version that they keep. The rest is what can be chosen: `points` the codes after an
    infusion, `standard` the names of the forms that can stand beside one of them."""

    now: datetime
    zone: str
    protocol: Protocol
    choices: Choices
    history: tuple[ProtocolVersion, ...]
    ahead: Mapping[int, int]
    points: tuple[str, ...]
    standard: tuple[str, ...]
    weekly_days: range
    languages: tuple[str, ...]
    form_names: Mapping[str, str]


def view_protocol(work: UnitOfWork) -> ProtocolView:
    work.actor.require(Permission.ADAPT_PROTOCOL)
    definitions, stored = work.definitions, work.records.protocols
    shipped, names = definitions.shipped_protocol, form_names(work)
    return ProtocolView(
        now=work.now,
        zone=work.clinic.zone,
        protocol=definitions.protocol,
        choices=choices_of(definitions.protocol),
        history=tuple(stored.signed()),
        ahead=stored.ahead(now=work.now),
        points=points(shipped),
        standard=tuple(names[form] for form in standard_beside_pulse(shipped)),
        weekly_days=weekly_days(shipped),
        languages=languages_of(shipped, definitions.instruments),
        form_names=names,
    )


def show_plan(work: UnitOfWork, choices: Choices) -> MadeUpPlan:
    """Of a made-up patient, under what is in force and under the choices, which are refused here
    where they could not be signed."""
    work.actor.require(Permission.ADAPT_PROTOCOL)
    in_force = work.definitions.protocol
    shipped = work.definitions.shipped_protocol
    refuse_impossible(choices, shipped, languages_of(shipped, work.definitions.instruments))
    return made_up_plan(
        in_force,
        adapted(shipped, choices, number=in_force.number + 1),
        today=work.now.astimezone(ZoneInfo(work.clinic.zone)).date(),
        zone=work.clinic.zone,
    )


def form_names(work: UnitOfWork) -> dict[str, str]:
    """As staff read them, by id."""
    asked = {form for rule in work.definitions.protocol.rules for form in rule.forms}
    return {form: work.definitions.instruments[form].short_name["en"] for form in asked}
