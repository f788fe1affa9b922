"""Remind patients of check-ins that are open: of itself at its time, or by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mindspa.domain.access import Permission
from mindspa.domain.errors import InvalidInput
from mindspa.domain.messages import Kind, Message, Problem
from mindspa.domain.reminders import Reminding, about, due, missed_in_a_row
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.write_message import message_to

LOOKED_BACK = timedelta(days=120)  # for check-ins that were not answered
NOT_AGAIN_WITHIN = timedelta(hours=1)  # by hand


def patients_to_remind(work: UnitOfWork) -> list[str]:
    """Ids of those for whom a reminder is due; a fixed number of reads."""
    work.actor.require(Permission.REMIND)
    found = work.records.reminders.open(
        work.clinic.zone,
        work.carried,
        now=work.now,
        longest=work.definitions.protocol.longest_window,
    )
    wanted = due(found, work.definitions.reminders, now=work.now)
    return list(dict.fromkeys(one.occasion.patient_id for one, _ in wanted))


def remind(work: UnitOfWork, patient_id: str) -> bool:
    """Whether one goes out: one a moment, of the check-in that closes first. Where nothing was
    answered for so long that it only annoys, it is written down that none was sent."""
    work.actor.require(Permission.REMIND)
    work.records.patients.lock(patient_id)
    wanted = list(
        due(open_to_remind_of(work, patient_id), work.definitions.reminders, now=work.now)
    )
    if not wanted:
        return False
    (first, number), *others = wanted
    silent = _missed(work, first) >= work.definitions.reminders.stop_after
    not_sent = Problem.SILENT if silent else None
    messages = [reminder_of(work, first, number, problem=not_sent)]
    messages += [reminder_of(work, one, n, problem=Problem.TOGETHER) for one, n in others]
    work.records.messages.add(messages)
    if silent:
        return False
    work.audit("reminder.written", about=patient_id)
    return True


def remind_by_hand(work: UnitOfWork, patient_id: str) -> datetime:
    """Of the check-in that closes first. At most once an hour, whoever presses; quiet hours and a
    long silence are the team's to judge."""
    work.actor.require(Permission.REMIND)
    work.write_about(patient_id)
    found = open_to_remind_of(work, patient_id)
    if not found:
        raise InvalidInput(
            "No reminder can go to this patient now: no check-in is open, no address is known, or "
            "they have said no to reminders."
        )
    last = work.records.reminders.last_to(found[0].person_id)
    if last is not None and timedelta() <= work.now - last < NOT_AGAIN_WITHIN:
        raise InvalidInput("A reminder went out within the last hour. Try another way.")
    minute = int(work.now.timestamp() // 60)
    work.records.messages.add([reminder_of(work, found[0], minute, kind=Kind.BY_HAND)])
    work.audit("reminder.by_hand", about=patient_id)
    return work.now


@dataclass(frozen=True, slots=True)
class Reminded:
    """`reachable`: a reminder can go now. `last_at`: when the last was written."""

    reachable: bool
    last_at: datetime | None


def reminded(work: UnitOfWork, patient_id: str) -> Reminded:
    work.actor.require(Permission.REMIND)
    found = open_to_remind_of(work, patient_id)
    last = work.records.reminders.last_to(found[0].person_id) if found else None
    return Reminded(bool(found), last)


def open_to_remind_of(work: UnitOfWork, patient_id: str) -> Sequence[Reminding]:
    return work.records.reminders.open_of(
        patient_id,
        work.clinic.zone,
        work.carried,
        now=work.now,
        longest=work.definitions.protocol.longest_window,
    )


def _missed(work: UnitOfWork, one: Reminding) -> int:
    """In a row, of the check-ins that they were reminded of: what they never heard of is no
    silence."""
    since, patient_id = work.now - LOOKED_BACK, one.occasion.patient_id
    treatment = work.records.treatment
    told = work.records.reminders.told(one.person_id, since=since)
    lacking = treatment.lacking(patient_id, closing_since=since)
    return missed_in_a_row(
        (occasion, set(lacking[occasion.key]) != set(occasion.forms))
        for occasion in treatment.occasions_of(patient_id, closing_since=since)
        if occasion.closes_at <= work.now and about(occasion) in told
    )


def reminder_of(
    work: UnitOfWork,
    one: Reminding,
    number: int,
    *,
    kind: Kind = Kind.REMINDER,
    problem: Problem | None = None,
) -> Message:
    return message_to(
        work,
        one.person_id,
        kind,
        about(one.occasion),
        number,
        channel=one.by,
        expires_at=one.occasion.closes_at,
        problem=problem,
    )
