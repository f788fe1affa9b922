"""A patient's infusions and check-ins to come, and other treatment that they tell the clinic of."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services import view_plan
from mindspa.ui import notices, own_adjuncts, own_page, own_plan, record_entry, session

actor = session.require(Permission.CHECK_IN)
top = partial(own_page.top, "My plan")
# Its place is always there: fields that move down when a sentence appears lose the focus.
with st.container(), notices.errors_shown(go_on=True):
    record_entry.carry_out(actor, own_adjuncts.pressed())
with notices.errors_shown(top), session.reading(actor) as work:
    plan = view_plan.own_plan(work)
    definitions = work.definitions
top()
own_plan.draw(plan, definitions)
