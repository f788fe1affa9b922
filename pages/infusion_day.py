"""Infusion day: today's infusions, and the sheet of one of them."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_infusion_day import infusion_day, view_sheet
from mindspa.ui import (
    infusion_bulk,
    infusion_list,
    infusion_presses,
    infusion_sheet,
    menu,
    notices,
    record_entry,
    session,
)

actor = session.require(Permission.RECORD_TREATMENT)
if infusion_sheet.lock_pressed():
    session.lock()
    st.rerun()
infusion_id = st.query_params.get("id", "")
top = partial(st.title, "Infusion day", anchor=False)
if infusion_id:
    # Its place is always there: fields that move down when a sentence appears lose the focus.
    with st.container(), notices.errors_shown(go_on=True):
        record_entry.carry_out(actor, infusion_presses.pressed(infusion_id))
    todays = "Today's infusions"
    st.page_link(menu.path_of("infusion_day"), label=todays, icon=":material/arrow_back:")
    with notices.errors_shown(top), session.reading(actor) as work:
        sheet = view_sheet(work, infusion_id)
        definitions = work.definitions
    infusion_sheet.draw(actor, sheet, definitions)
else:
    if chosen := infusion_list.chosen():
        st.switch_page(menu.path_of("infusion_day"), query_params={"id": chosen})
    bulk = infusion_bulk.save_pressed(actor)
    with notices.errors_shown(top), session.reading(actor) as work:
        day = infusion_day(work)
    top()
    infusion_list.draw(day)
    infusion_bulk.draw(day, bulk)
