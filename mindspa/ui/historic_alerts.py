"""What imports found in old answers: a list for each, and marking it reviewed."""

from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from mindspa.domain.access import Actor, Permission
from mindspa.domain.entered import LONGEST_NOTE
from mindspa.services.review_historic import HistoricList, review_historic
from mindspa.ui.alert_words import AlertWords
from mindspa.ui.local_time import short_day
from mindspa.ui.patient_name import listed_name
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import Press

_SHOWN = "historic_shown"
_MOST = 200  # rows of one list at once


@dataclass(frozen=True, slots=True)
class _Shown:
    source: str
    seen_alert_ids: tuple[str, ...]

    def key(self, field: str) -> str:
        return f"historic_{field}:{sha256(self.source.encode()).hexdigest()[:12]}"


def pressed() -> Press | None:
    """Read before anything is drawn, so that no later tap can lose it."""
    for shown in st.session_state.get(_SHOWN, ()):
        if st.session_state.get(shown.key("send")):
            note = st.session_state.get(shown.key("note")) or ""
            return _press(shown, note)
    return None


def _press(shown: _Shown, note: str) -> Press:
    return Press(
        lambda work: review_historic(
            work, shown.source, seen_alert_ids=shown.seen_alert_ids, note=note
        ),
        "The list is marked as reviewed.",
        {shown.key("note"): ""},
    )


def draw(actor: Actor, lists: tuple[HistoricList, ...], words: AlertWords) -> None:
    st.session_state[_SHOWN] = [
        _Shown(one.source, tuple(alert.id for _, alert in one.alerts[:_MOST])) for one in lists
    ]
    if not lists:
        st.info("No import has found anything in old answers.", icon=":material/task_alt:")
        return
    st.caption(
        "Found in answers that were older than two weeks when they were imported. Nobody is told, "
        "no clock runs, and they are in no figure of the clinic."
    )
    for one, shown in zip(lists, st.session_state[_SHOWN], strict=True):
        st.header(plain(one.source), anchor=False)
        if len(one.alerts) > _MOST:
            st.caption(f"The first {_MOST} of {len(one.alerts)}; the others follow.")
        st.table(
            [
                {
                    "Patient": plain(listed_name(patient)),
                    "Answered": short_day(alert.answered_at, words.zone),
                    "What": plain(words.definitions.safety.words(alert.rule)),
                }
                for patient, alert in one.alerts[:_MOST]
            ],
            hide_index=True,
            alt="What the import found, the oldest answer first",
        )
        if not actor.may(Permission.ASSESS_RISK):
            st.caption("A clinician marks the list as reviewed.")
            continue
        with st.form(shown.key("form"), border=False):
            st.text_area(
                "Note: what you looked at and decided",
                max_chars=LONGEST_NOTE,
                height=80,
                key=shown.key("note"),
            )
            st.form_submit_button("Mark these as reviewed", key=shown.key("send"))
