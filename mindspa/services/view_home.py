"""What waits for the staff of a clinic today: four counts, each of a list."""

from dataclasses import dataclass

from mindspa.domain.access import Permission
from mindspa.services.summarise_patient import count_rows
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.services.view_infusion_day import infusions_today
from mindspa.services.view_worklist import MOST_ROWS, waited_for


@dataclass(frozen=True, slots=True)
class Home:
    """`alerts`: open ones, of which a patient has one; `follow_up`: infusions; `waited_for`:
    patients, at most so many as their list shows at once, `more` beyond them; `infusions`: of
    today."""

    alerts: int
    follow_up: int
    waited_for: int
    more: bool
    infusions: int


def view_home(work: UnitOfWork) -> Home:
    work.actor.require(Permission.SEE_PATIENTS)
    waiting = waited_for(work)
    return Home(
        alerts=work.records.alert_cases.counts(now=work.now).total,
        follow_up=count_rows(work),
        waited_for=min(len(waiting), MOST_ROWS),
        more=len(waiting) > MOST_ROWS,
        infusions=infusions_today(work),
    )
