"""Who a patient can call, at any hour."""

from functools import partial

from mindspa.domain.access import Permission
from mindspa.services.show_help import show_help
from mindspa.ui import help_panel, notices, own_page, session

actor = session.require(Permission.CHECK_IN)
top = partial(own_page.top, "Get help", help_link=False)
with notices.errors_shown(top), session.reading(actor) as work:
    found = show_help(work)
top()
help_panel.draw(found)
