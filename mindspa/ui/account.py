"""A person's own account, in words."""

import streamlit as st

from mindspa import bootstrap
from mindspa.domain.access import Actor, Permission, Role
from mindspa.domain.reach import Reach
from mindspa.ui import lock_screen, notice_address, own_page
from mindspa.ui.menu import path_of

SIGN_OUT = "account.sign_out"

ROLES = {
    Role.PATIENT: "Patient",
    Role.CARE_TEAM: "Care team",
    Role.CLINICIAN: "Clinician",
    Role.ADMINISTRATOR: "Administrator",
}


def signed_out() -> bool:
    return bool(st.session_state.get(SIGN_OUT))


def draw(actor: Actor, reach: Reach | None) -> None:
    if actor.may(Permission.CHECK_IN):
        own_page.top("Account")
    else:
        st.title("Account", anchor=False)
    st.text(f"Signed in as {actor.name}")
    st.text(", ".join(words for role, words in ROLES.items() if role in actor.roles))
    if actor.roles == {Role.ADMINISTRATOR}:
        st.info(
            "Answers are brought in with `python -m mindspa import`, on the server. Patients' "
            "records and accounts are for clinicians and the care team."
        )
    # Pages outside of the menu, reached like any other site's.
    st.html('<p><a href="/password" target="_self">Change your password</a></p>')
    st.html('<p><a href="/second-factor" target="_self">Second factor for signing in</a></p>')
    if bootstrap.runtime().sign_on:
        st.html('<p><a href="/sign-on" target="_self">Your clinic\'s own sign-on</a></p>')
    if actor.may(Permission.CHECK_IN):
        st.page_link(path_of("who_looked"), icon=":material/visibility:")
    if reach is not None:
        notice_address.draw(actor, reach)
    if actor.may(Permission.RECORD_TREATMENT):
        lock_screen.draw_set_pin()
    if actor.may(Permission.PAIR_TABLETS):
        st.html('<p><a href="/tablet/pair" target="_self">Make this a clinic tablet</a></p>')
    st.button("Sign out", key=SIGN_OUT, icon=":material/logout:")
    st.caption("Signs you out in every window of this browser.")
