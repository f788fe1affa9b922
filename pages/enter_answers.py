"""Staff enter what a patient answers: by phone, in the clinic, or from paper."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.enter_for_patient import show_entry, start_of_entry
from mindspa.services.send_check_in import send_check_in
from mindspa.ui import answer_entry, menu, notices, questionnaire, session

actor = session.require(Permission.ENTER_ANSWERS)
patient_id, check_in_id = (st.query_params.get(name, "") for name in ("patient", "id"))
top = partial(st.title, "Enter answers", anchor=False)
stale, press = None, questionnaire.pressed() if check_in_id else None
# Its place is always there: fields that move down when a sentence appears lose the focus.
with st.container(), notices.errors_shown(go_on=True) as said:
    if not check_in_id and (begin := answer_entry.started(patient_id)):
        with session.unit_of_work(actor) as work:
            opened = begin(work)
        st.switch_page(menu.path_of("enter_answers"), query_params={"id": opened.id})
    if check_in_id:
        stale = questionnaire.save_changes(actor, check_in_id)
    if press and not stale:
        with session.unit_of_work(actor) as work:
            send_check_in(work, check_in_id, unanswered_too=press.unanswered_too)
with notices.errors_shown(top), session.reading(actor) as work:
    found = show_entry(work, check_in_id) if check_in_id else start_of_entry(work, patient_id)
answer_entry.draw(found, stale=stale, refused=press is not None and not stale and not said)
