"""A patient's own scores and infusions: in words, as a picture and as a table."""

from functools import partial

from mindspa.domain.access import Permission
from mindspa.services.view_progress import view_own_progress
from mindspa.ui import download_link, notices, own_page, own_progress, session

actor = session.require(Permission.CHECK_IN)
top = partial(own_page.top, "My progress")
with notices.errors_shown(top), session.reading(actor) as work:
    progress = view_own_progress(work, whole=own_progress.shows_all())
    definitions = work.definitions
top()
own_progress.draw(progress, definitions)
download_link.own_answers()
