"""Due and missing: who has not answered, and reaching them."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_worklist import open_row, view_worklist
from mindspa.ui import contact_form, notices, record_entry, session, tablet_code, worklist

actor = session.require(Permission.ENTER_ANSWERS)
row_id = worklist.TABLE.chosen()
# Its place is always there: fields that move down when a sentence appears lose the focus.
with st.container(), notices.errors_shown(go_on=True):
    record_entry.carry_out(actor, contact_form.pressed() or worklist.pressed(row_id))
    if row_id:
        tablet_code.act(actor, row_id)
top = partial(st.title, "Due and missing", anchor=False)
only, silent_only = worklist.filtered()
with notices.errors_shown(top), session.reading(actor) as work:
    view = view_worklist(work, only=only, silent_only=silent_only)
    opened = open_row(work, view, row_id)
top()
worklist.draw(view)
if opened:
    worklist.draw_row(actor, opened, view)
