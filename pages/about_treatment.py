"""What to expect of an infusion, in plain words, and what is known of how well it works."""

from functools import partial

from mindspa.domain.access import Permission
from mindspa.services.show_treatment import show_treatment
from mindspa.ui import about_treatment, notices, own_page, session

actor = session.require(Permission.CHECK_IN)
top = partial(own_page.top, "About treatment")
with notices.errors_shown(top), session.reading(actor) as work:
    known = show_treatment(work)
top()
about_treatment.draw(known)
