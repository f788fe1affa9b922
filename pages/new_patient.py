"""The new-patient forms: why somebody comes, what they have tried, their health, their consent."""

from functools import partial

from mindspa.domain.access import Permission
from mindspa.services.answer_intake import hand_in, show_intake
from mindspa.ui import intake_forms, notices, own_page, session

actor = session.require(Permission.CHECK_IN)
press = intake_forms.pressed()
top = partial(own_page.top, "New-patient forms", back=True)
with notices.errors_shown(top, go_on=True) as said:
    intake_forms.save_changes(actor)
    if press:
        with session.unit_of_work(actor) as work:
            hand_in(work)
if not said:
    top()
with notices.errors_shown(), session.reading(actor) as work:
    sheet = show_intake(work)
intake_forms.draw(sheet)
