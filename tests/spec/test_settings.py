"""What may be set, and what is refused before anything starts."""

from pathlib import Path

import pytest

from mindspa.bootstrap import mail_server, text_provider
from mindspa.domain.errors import InvalidSetting
from mindspa.settings import PROJECT_ROOT, Settings


def test_nothing_set_serves_this_machine_from_a_local_file() -> None:
    settings = Settings.load({"PATH": "/bin", "STREAMLIT_SERVER_PORT": "1"})
    assert settings.database_url == f"sqlite:///{PROJECT_ROOT}/data/local/mindspa.db"
    assert settings.allowed_hosts == {"127.0.0.1", "localhost", "::1"}
    assert not settings.secure
    assert settings.session_cookie == "mindspa-session"
    assert settings.session_idle.total_seconds() == 30 * 60
    assert settings.session_lifetime.total_seconds() == 12 * 3600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINDSPA_DATABASE_URL", "postgresql://mindspa:secret@db/mindspa"),
        ("MINDSPA_DATABASE_URL", "sqlite:////var/lib/mindspa.db"),
        ("MINDSPA_PUBLIC_URL", "https://outcomes.example.org"),
        ("MINDSPA_PUBLIC_URL", "https://outcomes.example.org:8443"),
        ("MINDSPA_PUBLIC_URL", "http://localhost:8501"),
        ("MINDSPA_MAIL_FROM", "mindspa@example.org"),
        ("MINDSPA_SESSION_IDLE_MINUTES", "1"),
        ("MINDSPA_SESSION_IDLE_MINUTES", "1440"),
        ("MINDSPA_SESSION_HOURS", "1"),
        ("MINDSPA_SESSION_HOURS", "168"),
    ],
)
def test_accepted(name: str, value: str) -> None:
    settings = Settings.load({name: value})
    assert str(getattr(settings, name.removeprefix("MINDSPA_").lower())) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINDSPA_DATABASE_URI", "sqlite:///x.db"),  # a setting that does not exist
        ("MINDSPA_database_url", "sqlite:///x.db"),
        ("MINDSPA_DATABASE_URL", ""),
        ("MINDSPA_DATABASE_URL", "mysql://host/name"),
        ("MINDSPA_PUBLIC_URL", "outcomes.example.org"),
        ("MINDSPA_PUBLIC_URL", "https://"),
        ("MINDSPA_PUBLIC_URL", "https://outcomes.example.org/app"),
        ("MINDSPA_PUBLIC_URL", "https://user@outcomes.example.org"),
        ("MINDSPA_PUBLIC_URL", "https://outcomes.example.org:port"),
        ("MINDSPA_PUBLIC_URL", "http://outcomes.example.org"),  # over a network in the clear
        ("MINDSPA_PUBLIC_URL", "ftp://outcomes.example.org"),
        ("MINDSPA_MAIL_FROM", "mindspa"),
        ("MINDSPA_MAIL_FROM", "Clinic <mindspa@example.org>"),
        ("MINDSPA_MAIL_FROM", "mindspa@example.org\nBcc: eve@example.org"),
        ("MINDSPA_SMTP_URL", "mail.example.org"),
        ("MINDSPA_SMTP_URL", "http://mail.example.org"),
        ("MINDSPA_SMTP_URL", "smtp://"),
        ("MINDSPA_SMTP_URL", "smtp://mail.example.org/inbox"),
        ("MINDSPA_SMTP_URL", "smtp://mail.example.org:port"),
        ("MINDSPA_SMTP_URL", "smtp://user@mail.example.org"),
        ("MINDSPA_SMS_ACCOUNT", "12025550143"),
        ("MINDSPA_SMS_ACCOUNT", "AC0/../" + "0" * 28),
        ("MINDSPA_SMS_FROM", "12025550143"),
        ("MINDSPA_SMS_FROM", "Clinic"),
        ("MINDSPA_SMS_FROM", "+1 202 555 0143"),
        ("MINDSPA_SMS_URL", "api.twilio.com"),
        ("MINDSPA_SMS_URL", "http://api.twilio.com"),
        ("MINDSPA_SMS_URL", "https://user@api.twilio.com"),
        ("MINDSPA_SESSION_IDLE_MINUTES", "0"),
        ("MINDSPA_SESSION_IDLE_MINUTES", "1441"),
        ("MINDSPA_SESSION_IDLE_MINUTES", "half an hour"),
        ("MINDSPA_SESSION_HOURS", "0"),
        ("MINDSPA_SESSION_HOURS", "169"),
        ("MINDSPA_SESSION_HOURS", "1.5"),
    ],
)
def test_refused_in_one_sentence_that_names_it(name: str, value: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        Settings.load({name: value})
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


def test_a_relative_file_is_in_the_projects_folder() -> None:
    url = Settings.load({"MINDSPA_DATABASE_URL": "sqlite:///other/place.db"}).database_url
    assert Path(url.removeprefix("sqlite:///")) == PROJECT_ROOT / "other" / "place.db"


@pytest.mark.parametrize(
    "url", ["postgresql://mindspa:hunter2@db/mindspa", "mysql://u:hunter2@h/d"]
)
def test_a_password_is_never_printed(url: str) -> None:
    try:
        said = repr(Settings.load({"MINDSPA_DATABASE_URL": url}))
    except InvalidSetting as refused:
        said = repr(refused)
    assert "hunter2" not in said


def test_behind_tls_cookies_belong_to_that_host_alone() -> None:
    settings = Settings.load({"MINDSPA_PUBLIC_URL": "https://outcomes.example.org"})
    assert settings.secure
    assert settings.session_cookie == "__Host-mindspa-session"
    assert settings.allowed_hosts == {"outcomes.example.org"}


MAIL = {
    "MINDSPA_SMTP_URL": "smtp://user:p%40ss@mail.example.org",
    "MINDSPA_MAIL_FROM": "mindspa@example.org",
    "MINDSPA_PUBLIC_URL": "https://outcomes.example.org",
}


@pytest.mark.parametrize("missing", ["MINDSPA_MAIL_FROM", "MINDSPA_PUBLIC_URL"])
def test_half_a_mail_server_is_refused(missing: str) -> None:
    given = {name: value for name, value in MAIL.items() if name != missing}
    with pytest.raises(InvalidSetting, match=f"^{missing} must be set") as refused:
        Settings.load(given)
    assert "p%40ss" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "port", "starts_tls", "plain"),
    [
        ("smtp://user:p%40ss@mail.example.org", 587, True, False),
        ("smtp://user:p%40ss@mail.example.org:2525", 2525, True, False),
        ("smtps://user:p%40ss@mail.example.org", 465, False, False),
        ("smtp://user:p%40ss@127.0.0.1:1025", 1025, True, True),
    ],
)
def test_a_mail_server_is_spoken_to_over_tls_unless_it_is_on_this_machine(
    url: str, port: int, starts_tls: bool, plain: bool
) -> None:
    server = mail_server(Settings.load(MAIL | {"MINDSPA_SMTP_URL": url}))
    assert server is not None
    assert (server.port, server.starts_tls, server.plain) == (port, starts_tls, plain)
    assert (server.user, server.password, server.sender) == ("user", "p@ss", "mindspa@example.org")
    assert "p@ss" not in repr(server)


