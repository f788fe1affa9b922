"""Follow-up: everybody in the days after an infusion, until somebody has reviewed it."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.review_follow_up import FollowUpList, figures, look_at_list, open_entry
from mindspa.ui import (
    contact_form,
    follow_up_review,
    follow_up_table,
    kept,
    notices,
    record_entry,
    session,
)
from mindspa.ui.follow_up_words import Words

actor = session.require(Permission.REVIEW_FOLLOW_UP)
# Its place is always there: fields that move down when a sentence appears lose the focus.
with st.container(), notices.errors_shown(go_on=True):
    if press := follow_up_review.pressed():
        with session.unit_of_work(actor) as work:
            press.act(work)
        follow_up_review.say_saved(press)
        follow_up_table.TABLE.close()
    record_entry.carry_out(actor, contact_form.pressed())
top = partial(st.title, "Follow-up", anchor=False)
chosen, before = follow_up_table.TABLE.chosen(), kept.last(FollowUpList)
with notices.errors_shown(top), session.reading(actor) as work:
    listed = look_at_list(work, kept=before)
    found = figures(work, listed)
    opened = open_entry(work, listed.entries, chosen)
    words = Words(work.definitions, work.clinic.zone, listed.now)
kept.keep(listed)
top()
follow_up_table.say_who_is_not_here(listed)
follow_up_table.draw(listed.entries, found, words)
if opened:
    follow_up_review.draw(opened, words)
