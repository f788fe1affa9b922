"""A patient's infusions and check-ins to come, and the same for their calendar."""

from functools import partial

from mindspa.domain.access import Permission
from mindspa.services import view_plan
from mindspa.ui import notices, own_page, own_plan, session

actor = session.require(Permission.CHECK_IN)
top = partial(own_page.top, "My plan")
with notices.errors_shown(top), session.reading(actor) as work:
    plan = view_plan.own_plan(work)
    definitions = work.definitions
top()
own_plan.draw(plan, definitions)
