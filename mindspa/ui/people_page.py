"""The accounts of the staff: a table, what is done about one of them, adding somebody, and whether
all of them need a second factor."""

from collections.abc import Callable

import pyarrow as pa  # type: ignore[import-untyped]
import streamlit as st

from mindspa import bootstrap
from mindspa.domain.access import STAFF_ROLES, Actor, Member, Role
from mindspa.domain.entered import LONGEST_LINE
from mindspa.domain.treatment import Clinic
from mindspa.services.manage_people import (
    NewAccount,
    NewPerson,
    add_person,
    close_account,
    new_password_for,
    open_account_again,
    require_second_factor,
    reset_factor_of,
)
from mindspa.services.view_people import PeopleView, view_people
from mindspa.ui import account, notices, session, typed
from mindspa.ui.local_time import short
from mindspa.ui.picked_table import PickedTable, names_apart
from mindspa.ui.plain_text import plain

_TABLE = PickedTable("people")
_GIVEN, _DONE = "people_given", "people_done"
_PASSWORD, _FACTOR, _CLOSE, _OPEN = (
    f"people_{do}" for do in ("password", "reset", "close", "open")
)
_LOGIN, _NAME, _EMAIL, _ADD = (f"people_new_{field}" for field in ("login", "name", "email", "add"))
_ASK, _ASK_NO_MORE = "people_factor_ask", "people_factor_no_more"
_OWN, _OWN_TO_ADD = (f"{typed.NEVER_KEPT}people_{where}" for where in ("own", "own_to_add"))
_ORDER = [role for role in Role if role in STAFF_ROLES]


def carry_out(actor: Actor) -> None:
    """What was pressed, before anything is drawn. Not in a unit of work: what changes an account is
    a transaction of its own, and a password is hashed outside of any."""
    state = st.session_state
    if state.get(_DONE):
        state.pop(_GIVEN, None)
    for key, act in _PRESSES.items():
        if state.get(key):
            act(actor)


def look(actor: Actor) -> PeopleView:
    with session.reading(actor) as work:
        return view_people(work, bootstrap.runtime().accounts)


def draw(actor: Actor, view: PeopleView) -> None:
    given: NewAccount | None = st.session_state.get(_GIVEN)
    if given is not None:
        _draw_given(given)
    _draw_table(view)
    chosen = _TABLE.chosen()
    member = next((one for one in view.members if one.person.id == chosen), None)
    if member is not None:
        _draw_member(actor, view, member)
    _draw_adding()
    _draw_factor(view)


# What is pressed


def _new_password(actor: Actor) -> None:
    session.require_password(actor, _taken(_OWN))
    _show(
        new_password_for(
            bootstrap.runtime().accounts,
            actor,
            _chosen(),
            clinic=_clinic_of(actor),
            now=session.now(),
        ),
        "There is a new temporary password. The one before stopped working.",
    )


def _reset_factor(actor: Actor) -> None:
    session.require_password(actor, _taken(_OWN))
    reset_factor_of(bootstrap.runtime().accounts, actor, _chosen(), now=session.now())
    notices.saved("The second factor is gone, and they are signed out.")


def _close(actor: Actor) -> None:
    close_account(bootstrap.runtime().accounts, actor, _chosen(), now=session.now())
    notices.saved("The account is closed, and they are signed out.")


def _open(actor: Actor) -> None:
    session.require_password(actor, _taken(_OWN))
    _show(
        open_account_again(
            bootstrap.runtime().accounts,
            actor,
            _chosen(),
            clinic=_clinic_of(actor),
            now=session.now(),
        ),
        "The account is open again, with a temporary password.",
    )


def _add(actor: Actor) -> None:
    runtime, state = bootstrap.runtime(), st.session_state
    session.require_password(actor, _taken(_OWN_TO_ADD))
    roles = frozenset(role for role in _ORDER if state.get(_role_key(role)))
    new = NewPerson(state[_LOGIN], state[_NAME], roles, email=state[_EMAIL] or None)
    made = add_person(
        runtime.accounts,
        actor,
        new,
        clinic=_clinic_of(actor),
        new_id=runtime.new_id,
        now=session.now(),
    )
    state.update({_LOGIN: "", _NAME: "", _EMAIL: ""})
    state.update({_role_key(role): False for role in _ORDER})
    _show(made, "The account is ready.")


def _ask(actor: Actor) -> None:
    _require(actor, True)
    notices.saved("From now on all staff sign in with a second factor.")


def _ask_no_more(actor: Actor) -> None:
    _require(actor, False)
    notices.saved("Staff are no longer asked for a second factor.")


_PRESSES: dict[str, Callable[[Actor], None]] = {
    _PASSWORD: _new_password,
    _FACTOR: _reset_factor,
    _CLOSE: _close,
    _OPEN: _open,
    _ADD: _add,
    _ASK: _ask,
    _ASK_NO_MORE: _ask_no_more,
}


