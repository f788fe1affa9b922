"""Read of one patient's record what the follow-up list says of it, however long the record is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mindspa.domain.check_ins import StoredForm
from mindspa.domain.follow_up_rows import FollowUp, follow_ups
from mindspa.domain.follow_up_windows import Windows
from mindspa.domain.outcomes import baseline_spans
from mindspa.domain.safety import Alert
from mindspa.domain.schedule import Anchor
from mindspa.domain.treatment import PLANNED_LENGTH, Course, Infusion
from mindspa.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Followed:
    """`forms`: around the infusions that wait, and those that can be the baseline of a course."""

    courses: list[Course]
    infusions: list[Infusion]
    alerts: list[Alert]  # none that an import found in old answers
    forms: list[StoredForm]
    follow_ups: tuple[FollowUp, ...]


def read_follow_ups(work: UnitOfWork, patient_id: str) -> Followed:
    """Those that are listed by now and those that will be. Of an infusion that was reviewed only
    the names of its forms are read: they say whether there is anything new."""
    records, protocol = work.records, work.definitions.protocol
    courses = records.treatment.courses_of(patient_id)
    infusions = records.treatment.infusions_of(patient_id)
    alerts = records.alerts.with_clock_of(patient_id)
    reviews = records.treatment.reviews_of_many([patient_id])
    windows = Windows(infusions, alerts, reviews, protocol)
    reviewed = windows.reviewed()
    marks = reviewed and records.check_ins.marks_around(
        patient_id,
        [infusion.id for infusion in reviewed],
        before=-protocol.anchored(Anchor.INFUSION_START)[0].opens,
        after=PLANNED_LENGTH + protocol.follow_up_length,
    )
    waiting = windows.waiting(marks or [])
    spans = [*map(windows.span, waiting), *baseline_spans(courses, infusions)]
    forms = records.check_ins.forms_within(patient_id, spans)
    return Followed(
        courses,
        infusions,
        alerts,
        forms,
        follow_ups(
            windows,
            waiting,
            courses=courses,
            infusions=infusions,
            occasions=(
                records.treatment.occasions_around(patient_id, [i.id for i in waiting])
                if waiting
                else ()
            ),
            forms=forms,
            definitions=work.definitions,
            zone=ZoneInfo(work.clinic.zone),
        ),
    )
