"""The panel: everybody in the clinic, those who need attention first."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_patients import view_patients
from mindspa.ui import menu, notices, patient_details, patient_panel, session

actor = session.require(Permission.SEE_PATIENTS)
patient_id = patient_panel.chosen()
with st.container(), notices.errors_shown(go_on=True):
    if register := patient_details.registered():
        with session.unit_of_work(actor) as work:
            patient_id = register(work).id
if patient_id:
    st.switch_page(menu.path_of("patient"), query_params={"id": patient_id})
st.title("Patients", anchor=False)
with notices.errors_shown(), session.reading(actor) as work:
    panel = view_patients(work, search=patient_panel.search(), intake=patient_panel.intake())
    definitions, zone = work.definitions, work.clinic.zone
patient_panel.draw(panel, definitions, zone)
patient_details.draw_registration(actor)
