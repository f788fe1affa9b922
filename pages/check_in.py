"""One check-in of a patient: its questions, then its receipt."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, show_check_in
from mindspa.ui import notices, own_day, own_page, questionnaire, session

actor = session.require(Permission.CHECK_IN)
check_in_id = st.query_params.get("id", "")
press = questionnaire.pressed()
with notices.errors_shown():
    stale = questionnaire.save_changes(actor, check_in_id)
    if press and not stale:
        with session.unit_of_work(actor) as work:
            send_check_in(work, check_in_id, unanswered_too=press.unanswered_too)
own_page.top("Check-in", back=True)
with notices.errors_shown(), session.reading(actor) as work:
    shown = show_check_in(work, check_in_id)
match shown:
    case Receipt():
        own_day.draw_receipt(shown)
    case Closed():
        own_day.draw_closed(shown)
    case _:
        questionnaire.draw(shown, stale=stale, refused=press is not None and not stale)
