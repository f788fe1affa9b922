"""One patient: open alerts first, the timeline, the same in words and tables, and what to enter."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.domain.outcomes import Progress
from mindspa.services.ask_for_call import wishes_waiting
from mindspa.services.record_rating import ratings
from mindspa.services.review_course import view_reviews
from mindspa.services.view_corrections import moved_forms
from mindspa.services.view_progress import recent_part, view_progress
from mindspa.services.write_safety_card import card_of
from mindspa.ui import (
    course_review_form,
    download_link,
    invitation,
    kept,
    menu,
    notices,
    patient_forms,
    patient_record,
    record_corrections,
    record_entry,
    record_section,
    session,
    tablet_code,
)

actor = session.require(Permission.SEE_PATIENTS)
patient_id = st.query_params.get("id", "")
# Its place is always there: fields that move down when a sentence appears lose the focus.
with st.container(), notices.errors_shown(go_on=True):
    record_entry.carry_out(actor, record_section.pressed(patient_id))
    invitation.act(actor, patient_id)
    tablet_code.act(actor, patient_id)
before, heading = kept.last(Progress), partial(st.title, "Patient", anchor=False)
st.page_link(menu.path_of("patients"), label="All patients", icon=":material/arrow_back:")
with notices.errors_shown(heading), session.reading(actor) as work:
    whole = patient_record.shows_all()
    progress = view_progress(work, patient_id, kept=before, whole=whole)
    definitions, instruments = work.definitions, ratings(work)
    waiting, reviews = wishes_waiting(work, patient_id), view_reviews(work, progress)
    moved, card = moved_forms(work, patient_id), card_of(work, patient_id)
kept.keep(progress)
recent = recent_part(progress)
patient_record.header(progress, reviews)
patient_forms.wishes(actor, progress, waiting)
patient_record.open_alerts(actor, progress, definitions)
course_review_form.say_due(reviews)
patient_record.timeline(recent, definitions)
patient_record.summary(progress, definitions)
patient_record.details(progress, recent, definitions)
record_corrections.notice(actor, progress, moved, definitions.instruments)
download_link.answers_of(progress.patient.id)
record_section.draw(actor, progress, reviews, definitions, instruments, card)
