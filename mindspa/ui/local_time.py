"""Instants as people say them, in the zone they live in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def spoken(at: datetime, zone: str, *, now: datetime) -> str:
    """ "today at 2:05 pm", "tomorrow at 9:00 am", "Friday 12 June at 6:30 pm"."""
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    day = near.get((there.date() - today) // timedelta(days=1))
    if day is None:
        year = "" if there.year == today.year else f" {there.year}"
        day = f"{there:%A} {there.day} {there:%B}{year}"
    return f"{day} at {there.hour % 12 or 12}:{there:%M} {'am' if there.hour < 12 else 'pm'}"


def short_day(at: datetime, zone: str) -> str:
    """As staff read it: "12 Jun 2026"."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %Y}"


def short(at: datetime, zone: str) -> str:
    """ "12 Jun 2026, 18:30"."""
    return f"{short_day(at, zone)}, {at.astimezone(ZoneInfo(zone)):%H:%M}"
