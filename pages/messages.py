"""Messages: what was sent to people in the last month, and what did not arrive."""

import streamlit as st

from mindspa.domain.access import Permission
from mindspa.services.view_messages import view_messages
from mindspa.ui import message_list, notices, session

actor = session.require(Permission.SEE_MESSAGES)
st.title("Messages", anchor=False)
state = message_list.chosen()
with notices.errors_shown(), session.reading(actor) as work:
    found = view_messages(work, state=state)
message_list.draw(found)