def _require(actor: Actor, wanted: bool) -> None:
    require_second_factor(bootstrap.runtime().accounts, actor, wanted, now=session.now())


def _role_key(role: Role) -> str:
    return f"people_new_{role}"


def _taken(key: str) -> str:
    """What was typed there, which nothing keeps."""
    return str(st.session_state.pop(key, ""))


def _chosen() -> str:
    return _TABLE.chosen() or ""


def _clinic_of(actor: Actor) -> Clinic:
    with session.reading(actor) as work:
        return work.clinic


def _show(made: NewAccount, said: str) -> None:
    st.session_state[_GIVEN] = made
    notices.saved(said)


# What is drawn


def _draw_given(made: NewAccount) -> None:
    with st.container(border=True):
        st.text(f"For {made.person.name}")
        st.text("Login")
        st.code(made.person.login, language=None)
        st.text("Temporary password; they choose their own at the first sign-in")
        st.code(made.temporary_password, language=None)
        if made.person.temporary_until:
            until = short(made.person.temporary_until, made.clinic.zone)
            st.text(f"Shown only now. It works until {until}.")
        st.button("Done: take it off the screen", key=_DONE)


def _draw_table(view: PeopleView) -> None:
    people = [member.person for member in view.members]
    columns = {
        "Name": [one.name for one in people],
        "Login": [one.login for one in people],
        "Roles": [_roles(one.roles) for one in people],
        "Account": [_state(member) for member in view.members],
        "Second factor": ["On" if member.second_factor else "None" for member in view.members],
        "Last signed in": [
            short(member.signed_in_at, view.clinic.zone) if member.signed_in_at else ""
            for member in view.members
        ],
    }
    _TABLE.draw(
        pa.table(columns),
        names_apart({one.id: one.name for one in people}),
        picker="Open an account",
        placeholder="Choose somebody",
        columns={},
        alt="The accounts of the staff, those that are open first, by name.",
    )
    st.caption("Accounts of patients are on their own page, for the care team.")


def _draw_member(actor: Actor, view: PeopleView, member: Member) -> None:
    person = member.person
    with st.container(border=True):
        st.header(plain(person.name), anchor=False)
        owned = view.owned.get(person.id, 0)
        if owned:
            st.warning(
                f"{owned} open alert{'s are' if owned > 1 else ' is'} theirs. Have somebody of the "
                "team take over.",
                icon=":material/emergency_home:",
            )
        if person.id in view.on_rota:
            st.info("They are on the rota: see Hours and rota.", icon=":material/event_busy:")
        if not person.active:
            st.text("The account is closed.")
            _own_password(_OWN)
            st.button("Open it again", key=_OPEN)
            return
        if person.id == actor.id:
            st.text("That is you: your password and second factor are on your page Account.")
            return
        _own_password(_OWN)
        with st.container(horizontal=True):
            st.button("Give a new temporary password", key=_PASSWORD)
            if member.second_factor:
                st.button("Take the second factor away", key=_FACTOR)
            st.button("Close the account", key=_CLOSE, icon=":material/person_off:")
        st.caption(
            "Each signs them out everywhere at once. Closing needs no password; what they wrote "
            "keeps their name."
        )


def _draw_adding() -> None:
    with st.expander("Add somebody", icon=":material/person_add:"), st.form("people_new"):
        st.text_input("Name", key=_NAME, max_chars=LONGEST_LINE)
        st.text_input(
            "Login",
            key=_LOGIN,
            max_chars=100,
            autocomplete="off",
            help="What they type to sign in, such as an e-mail address.",
        )
        with st.container(horizontal=True):
            for role in _ORDER:
                st.checkbox(account.ROLES[role], key=_role_key(role))
        st.text_input(
            "E-mail (optional)",
            key=_EMAIL,
            max_chars=254,
            autocomplete="off",
            help="Where notices of alerts go, and a link if the password is lost.",
        )
        _own_password(_OWN_TO_ADD)
        st.form_submit_button("Add", key=_ADD)


def _own_password(key: str) -> None:
    """Whoever finds this screen open cannot make accounts of their own."""
    st.text_input("Your own password", type="password", key=key, autocomplete="current-password")


def _draw_factor(view: PeopleView) -> None:
    have, staff = view.with_factor
    st.header("Second factor", anchor=False)
    st.text(f"{have} of {staff} on the staff have one.")
    if view.second_factor_required:
        st.text("All staff are asked for it. Whoever has none sets it up at their next tap.")
        st.button("No longer ask for it", key=_ASK_NO_MORE)
    else:
        st.text("Each may set one up, on their page Account. You can ask it of all.")
        st.button("Ask it of all staff", key=_ASK)
        st.caption("Whoever has none, you too, sets it up before anything else.")


def _roles(roles: frozenset[Role]) -> str:
    return ", ".join(words for role, words in account.ROLES.items() if role in roles)


def _state(member: Member) -> str:
    if not member.person.active:
        return "Closed"
    return "Temporary password" if member.person.must_change_password else "Open"
