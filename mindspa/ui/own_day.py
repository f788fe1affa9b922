"""A patient's day: what is due, and what can be done at any time."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from mindspa.domain.contacts import WaitingWish, Wish
from mindspa.domain.entered import LONGEST_NOTE
from mindspa.domain.intake import Status
from mindspa.services.open_check_in import Today
from mindspa.services.show_check_in import Closed, Receipt
from mindspa.ui import help_panel
from mindspa.ui.local_time import spoken
from mindspa.ui.menu import path_of

START, START_UNSCHEDULED, CALL = "today.start", "today.start_unscheduled", "today.ask_for_call"
CHANGE = "check_in.change"

ASK, WISH, NOTE = "today.ask_for_treatment", "today.wish", "today.wish_note"
_TREATMENT = {Wish.BOOSTER: "A booster", Wish.APPOINTMENT: "An appointment"}


@dataclass(frozen=True, slots=True)
class Asked:
    wish: str | None
    note: str


def started() -> bool:
    return bool(st.session_state.get(START)) or started_unscheduled()


def started_unscheduled() -> bool:
    return bool(st.session_state.get(START_UNSCHEDULED))


def call_asked() -> bool:
    return bool(st.session_state.get(CALL))


def change_asked() -> bool:
    """Of what a receipt shows."""
    return bool(st.session_state.get(CHANGE))


def treatment_asked() -> Asked | None:
    """What the press asks for, and with which note."""
    if not st.session_state.get(ASK):
        return None
    return Asked(st.session_state.get(WISH), st.session_state.get(NOTE) or "")


def forget_note() -> None:
    """Once it is stored."""
    st.session_state[NOTE] = ""


def draw(found: Today) -> None:
    _what_is_due(found)
    _new_patient(found)
    st.header("At any time", anchor=False)
    st.button("Tell us how you are now", key=START_UNSCHEDULED, width="stretch")
    asked = {waiting.wish: waiting for waiting in found.wishes}
    if Wish.CALL not in asked:
        st.button("Ask the clinic to call me", key=CALL, width="stretch")
    for waiting in found.wishes:
        _say_asked(found, waiting)
    if found.treated:
        _treatment_wishes([wish for wish in _TREATMENT if wish not in asked])
    if found.last_sent is not None and found.last_sent.sent_at is not None:
        st.page_link(
            path_of("check_in"),
            label=f"Last sent {spoken(found.last_sent.sent_at, found.zone, now=found.now)}",
            icon=":material/receipt_long:",
            query_params={"id": found.last_sent.id},
        )
        if found.now < found.last_sent.closes_at:
            until = spoken(found.last_sent.closes_at, found.zone, now=found.now)
            st.caption(f"You can change those answers until {until}.")
    st.page_link(path_of("my_plan"), label="My plan", icon=":material/event:")
    st.page_link(path_of("my_progress"), label="My progress", icon=":material/show_chart:")


def _say_asked(found: Today, waiting: WaitingWish) -> None:
    at = spoken(waiting.asked_at, found.zone, now=found.now)
    if waiting.wish is Wish.CALL:
        said, icon = f"You asked for a call {at}. The clinic calls you", ":material/call:"
    else:
        what = _TREATMENT[waiting.wish].lower()
        said, icon = f"You asked for {what} {at}. The clinic answers", ":material/event_available:"
    st.success(f"{said} when it is open. If it cannot wait, use Get help now.", icon=icon)


def _treatment_wishes(offered: list[Wish]) -> None:
    if not offered:
        return
    title = "Ask for " + " or ".join(_TREATMENT[wish].lower() for wish in offered)
    with st.expander(title, icon=":material/event_available:"):
        st.radio("I would like", offered, format_func=_TREATMENT.__getitem__, key=WISH)
        st.text_area("Note (optional)", max_chars=LONGEST_NOTE, key=NOTE, height=80)
        st.caption("The clinic reads it when it is open, not at once.")
        st.button("Ask the clinic", key=ASK, width="stretch")


def _what_is_due(found: Today) -> None:
    if found.started is not None:
        st.text("You have started a check-in. What you answered is kept.")
        st.button("Go on with it", key=START, type="primary", width="stretch")
        _closes(found, found.started.closes_at)
    elif found.due is not None:
        st.text("A check-in is ready for you.")
        st.button("Start the check-in", key=START, type="primary", width="stretch")
        _closes(found, found.due.closes_at)
    elif found.next is not None:
        due = spoken(found.next.due_at, found.zone, now=found.now)
        st.text(f"Nothing to answer now. Your next check-in is due {due}.")
    else:
        st.text("Nothing to answer now. No check-in is planned for you.")


def _new_patient(found: Today) -> None:
    """Once they are read there is nothing to say of them here."""
    if found.intake in (Status.NOT_BEGUN, Status.BEGUN, Status.MORE_NEEDED):
        words = {
            Status.NOT_BEGUN: "Before your first infusion the clinic needs to know you.",
            Status.BEGUN: "You have begun the new-patient forms. What you entered is kept.",
        }
        st.text(words.get(found.intake, "The clinic needs more in your new-patient forms."))
        st.page_link(
            path_of("new_patient"), label="New-patient forms", icon=":material/assignment_ind:"
        )
    elif found.intake is Status.TO_REVIEW:
        st.text("Your new-patient forms are with the clinic.")


def _closes(found: Today, at: datetime) -> None:
    st.caption(f"Open until {spoken(at, found.zone, now=found.now)}.")


def draw_receipt(receipt: Receipt) -> None:
    sent_at = spoken(receipt.sent_at, receipt.zone, now=receipt.now)
    done = "Changed" if receipt.check_in.corrects else "Sent"
    st.success(f"{done} {sent_at}. Your answers are saved.", icon=":material/check_circle:")
    if receipt.changed_at and receipt.check_in.corrects is None:
        changed_at = spoken(receipt.changed_at, receipt.zone, now=receipt.now)
        st.text(f"Last changed {changed_at}. What you sent before is kept.")
    if receipt.seen_at:
        seen_at = spoken(receipt.seen_at, receipt.zone, now=receipt.now)
        st.text(f"Your care team looked at this {seen_at}.")
    if receipt.shows_help:
        help_panel.draw(receipt.help)
    for form in receipt.forms:
        name = form.instrument.title[form.instrument.language_for(receipt.check_in.language)]
        st.text(f"{form.answered} of {form.asked} questions of “{name}” answered.")
    if not receipt.forms:
        st.text("The clinic has taken these answers out of your record: they are not yours.")
    if receipt.check_in.note and receipt.forms:
        st.text("Your note is saved with them.")
    if receipt.next is None:
        st.text("No further check-in is planned.")
    elif receipt.next.opens_at <= receipt.now:
        st.text("Another check-in is ready now.")
    else:
        due = spoken(receipt.next.due_at, receipt.zone, now=receipt.now)
        st.text(f"Your next check-in is due {due}.")
    if receipt.can_change:
        st.button("Change my answers", key=CHANGE, icon=":material/edit:", width="stretch")
        until = spoken(receipt.check_in.closes_at, receipt.zone, now=receipt.now)
        st.caption(f"Possible until {until}. What you sent before is kept as well.")


def draw_closed(closed: Closed) -> None:
    at = spoken(closed.check_in.closes_at, closed.zone, now=closed.now)
    if closed.check_in.corrects:
        st.warning(
            f"The time for changing these answers was over {at}. They stand as you sent them.",
            icon=":material/schedule:",
        )
    else:
        _say_closed(at)
    if closed.shows_help:
        help_panel.draw(closed.help)
    st.text("On Today you find the check-in that is open now, and you can tell us how you are.")


def _say_closed(at: str) -> None:
    st.warning(
        f"This check-in closed {at}, before it was sent. What you chose is kept, but it cannot "
        "be sent any more: it asks about hours that are past.",
        icon=":material/schedule:",
    )
