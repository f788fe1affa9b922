"""Searching the audit trail: what to look for, and what was found."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st

from mindspa.domain.audit import AuditEvent, AuditSearch, Kind
from mindspa.services.view_audit_trail import FoundEvents
from mindspa.ui import audit_words, download_link
from mindspa.ui.more_rows import MoreRows
from mindspa.ui.picked_table import names_apart
from mindspa.ui.plain_text import plain

ROWS = MoreRows("audit_more", 200, 2_000)
_DAYS = 7  # that are looked at where nobody has chosen


def asked(names: Mapping[str, str], zone: str, now: datetime) -> AuditSearch:
    """Draws the fields. `names`: of the staff, by id."""
    today = now.astimezone(ZoneInfo(zone)).date()
    people = names_apart(names)
    days = st.columns(4, vertical_alignment="bottom")
    since = days[0].date_input(
        "From", today - timedelta(days=_DAYS - 1), max_value=today, key="audit_from"
    )
    until = days[1].date_input("To", today, max_value=today, key="audit_to")
    person = days[2].selectbox(
        "Who",
        list(people),
        index=None,
        format_func=lambda one: people[one],
        placeholder="Everybody",
        key="audit_who",
    )
    patient = days[3].text_input("About the patient (id)", key="audit_patient", max_chars=24)
    kind = st.segmented_control(
        "What", list(Kind), format_func=lambda one: audit_words.KINDS[one], key="audit_kind"
    )
    return AuditSearch(
        _midnight(since or today, zone),
        _midnight((until or today) + timedelta(days=1), zone),
        person,
        patient.strip() or None,
        kind,
    )


def draw(found: FoundEvents, search: AuditSearch) -> None:
    if not found.events:
        st.info("Nothing of this kind is written down for that time.", icon=":material/search_off:")
        return
    zone = ZoneInfo(found.zone)
    columns = {
        "When": [f"{event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for event in found.events],
        "Who": [audit_words.who(event, found.names) for event in found.events],
        "What": [audit_words.what(event) for event in found.events],
        "Patient": [_patient(event, found.names) for event in found.events],
        "Entry": [event.record or "" for event in found.events],
        "Came from": [event.origin or "" for event in found.events],
    }
    st.dataframe(pa.table(columns), hide_index=True, width="stretch")
    count = len(found.events)
    said = "1 entry" if count == 1 else f"{count:,} entries"
    st.caption(plain(f"{'The last ' if found.more else ''}{said}. Times in {found.zone}."))
    if found.more and count < ROWS.at_most:
        ROWS.button(f"Show {ROWS.at_first} more")
    elif found.more:
        st.caption("Choose a shorter time, or take all of it as a file.")
    download_link.audit_trail(search)


def _patient(event: AuditEvent, names: Mapping[str, str]) -> str:
    if event.about is None:
        return ""
    name = names.get(event.about)
    return f"{name} ({event.about})" if name else event.about


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
