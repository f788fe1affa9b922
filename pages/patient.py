"""One patient: open alerts first, the timeline, the same in words and tables, and what to enter."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.domain.outcomes import Progress
from mindspa.services.ask_for_call import call_waiting
from mindspa.services.record_rating import ratings
from mindspa.services.view_progress import recent_part, view_progress
from mindspa.ui import kept, menu, notices, patient_forms, patient_record, session

actor = session.require(Permission.SEE_PATIENTS)
patient_id = st.query_params.get("id", "")
with notices.errors_shown(go_on=True):
    if press := patient_forms.pressed(patient_id):
        with session.unit_of_work(actor) as work:
            press.act(work)
        patient_forms.say_saved(press)
before = kept.last(Progress)
st.page_link(menu.path_of("patients"), label="All patients", icon=":material/arrow_back:")
with notices.errors_shown(), session.reading(actor) as work:
    progress = view_progress(work, patient_id, kept=before)
    definitions, instruments = work.definitions, ratings(work)
    call_asked_at = call_waiting(work, patient_id)
kept.keep(progress)
recent, older = recent_part(progress)
patient_record.header(progress)
patient_forms.call_form(actor, progress, call_asked_at)
alerts = patient_record.open_alerts(progress, definitions)
patient_forms.close_form(actor, patient_id, alerts)
patient_record.timeline(recent, definitions)
patient_record.summary(progress, definitions)
patient_record.details(progress, recent, older, definitions)
patient_forms.record_forms(actor, progress, instruments)
