"""The link to a file: a plain address of the server, which looks for itself who asks."""

from html import escape
from urllib.parse import quote, urlencode

import streamlit as st

from mindspa.domain.audit import AuditSearch


def answers_of(patient_id: str) -> None:
    _link(f"/download/answers/{quote(patient_id, safe='')}", "Download all answers (CSV)")


def own_answers() -> None:
    _link("/download/answers", "Download your answers (CSV)")


def own_calendar() -> None:
    _link("/download/my-plan.ics", "Download for your calendar (ICS)")


def summary_of(infusion_id: str) -> None:
    _link(f"/download/infusions/{quote(infusion_id, safe='')}", "Download the summary (PDF)")


def audit_trail(search: AuditSearch) -> None:
    asked = {
        "since": search.since.isoformat(),
        "until": search.until.isoformat(),
        "actor": search.actor_id,
        "about": search.about,
        "kind": search.kind,
    }
    given = urlencode({name: value for name, value in asked.items() if value})
    _link(f"/download/audit-trail?{given}", "Download all of it (CSV)")


def _link(path: str, words: str) -> None:
    # In this window: the browser keeps the page and saves the file.
    st.html(f'<p><a href="{escape(path)}" target="_self">{words}</a></p>')
