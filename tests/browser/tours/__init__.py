"""Every page in each of its states, one after the other: what the accessibility tests look at.

A tour is one visit of one person or a few; it yields the name of each state that it comes to, and
the page that shows it. `docs/accessibility.md` lists the names.
"""

from collections.abc import Mapping

from tests.browser.tours.administration import audit_trails, people, protocols
from tests.browser.tours.alerts import alerts, emergencies, messages, rotas
from tests.browser.tours.care_team import care_days, clinic_tablets
from tests.browser.tours.door import door
from tests.browser.tours.infusion_day import infusion_days
from tests.browser.tours.lists import lists
from tests.browser.tours.patient import check_ins, own_pages
from tests.browser.tours.record import records
from tests.browser.tours.steps import Tour

# By the headings of the document that lists the states.
TOURS: Mapping[str, Tour] = {
    "At the door": door,
    "A check-in": check_ins,
    "A patient's other pages": own_pages,
    "Lists of staff": lists,
    "A patient's record": records,
    "The clinic tablet": clinic_tablets,
    "Infusion day": infusion_days,
    "The care team's day": care_days,
    "The clinic's protocol": protocols,
    "Alerts": alerts,
    "Hours and rota": rotas,
    "Messages": messages,
    "Emergency access": emergencies,
    "The audit trail": audit_trails,
    "People": people,
}
