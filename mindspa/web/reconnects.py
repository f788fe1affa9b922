"""What a page is sent goes to the connection that it has now.

Streamlit goes through all pages in turn and sends each what has gathered for it, over the
connection that the page had when the round began. A page that connected again since, as a phone
does that was put away, lost the whole answer to what it asked for: on a busy server every time.
"""

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import ActiveSessionInfo

_streamlits_own = Runtime._send_message


def send_over_newest() -> None:
    """Streamlit has no option for it: its function is put inside one that looks again."""
    # mypy takes a method that is put in another's place for a slip: here it is meant.
    Runtime._send_message = _sent_over_newest  # type: ignore[method-assign]


def _sent_over_newest(self: Runtime, session_info: ActiveSessionInfo, msg: ForwardMsg) -> None:
    now = self._session_mgr.get_active_session_info(session_info.session.id)
    _streamlits_own(self, now or session_info, msg)
