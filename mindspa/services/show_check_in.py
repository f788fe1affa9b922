"""A check-in as whoever answers it sees it: its questions while it is open, its receipt once
sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mindspa.domain import due, safety
from mindspa.domain.check_ins import CheckIn, CheckInState, GivenAnswer, Mode
from mindspa.domain.due import NextCheckIn
from mindspa.domain.instruments import Instrument, Item
from mindspa.domain.safety import SafetyRules, Screened
from mindspa.services.open_check_in import answerable, asked_of, recent_forms
from mindspa.services.read_corrected import answers_before, corrected_forms
from mindspa.services.seen_by_team import seen_at
from mindspa.services.show_help import Help, show_help
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Section:
    """One instrument of a check-in. `items` are those that the answers so far call for, `answers`
    the ones that stand, by item. `shows_help`: the safety answer, as it stands or before it was
    changed, calls for help to be shown, or a screen that staff ask does; `changed` tells the two
    apart. `screened`: what such a screen has come to."""

    instrument: Instrument
    items: tuple[Item, ...]
    answers: Mapping[str, GivenAnswer]
    shows_help: bool
    changed: bool
    screened: Screened | None

    @property
    def values(self) -> dict[str, int]:
        """The answers that a form made now would hold."""
        asked = (item.id for item in self.items)
        return {item: self.answers[item].value for item in asked if item in self.answers}

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the questions without an answer, from 1, as they are shown."""
        numbered = enumerate(self.items, start=1)
        return tuple(number for number, item in numbered if item.id not in self.answers)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open check-in."""

    check_in: CheckIn
    sections: tuple[Section, ...]
    help: Help

    @property
    def blank(self) -> bool:
        return not any(section.values for section in self.sections)


@dataclass(frozen=True, slots=True)
class Closed:
    """A check-in whose window closed before it was sent. `screened`: what screens had come to."""

    check_in: CheckIn
    now: datetime
    zone: str
    help: Help
    shows_help: bool
    screened: tuple[tuple[Instrument, Screened], ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """A form on the receipt: how many of the questions asked have an answer."""

    instrument: Instrument
    answered: int
    asked: int
    screened: Screened | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`forms` as they stand now. `changed_at`: when one of them was last corrected; `can_change`:
    by the patient, whose window is still open. `seen_at`: when the team first looked at it."""

    check_in: CheckIn
    sent_at: datetime
    forms: tuple[Handed, ...]
    next: NextCheckIn | None
    now: datetime
    zone: str
    help: Help
    shows_help: bool
    changed_at: datetime | None
    can_change: bool
    seen_at: datetime | None


def show_check_in(work: UnitOfWork, check_in_id: str) -> Sheet | Closed | Receipt:
    check_in = answerable(work, check_in_id)
    if check_in.by_staff and work.actor.check_in_id is None:
        work.look_at(check_in.patient_id)
    sections = sections_of(work, check_in)
    found_help = show_help(work, Mode.BY_PHONE if _of_patient_by_staff(check_in) else check_in.mode)
    if check_in.state is CheckInState.OPEN and work.now < check_in.closes_at:
        return Sheet(check_in, sections, found_help)
    patient = work.records.patients.get(check_in.patient_id)
    zone = work.clinic.zone if check_in.by_staff else work.zone_of(patient)
    shows_help = any(section.shows_help for section in sections)
    if check_in.sent_at is None:
        known = tuple((s.instrument, s.screened) for s in sections if s.screened)
        return Closed(check_in, work.now, zone, found_help, shows_help, known)
    stored = {
        form.instrument: form
        for form in work.records.check_ins.newest_of(check_in.corrects or check_in.id)
    }
    corrected = [form.saved_at for form in stored.values() if form.corrected]
    handed = tuple(
        _handed(work, section, check_in, stored[section.instrument.id].answers)
        for section in sections
        if section.instrument.id in stored
    )
    return Receipt(
        check_in=check_in,
        sent_at=check_in.sent_at,
        forms=handed,
        next=due.next_due(
            asked_of(work, patient),
            recent_forms(work, patient.id),
            work.definitions.protocol,
            now=work.now,
        ),
        now=work.now,
        zone=zone,
        help=found_help,
        shows_help=shows_help or any(_is_positive(form.screened) for form in handed),
        changed_at=max(corrected, default=None),
        can_change=bool(stored) and not check_in.by_staff and work.now < check_in.closes_at,
        seen_at=seen_at(work, check_in, [form.id for form in stored.values()]),
    )


def _handed(
    work: UnitOfWork, section: Section, check_in: CheckIn, answers: Mapping[str, int]
) -> Handed:
    """As the form stands now, which may have been corrected since. A yes that it no longer asks for
    was said all the same."""
    given = {item: answer.value for item, answer in section.answers.items()} | dict(answers)
    return Handed(
        section.instrument,
        len(answers),
        len(_items(section.instrument, check_in, answers)),
        _screened(work.definitions.safety, section.instrument, check_in, given),
    )


def _of_patient_by_staff(check_in: CheckIn) -> bool:
    """Staff correct what did not come through staff: they need the words for staff."""
    return check_in.reason is not None and check_in.mode in (Mode.REMOTE, Mode.IMPORTED)


def sections_of(work: UnitOfWork, check_in: CheckIn) -> tuple[Section, ...]:
    given = [
        *answers_before(check_in, corrected_forms(work, check_in)),
        *work.records.check_ins.answers_of(check_in.id),
    ]
    return tuple(
        _section(
            work.definitions.safety,
            work.definitions.instruments[instrument_id],
            check_in,
            [answer for answer in given if answer.instrument == instrument_id],
        )
        for instrument_id in check_in.forms
    )


def _section(
    rules: SafetyRules, instrument: Instrument, check_in: CheckIn, given: Sequence[GivenAnswer]
) -> Section:
    latest = {answer.item: answer for answer in given}  # in order of revision
    values = {item: answer.value for item, answer in latest.items()}
    items = _items(instrument, check_in, values)
    alarming = [
        answer
        for answer in given
        if safety.opens_help(
            instrument,
            safety.findings_for_item(rules, instrument.id, answer.item, answer.value),
        )
    ]
    screened = _screened(rules, instrument, check_in, values)
    return Section(
        instrument,
        items,
        latest,
        shows_help=bool(alarming) or _is_positive(screened),
        changed=bool(alarming) and latest[alarming[-1].item] not in alarming,
        screened=screened,
    )


def _screened(
    rules: SafetyRules, instrument: Instrument, check_in: CheckIn, values: Mapping[str, int]
) -> Screened | None:
    if instrument.script is None:
        return None
    complete = all(item.id in values for item in _items(instrument, check_in, values))
    return safety.screened(rules, instrument.id, values, complete=complete)


def _is_positive(screened: Screened | None) -> bool:
    return screened not in (None, Screened.NEGATIVE)


def _items(
    instrument: Instrument, check_in: CheckIn, answers: Mapping[str, int]
) -> tuple[Item, ...]:
    asked = instrument.items_for(check_in.variant)
    return tuple(item for item in asked if instrument.is_asked(item, answers))
