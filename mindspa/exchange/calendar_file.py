"""Appointments and check-ins as a calendar file (iCalendar, RFC 5545).

A calendar is often shared: its entries name no treatment, no form and no patient.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

PRODUCT = "-//Mind Spa Outcomes//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` stays with an appointment that moves, so that a calendar which takes the file again
    moves its entry. Instants are in UTC."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str | None = None
    text: str | None = None
    cancelled: bool = False


def calendar_file(entries: Iterable[Entry], *, version: int, made_at: datetime) -> bytes:
    """`version` must be higher than that of an earlier file wherever anything differs from it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.id}@mindspa")
        event.add("sequence", version)
        event.add("dtstamp", made_at)
        event.add("summary", entry.title)
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at)
        if entry.place:
            event.add("location", entry.place)
        if entry.text:
            event.add("description", entry.text)
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        if not entry.cancelled:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.title)
            alarm.add("trigger", timedelta(0))
            event.add_component(alarm)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
