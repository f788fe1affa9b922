"""The panel: everybody in the clinic, those who need attention first."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_patients import view_patients
from mindspa.ui import menu, notices, patient_panel, session

actor = session.require(Permission.SEE_PATIENTS)
if patient_id := patient_panel.chosen():
    st.switch_page(menu.path_of("patient"), query_params={"id": patient_id})
st.title("Patients", anchor=False)
with notices.errors_shown(), session.reading(actor) as work:
    panel = view_patients(work, search=patient_panel.search())
    definitions, zone = work.definitions, work.clinic.zone
patient_panel.draw(panel, definitions, zone)
