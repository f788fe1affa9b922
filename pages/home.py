"""Where staff land: what waits for them, and the way to it."""

from functools import partial

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_home import view_home
from mindspa.ui import counts, notices, session

actor = session.require(Permission.SEE_PATIENTS)
top = partial(st.title, "Today in the clinic", anchor=False)
with notices.errors_shown(top), session.reading(actor) as work:
    home = view_home(work)
top()
counts.draw(home)
