"""What is due for a patient, and what they can do at any time."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.ask_for_call import ask_for_call, ask_for_treatment
from mindspa.services.open_check_in import open_check_in, today
from mindspa.ui import menu, notices, own_day, own_page, session

actor = session.require(Permission.CHECK_IN)
top = partial(own_page.top, "Today")
with notices.errors_shown(top, go_on=True) as said:
    if own_day.started():
        unscheduled = own_day.started_unscheduled()
        with session.unit_of_work(actor) as work:
            check_in = open_check_in(work, unscheduled=unscheduled)
        st.switch_page(menu.path_of("check_in"), query_params={"id": check_in.id})
    if own_day.call_asked():
        with session.unit_of_work(actor) as work:
            ask_for_call(work)
    if asked := own_day.treatment_asked():
        with session.unit_of_work(actor) as work:
            ask_for_treatment(work, asked.wish, note=asked.note)
        own_day.forget_note()
if not said:
    top()
with notices.errors_shown(), session.reading(actor) as work:
    found = today(work)
own_day.draw(found)
