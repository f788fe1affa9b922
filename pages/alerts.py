"""Alerts: what is open, whose it is and by when, and all that acting on one needs."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.review_historic import view_historic
from mindspa.services.view_alerts import alert_figures, open_alert, view_alerts
from mindspa.ui import (
    alert_detail,
    alert_list,
    historic_alerts,
    menu,
    notices,
    record_entry,
    session,
)
from mindspa.ui.alert_words import AlertWords

actor = session.require(Permission.HANDLE_ALERTS)
linked = st.query_params.get("id", "")
# Its place is always there: fields that move down when a sentence appears lose the focus.
with st.container(), notices.errors_shown(go_on=True):
    record_entry.carry_out(actor, alert_detail.pressed() or historic_alerts.pressed())
top = partial(st.title, "Alerts", anchor=False)
historic = alert_list.shows_historic() and not linked
with notices.errors_shown(top), session.reading(actor) as work:
    words = AlertWords(work.definitions, work.clinic.zone, work.now)
    listed = None if linked else view_alerts(work, closed=alert_list.shows_closed())
    chosen = None if historic else alert_list.TABLE.chosen()
    opened = open_alert(work, linked or chosen)
    months = () if historic or linked else alert_figures(work)
    old = view_historic(work) if historic else ()
top()
if listed is None:
    st.page_link(menu.path_of("alerts"), label="All alerts", icon=":material/arrow_back:")
else:
    alert_list.choose(actor, listed, words)
if historic:
    historic_alerts.draw(actor, old, words)
elif listed is not None:
    alert_list.draw(listed, words)
if opened:
    alert_detail.draw(actor, opened, words)
if listed is not None and not historic:
    alert_list.figures(months)