def test_without_one_there_is_none() -> None:
    assert mail_server(Settings.load({})) is None


TEXTS = {
    "MINDSPA_SMS_URL": "https://api.example.org/",
    "MINDSPA_SMS_ACCOUNT": "AC" + "0" * 32,
    "MINDSPA_SMS_TOKEN": "hunter2",
    "MINDSPA_SMS_FROM": "+12025550143",
    "MINDSPA_PUBLIC_URL": "https://outcomes.example.org",
}


@pytest.mark.parametrize("missing", sorted(TEXTS))
def test_half_a_provider_of_texts_is_refused(missing: str) -> None:
    given = {name: value for name, value in TEXTS.items() if name != missing}
    with pytest.raises(InvalidSetting, match=f"^{missing} must be set") as refused:
        Settings.load(given)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("sender", ["+12025550143", "MG" + "0" * 32])
def test_a_provider_of_texts(sender: str) -> None:
    settings = Settings.load(TEXTS | {"MINDSPA_SMS_FROM": sender})
    found = text_provider(settings)
    assert found is not None
    assert (found.url, found.sender) == ("https://api.example.org", sender)
    assert "hunter2" not in repr(found) + repr(settings)


def test_without_one_no_text_is_sent() -> None:
    assert text_provider(Settings.load({})) is None
