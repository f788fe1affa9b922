"""A clinic with 200 patients, all of them in the days after an infusion and not yet reviewed."""

from datetime import timedelta
from pathlib import Path

from mindspa import bootstrap
from mindspa.domain.access import operator
from mindspa.domain.treatment import Phase
from mindspa.services.plan_course import open_course, plan_infusion
from mindspa.services.record_infusion import record_end
from mindspa.services.register_patient import register_patient
from mindspa.settings import Settings
from tests import factories
from tests.accounts import an_account
from tests.conftest import NOW

PATIENTS = 200
CLINICIAN = "ana"


def build(database_file: Path) -> None:
    settings = Settings.load({"MINDSPA_DATABASE_URL": f"sqlite:///{database_file}"})
    runtime = bootstrap.start(settings, clock=lambda: NOW)
    try:
        an_account(runtime, clinic := factories.a_clinic(runtime), CLINICIAN)
        started_at = NOW - timedelta(hours=30)
        with runtime.unit_of_work(operator(clinic.id)) as work:  # one, for speed
            for number in range(PATIENTS):
                patient = register_patient(work, name=f"Patient {number:03}")
                course = open_course(work, patient.id, Phase.INDUCTION, starts_at=started_at)
                infusion = plan_infusion(work, course, planned_at=started_at)
                record_end(
                    work,
                    infusion.id,
                    version=infusion.version,
                    started_at=started_at,
                    ended_at=started_at + timedelta(hours=1),
                    dose_mg=40,
                    weight_kg=80,
                )
    finally:
        runtime.database.dispose()
