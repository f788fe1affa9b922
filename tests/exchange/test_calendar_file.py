"""A calendar takes the file, and a moved appointment moves in it."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from mindspa.exchange.calendar_file import Entry, calendar_file

AT = datetime(2026, 6, 12, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
APPOINTMENT = Entry("i1", "Appointment", AT, AT + HOUR, place="Müller & Söhne; Bay 2, left")
CHECK_IN = Entry(
    "i1.24h", "Check-in", AT + 25 * HOUR, AT + 25.25 * HOUR, text="https://x.test/today"
)


def test_every_entry_comes_back_as_it_was() -> None:
    content = calendar_file([APPOINTMENT, CHECK_IN], version=7, made_at=AT - HOUR)
    first, second = Calendar.from_ical(content).walk("VEVENT")
    assert first["uid"] == "i1@mindspa"
    assert (first["summary"], first["location"]) == ("Appointment", APPOINTMENT.place)
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (AT, AT + HOUR)
    assert (first["sequence"], first["status"]) == (7, "CONFIRMED")
    assert first.decoded("dtstamp") == AT - HOUR
    assert second["uid"] == "i1.24h@mindspa"
    assert second["description"] == CHECK_IN.text
    assert [len(event.walk("VALARM")) for event in (first, second)] == [1, 1]


def test_instants_are_written_in_utc_and_lines_as_the_standard_says() -> None:
    lines = calendar_file([APPOINTMENT], version=1, made_at=AT).split(b"\r\n")
    assert b"DTSTART:20260612T140000Z" in lines
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 for line in lines)


def test_one_that_is_cancelled_is_taken_out_and_rings_no_more() -> None:
    gone = Entry("i1", "Appointment", AT, AT + HOUR, cancelled=True)
    (event,) = Calendar.from_ical(calendar_file([gone], version=8, made_at=AT)).walk("VEVENT")
    assert (event["uid"], event["status"]) == ("i1@mindspa", "CANCELLED")
    assert event.walk("VALARM") == []


def test_without_anything_it_is_an_empty_calendar() -> None:
    assert Calendar.from_ical(calendar_file([], version=1, made_at=AT)).walk("VEVENT") == []
