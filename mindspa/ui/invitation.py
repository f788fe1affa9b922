"""The account of a patient: inviting them with a sheet of paper to take home, or by e-mail."""

from functools import partial
from urllib.parse import urlsplit

import segno
import streamlit as st

from mindspa import bootstrap
from mindspa.charts.time_axis import local
from mindspa.domain import entered
from mindspa.domain.access import Actor, Permission, Person
from mindspa.domain.messages import Channel
from mindspa.domain.treatment import Patient
from mindspa.services.manage_people import NewAccount, invite_patient, login_for
from mindspa.services.password_by_mail import invite_by_mail
from mindspa.ui import notices, session
from mindspa.ui.plain_text import plain
from mindspa.ui.record_entry import expander, key_of

_TITLE = "Account"


def act(actor: Actor, patient_id: str) -> None:
    """What was pressed, done before anything is drawn. Not in a unit of work: a password is hashed,
    and stored on its own."""
    key = partial(key_of, patient_id)
    if st.session_state.get(key("invite_done")):
        st.session_state.pop(key("invited"), None)
    if st.session_state.get(key("invite_by_mail")):
        _invite_by_mail(actor, patient_id)
    if not st.session_state.get(key("invite_send")):
        return
    st.session_state[key("invited")] = _account_made(actor, patient_id)
    notices.saved("The account is ready. Hand the patient what is shown below, under Account.")


def _account_made(actor: Actor, patient_id: str) -> NewAccount:
    """With the login that stands in the field; one that exists gets a new password."""
    runtime = bootstrap.runtime()
    with session.reading(actor) as work:
        patient, clinic = work.look_at(patient_id), work.clinic
    return invite_patient(
        runtime.accounts,
        actor,
        patient,
        login=st.session_state.get(key_of(patient_id, "invite_login"), ""),
        clinic=clinic,
        new_id=runtime.new_id,
        now=runtime.clock(),
    )


def _invite_by_mail(actor: Actor, patient_id: str) -> None:
    """An account that is new has a password that nobody knows."""
    key, runtime = partial(key_of, patient_id), bootstrap.runtime()
    email = entered.email(st.session_state.get(key("invite_email"), ""))
    person = runtime.accounts.account_of_patient(patient_id, clinic_id=actor.clinic_id)
    if person is None:
        person = _account_made(actor, patient_id).person
    with session.unit_of_work(actor) as work:
        invite_by_mail(work, person, email)
        clinic = work.clinic
    notices.saved(
        "Written down. A demo clinic sends nothing."
        if clinic.demo
        else "A letter with a link is on its way. It works for 14 days."
    )


def draw(actor: Actor, patient: Patient) -> None:
    if not actor.may(Permission.INVITE_PATIENTS):
        return
    opened = expander(patient.id, _TITLE, ":material/key:")
    if not opened.open:
        return
    key = partial(key_of, patient.id)
    accounts = bootstrap.runtime().accounts
    person = accounts.account_of_patient(patient.id, clinic_id=actor.clinic_id)
    with opened:
        made: NewAccount | None = st.session_state.get(key("invited"))
        if made:
            _sheet(made)
            st.button("Done: take it off the screen", key=key("invite_done"))
        elif person is None:
            st.text("No account yet. An invitation is a login and a temporary password on paper.")
            st.session_state.setdefault(key("invite_login"), login_for(patient))
            st.text_input(
                "Login",
                key=key("invite_login"),
                max_chars=100,
                help="What the patient types to sign in, such as an e-mail address.",
            )
            st.button("Invite on paper", key=key("invite_send"), type="primary")
            _by_mail(patient.id, "Invite by e-mail", None)
        else:
            _state(person)
            st.button("Give a new temporary password", key=key("invite_send"))
            st.caption("The password before it stops working, and the patient is signed out.")
            _by_mail(patient.id, "Send a link by e-mail", person.email)


def _by_mail(patient_id: str, press: str, known: str | None) -> None:
    """Where the server sends mail; that of a demo clinic shows what would have gone."""
    is_demo = bootstrap.runtime().accounts.demo_built_at() is not None
    if Channel.EMAIL not in session.channels() and not is_demo:
        return
    key = partial(key_of, patient_id)
    st.session_state.setdefault(key("invite_email"), known or "")
    st.text_input("E-mail address", key=key("invite_email"), max_chars=254, autocomplete="off")
    st.button(press, key=key("invite_by_mail"), icon=":material/mail:")
    st.caption(
        "A link to choose a password with, good once. The letter names nobody, and says nothing "
        "about treatment. Reminders of check-ins go to this address, too."
    )


def _state(person: Person) -> None:
    chosen = "a temporary password" if person.must_change_password else "a password of their own"
    st.markdown(f"Login: {plain(person.login)}, with {chosen}.")


def _sheet(made: NewAccount) -> None:
    """To be printed, or copied by hand. The picture holds the address and nothing else."""
    assert made.person.temporary_until is not None, "its password was made just now"
    until = local(made.person.temporary_until, made.clinic.zone)
    address = _address()
    with st.container(border=True):
        st.header(plain(made.clinic.name), anchor=False)
        st.text(f"For {made.person.name}")
        st.text("Your check-ins: open this address on your phone.")
        words, picture = st.columns([2, 1])
        with words:
            st.code(address, language=None)
            st.text("Login")
            st.code(made.person.login, language=None)
            st.text("Temporary password; you choose your own at the first sign-in")
            st.code(made.temporary_password, language=None)
            st.text(f"It works until {until.day} {until:%B %Y}.")
        qr = segno.make(address, micro=False)
        picture.html(
            '<img alt="The address as a QR picture" width="160" '
            # A white edge by night as well, and no wider than a phone that is zoomed.
            'style="background:#fff;padding:8px;box-sizing:border-box;max-width:100%" '
            f'src="{qr.svg_data_uri(border=2)}">'
        )


def _address() -> str:
    """That people type; on this machine alone, where nobody has set one, that of this page."""
    given = bootstrap.runtime().settings.public_url
    if given:
        return given
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}"
