"""Put a record right: correct answers, move a misfiled form, merge two records of one person."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.domain.check_ins import CheckIn
from mindspa.services.view_corrections import view_corrections
from mindspa.ui import menu, notices, record_corrections, record_entry, session

actor = session.require(Permission.CORRECT_RECORDS)
patient_id = st.query_params.get("id", "")
top = partial(st.title, "Put right", anchor=False)
# Its place is always there: fields that move down when a sentence appears lose the focus.
with st.container(), notices.errors_shown(go_on=True):
    if press := record_corrections.pressed(patient_id):
        with session.unit_of_work(actor) as work:
            came_of = press.act(work)
        if isinstance(came_of, CheckIn):
            st.switch_page(menu.path_of("enter_answers"), query_params={"id": came_of.id})
        record_entry.say_saved(press)
search, second = record_corrections.search(patient_id), record_corrections.second(patient_id)
with notices.errors_shown(top), session.reading(actor) as work:
    found = view_corrections(work, patient_id, search=search, second_id=second)
record_corrections.draw(found)
