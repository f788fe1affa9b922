"""Which pages there are, and who finds which of them in the menu."""

from base64 import b64encode
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mindspa.domain.access import Actor, Permission
from mindspa.ui import notices

PAGES_FOLDER = Path(__file__).resolve().parents[2] / "pages"

# In the page itself: the browser would fetch a named symbol from another site.
ICON = (
    "data:image/svg+xml;base64,"
    + b64encode(Path(__file__).with_name("icon.svg").read_bytes()).decode()
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page by the name of its file. `permission` None: everybody who is signed in."""

    name: str
    title: str
    icon: str
    permission: Permission | None
    help: str
    listed: bool = True


# In the order of the menu; a person's first is where they land.
ENTRIES = (
    Entry("today", "Today", ":material/today:", Permission.CHECK_IN, "What is due now."),
    Entry(
        "check_in",
        "Check-in",
        ":material/edit_note:",
        Permission.CHECK_IN,
        "Your answers.",
        listed=False,
    ),
    Entry(
        "new_patient",
        "New-patient forms",
        ":material/assignment_ind:",
        Permission.CHECK_IN,
        "What the clinic needs to know before the first infusion.",
        listed=False,
    ),
    Entry(
        "my_progress",
        "My progress",
        ":material/show_chart:",
        Permission.CHECK_IN,
        "How it has been.",
    ),
    Entry(
        "my_plan",
        "My plan",
        ":material/event:",
        Permission.CHECK_IN,
        "Your infusions and check-ins to come.",
    ),
    Entry(
        "about_treatment",
        "About treatment",
        ":material/info:",
        Permission.CHECK_IN,
        "What to expect, and what is known.",
    ),
    Entry(
        "home",
        "Today in the clinic",
        ":material/home:",
        Permission.SEE_PATIENTS,
        "What waits, and the way to it.",
    ),
    Entry(
        "alerts",
        "Alerts",
        ":material/emergency_home:",
        Permission.HANDLE_ALERTS,
        "Safety alerts: whose they are, and by when somebody acts.",
    ),
    Entry(
        "follow_up",
        "Follow-up",
        ":material/event_note:",
        Permission.REVIEW_FOLLOW_UP,
        "Everybody in the 24 to 72 hours after an infusion.",
    ),
    Entry(
        "due_and_missing",
        "Due and missing",
        ":material/pending_actions:",
        Permission.ENTER_ANSWERS,
        "Who has not answered yet, and reaching them.",
    ),
    Entry(
        "enter_answers",
        "Enter answers",
        ":material/edit_note:",
        Permission.ENTER_ANSWERS,
        "What a patient answers by phone, in the clinic or on paper.",
        listed=False,
    ),
    Entry(
        "infusion_day",
        "Infusion day",
        ":material/vaccines:",
        Permission.RECORD_TREATMENT,
        "Today's infusions, and the sheet of each.",
    ),
    Entry(
        "patients",
        "Patients",
        ":material/groups:",
        Permission.SEE_PATIENTS,
        "Everybody in the clinic, those who need attention first.",
    ),
    Entry(
        "patient",
        "Patient",
        ":material/person:",
        Permission.SEE_PATIENTS,
        "One patient.",
        listed=False,
    ),
    Entry(
        "correct_record",
        "Put right",
        ":material/edit_document:",
        Permission.CORRECT_RECORDS,
        "Correct answers, move a misfiled form, merge two records.",
        listed=False,
    ),
    Entry(
        "protocol",
        "Protocol",
        ":material/rule_settings:",
        Permission.ADAPT_PROTOCOL,
        "What patients are asked and when.",
    ),
    Entry(
        "duty",
        "Hours and rota",
        ":material/calendar_clock:",
        Permission.PLAN_DUTY,
        "When the clinic is open, and who is on duty.",
    ),
    Entry(
        "people",
        "People",
        ":material/manage_accounts:",
        Permission.MANAGE_PEOPLE,
        "The accounts of the staff.",
    ),
    Entry(
        "emergency",
        "Emergency access",
        ":material/e911_emergency:",
        Permission.REVIEW_EMERGENCIES,
        "One record in an emergency, and who has opened one.",
    ),
    Entry(
        "messages",
        "Messages",
        ":material/outgoing_mail:",
        Permission.SEE_MESSAGES,
        "What was sent to people, and what did not arrive.",
    ),
    Entry(
        "audit_trail",
        "Audit trail",
        ":material/policy:",
        Permission.READ_AUDIT_TRAIL,
        "Who looked at or changed what, and when.",
    ),
    Entry(
        "who_looked",
        "Who looked at your record",
        ":material/visibility:",
        Permission.CHECK_IN,
        "Each time somebody of the clinic opened it.",
        listed=False,
    ),
    Entry(
        "get_help",
        "Get help",
        ":material/support:",
        Permission.CHECK_IN,
        "Who to call, at any hour.",
    ),
    Entry(
        "account", "Account", ":material/account_circle:", None, "Your password and signing out."
    ),
)


def pages_of(actor: Actor) -> list[StreamlitPage]:
    """The pages that exist for this person: any other address is no page at all."""
    pages = [
        copy(_page(entry))  # Streamlit writes into those of a run
        for entry in ENTRIES
        if entry.permission is None or actor.may(entry.permission)
    ]

    unknown = bool(urlsplit(st.context.url or "").path.strip("/"))

    def start() -> None:
        if unknown:
            notices.no_such_page(pages[0])
        else:
            st.switch_page(pages[0])

    # The default page has no address but "/": were it one of these, a link to it would be broken.
    # It is also what Streamlit runs for an address that is none.
    title = "No such page" if unknown else "Start"
    return [*pages, st.Page(start, title=title, default=True, visibility="hidden")]


@cache
def _page(entry: Entry) -> StreamlitPage:
    """Made once: each time, Streamlit looks for the file again."""
    return st.Page(
        PAGES_FOLDER / f"{entry.name}.py",
        title=entry.title,
        icon=entry.icon,
        url_path=entry.name,
        visibility="visible" if entry.listed else "hidden",
        help=entry.help,
    )


def path_of(name: str) -> str:
    """For `st.switch_page` and `st.page_link`."""
    return str(PAGES_FOLDER / f"{name}.py")


def link_to_patient(patient_id: str, *, label: str = "Open the patient") -> None:
    st.page_link(
        path_of("patient"),
        label=label,
        icon=":material/person:",
        query_params={"id": patient_id},
    )


def link_to_alert(case_id: str, *, label: str = "Open the alert") -> None:
    st.page_link(
        path_of("alerts"),
        label=label,
        icon=":material/emergency_home:",
        query_params={"id": case_id},
    )


def link_to_entry(patient_id: str) -> None:
    st.page_link(
        path_of("enter_answers"),
        label="Enter answers",
        icon=":material/edit_note:",
        query_params={"patient": patient_id},
    )
