"""What a patient reads of who looked at their record."""

import streamlit as st

from mindspa.services.view_audit_trail import MOST_READ, Access, Act, OwnAccess
from mindspa.ui.account import ROLES
from mindspa.ui.more_rows import MoreRows

_ACTS = {
    Act.LOOKED: "Looked at your record",
    Act.TOOK_A_FILE: "Took a file from your record",
    Act.WROTE: "Wrote in your record",
}
ROWS = MoreRows("own_access_more", 50, MOST_READ)


def draw(access: OwnAccess) -> None:
    st.text(
        "Each time somebody of the clinic opens your record, or writes in it, it is written down. "
        "Here is the last year by day, the latest first. What you did yourself is not listed."
    )
    if not access.accesses:
        st.info("Nobody of the clinic has opened your record yet.", icon=":material/visibility:")
        return
    st.table(
        [
            {
                "Day": f"{one.day.day} {one.day:%b %Y}",
                "Who": _who(one),
                "What": _ACTS[one.act],
            }
            for one in access.accesses
        ],
        hide_index=True,
        alt="Who looked at your record, the latest first",
    )
    if access.more:
        ROWS.button("Show earlier ones")


def _who(one: Access) -> str:
    if not one.roles:
        return "The clinic's computer"
    return ", ".join(words for role, words in ROLES.items() if role in one.roles)
