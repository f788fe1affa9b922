"""One check-in of a patient: its questions, then its receipt."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.correct_answers import open_own_correction
from mindspa.services.send_check_in import send_check_in
from mindspa.services.show_check_in import Closed, Receipt, show_check_in
from mindspa.ui import menu, notices, own_day, own_page, questionnaire, session

actor = session.require(Permission.CHECK_IN)
check_in_id = st.query_params.get("id", "")
press = questionnaire.pressed()
top = partial(own_page.top, "Check-in", back=True)
stale = None
with notices.errors_shown(top, go_on=True) as said:
    stale = questionnaire.save_changes(actor, check_in_id)
    if own_day.change_asked():
        with session.unit_of_work(actor) as work:
            opened = open_own_correction(work, check_in_id)
        st.switch_page(menu.path_of("check_in"), query_params={"id": opened.id})
    if press and not stale:
        with session.unit_of_work(actor) as work:
            send_check_in(work, check_in_id, unanswered_too=press.unanswered_too)
if not said:
    top()
with notices.errors_shown(), session.reading(actor) as work:
    shown = show_check_in(work, check_in_id)
match shown:
    case Receipt():
        own_day.draw_receipt(shown)
        questionnaire.draw_note_left_out(check_in_id)
    case Closed():
        own_day.draw_closed(shown)
        questionnaire.draw_note_left_out(check_in_id)
    case _:
        refused = press is not None and not stale and not said
        questionnaire.draw(shown, stale=stale, refused=refused)
