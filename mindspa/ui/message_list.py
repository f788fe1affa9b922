"""The messages of a month as a table."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st

from mindspa.domain.messages import Channel, MessageState
from mindspa.services.view_messages import SHOWN, SHOWN_FOR, MessageList
from mindspa.ui import message_words, session
from mindspa.ui.local_time import short, spoken
from mindspa.ui.plain_text import plain

_STATES: Mapping[MessageState, str] = {
    MessageState.FAILED: "Did not arrive",
    MessageState.WAITING: "Waiting",
    MessageState.SENT: "Sent",
    MessageState.CANCELLED: "No longer needed",
}

# Texts are an addition: that there is no provider is worth a word only where one waits for it.
_MISSING: Mapping[Channel, str] = {
    Channel.EMAIL: "This server has no mail server: no e-mail is sent. Whoever runs it sets "
    "MINDSPA_SMTP_URL.",
    Channel.TEXT: "This server has no provider of texts any more: none is sent. Whoever runs it "
    "sets MINDSPA_SMS_URL and what belongs to it.",
}


def chosen() -> MessageState | None:
    """Draws the choice."""
    return st.segmented_control(
        "Show only", list(_STATES), format_func=lambda one: _STATES[one], key="messages_state"
    )


def draw(found: MessageList) -> None:
    waits = {one.channel for one in found.messages if one.state is MessageState.WAITING}
    for channel in sorted(({Channel.EMAIL} | waits) - session.channels()):
        st.warning(_MISSING[channel], icon=":material/unsubscribe:")
    if not found.messages:
        st.info(f"None in the last {SHOWN_FOR.days} days.", icon=":material/mark_email_read:")
        return
    when = partial(spoken, zone=found.zone, now=found.now)
    columns = {
        "Written": [short(one.created_at, found.zone) for one in found.messages],
        "To": [found.names.get(one.person_id, "A patient") for one in found.messages],
        "What": [message_words.KINDS[one.kind] for one in found.messages],
        "By": [message_words.CHANNELS[one.channel] for one in found.messages],
        "How it stands": [_capital(message_words.told(one, when)) for one in found.messages],
        "Tries": [one.tries for one in found.messages],
    }
    st.dataframe(pa.table(columns), hide_index=True, width="stretch")
    count = f"The last {SHOWN}" if found.more else f"{len(found.messages)}"
    st.caption(
        plain(
            f"{count} of the last {SHOWN_FOR.days} days. Times in {found.zone}. A message holds no "
            "name and no answer: it says that something waits, and where to sign in."
        )
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
