"""A patient's own scores and infusions: in words, as a picture and as a table."""

from mindspa.domain.access import Permission
from mindspa.services.view_progress import view_own_progress
from mindspa.ui import notices, own_page, own_progress, session

actor = session.require(Permission.CHECK_IN)
with notices.errors_shown(), session.reading(actor) as work:
    progress, definitions = view_own_progress(work), work.definitions
own_page.top("My progress")
own_progress.draw(progress, definitions)
