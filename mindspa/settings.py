"""Every setting: read from MINDSPA_* variables and validated before anything starts."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from mindspa.domain.entered import EMAIL
from mindspa.domain.errors import InvalidSetting
from mindspa.domain.messages import Channel

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DATA_FOLDER = PROJECT_ROOT / "data"
PREFIX = "MINDSPA_"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

# Settings that are wanted together, what they need besides, and what they are called. What they are
# for leads to a page: it needs the address that people type.
_TOGETHER = (
    (("smtp_url",), ("mail_from", "public_url"), f"{PREFIX}SMTP_URL"),
    (
        ("sms_url", "sms_account", "sms_token", "sms_from"),
        ("public_url",),
        "one of the settings of text messages",
    ),
    (
        ("oidc_issuer", "oidc_client_id", "oidc_client_secret"),
        ("public_url",),
        f"{PREFIX}OIDC_ISSUER or its client",
    ),
)


class Settings(BaseModel):
    """One field a variable, without its prefix; the descriptions are the table in the manual.

    A plain model and not `BaseSettings`: the environment is an argument, so that a test can give
    its own, and an unknown MINDSPA_* variable is refused, because a misspelt one would otherwise
    leave a default in force that nobody chose.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    database_url: str = Field(
        default=f"sqlite:///{DATA_FOLDER}/local/mindspa.db",
        description="Where the records are: `sqlite:///path` or `postgresql://user:password@host/"
        "name`. A relative SQLite path starts at the project's folder.",
        repr=False,  # may hold a password
    )
    public_url: str | None = Field(
        default=None,
        description="The address people type, such as `https://outcomes.example.org`. Cookies, "
        "links and the check of where a request comes from follow it. Without it the server "
        "answers on this machine only.",
    )
    smtp_url: str | None = Field(
        default=None,
        description="The mail server that notices of alerts leave by: `smtp://user:password@host:"
        "587`, which turns to TLS before anything is said, or `smtps://…:465`. Without it no "
        "e-mail is sent, and the pages say so.",
        repr=False,  # may hold a password
    )
    mail_from: str | None = Field(
        default=None,
        description="The address that they come from, such as `mindspa@example.org`.",
    )
    sms_url: str | None = Field(
        default=None,
        description="Text messages through Twilio: where it answers, such as "
        "`https://api.sms.example.org`. Its settings are wanted together. Without them no text is "
        "sent.",
    )
    sms_account: str | None = Field(default=None, description="The account there, “AC…”.")
    sms_token: str | None = Field(
        default=None, description="The token that goes with it.", repr=False
    )
    sms_from: str | None = Field(
        default=None,
        description="The number that texts come from, with its country code, such as "
        "`+12025550143`, or a messaging service, “MG…”.",
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="A clinic's own sign-on (OpenID Connect): the address by which the provider "
        "names itself, exactly. Its settings are wanted together; where people come back to is "
        "`…/sign-on/back` under the address that people type.",
    )
    oidc_client_id: str | None = Field(
        default=None, description="The name that the provider knows this server by."
    )
    oidc_client_secret: str | None = Field(
        default=None, description="The secret that goes with it.", repr=False
    )
    oidc_name: str = Field(
        default="your clinic's sign-on",
        description="What it is called on the pages: “Sign in with …”.",
    )
    session_idle_minutes: int = Field(
        default=30,
        ge=1,
        le=24 * 60,
        description="A session ends after so many minutes without anything done by the person.",
    )
    session_hours: int = Field(
        default=12,
        ge=1,
        le=7 * 24,
        description="A session ends so many hours after sign-in, whatever is done.",
    )

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        given = {
            name.removeprefix(PREFIX): value
            for name, value in environ.items()
            if name.startswith(PREFIX)
        }
        known = {name.upper(): name for name in cls.model_fields}
        if unknown := sorted(given.keys() - known.keys()):
            raise InvalidSetting(
                f"{PREFIX}{unknown[0]} is not a setting. Remove or correct it; "
                f"known are {', '.join(PREFIX + name for name in known)}."
            )
        try:
            made = cls.model_validate({known[name]: value for name, value in given.items()})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = str(first["loc"][0])
            said = first["msg"].removeprefix("Value error, ")
            if first["type"] != "value_error":  # ours; the rest are numbers
                low, high = cls.model_fields[field].metadata
                said = f"must be a whole number from {low.ge} to {high.le}"
            raise InvalidSetting(f"{PREFIX}{field.upper()} {said}.") from None
        for names, needed_with, one_of_them in _TOGETHER:
            if any(getattr(made, name) for name in names):
                for needed in (*names, *needed_with):
                    if not getattr(made, needed):
                        raise InvalidSetting(
                            f"{PREFIX}{needed.upper()} must be set where {one_of_them} is."
                        )
        return made

    @field_validator("database_url")
    @classmethod
    def _from_project_root(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        path = url.removeprefix("sqlite:///")
        if path != url and path != ":memory:" and not Path(path).is_absolute():
            return f"sqlite:///{PROJECT_ROOT / path}"
        return url

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: str | None) -> str | None:
        if url is None:
            return None
        sentence = "must be a mail server, such as smtp://user:password@mail.example.org:587"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(sentence) from None
        rest = (parts.path.strip("/"), parts.query, parts.fragment)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or any(rest) or port == 0:
            raise ValueError(sentence)
        if bool(parts.username) != bool(parts.password):
            raise ValueError("needs a user and a password, or neither")
        return url

    @field_validator("oidc_issuer")
    @classmethod
    def _a_provider(cls, url: str | None) -> str | None:
        if url is None:
            return None
        return _over_tls(
            url,
            "must be the address of a provider, such as https://sign-on.example.org",
            "must be https: whoever is on the way could sign in as anybody",
        )

    @field_validator("sms_account")
    @classmethod
    def _an_account(cls, given: str | None) -> str | None:
        if given is None or re.fullmatch(r"AC[0-9a-f]{32}", given):
            return given
        raise ValueError("must be AC and 32 characters, as the provider's console shows it")

    @field_validator("sms_from")
    @classmethod
    def _a_sender(cls, given: str | None) -> str | None:
        if given is None or re.fullmatch(r"\+[1-9][0-9]{6,14}|MG[0-9a-f]{32}", given):
            return given
        raise ValueError("must be a number such as +12025550143, or MG and 32 characters")

    @field_validator("sms_url")
    @classmethod
    def _where_texts_go(cls, url: str | None) -> str | None:
        if url is None:
            return None
        return _over_tls(
            url,
            "must be the address of a provider, such as https://api.sms.example.org",
            "must be https: whoever is on the way could send texts as the clinic",
        ).rstrip("/")

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, given: str | None) -> str | None:
        if given is None or re.fullmatch(EMAIL, given):
            return given
        raise ValueError("must be an e-mail address, such as mindspa@example.org")

    @field_validator("public_url")
    @classmethod
    def _only_scheme_and_host(cls, url: str | None) -> str | None:
        if url is None:
            return None
        sentence = "must be a scheme and a host, such as https://outcomes.example.org"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(sentence) from None
        host = parts.hostname
        rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
        if parts.scheme not in ("http", "https") or not host or any(rest):
            raise ValueError(sentence)
        if parts.scheme == "http" and host not in LOOPBACK_HOSTS:
            raise ValueError("must be https: health records may not cross a network in the clear")
        name = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{name}" + (f":{port}" if port else "")

    @property
    def channels(self) -> frozenset[Channel]:
        """By which messages leave."""
        carried = {Channel.EMAIL: self.smtp_url, Channel.TEXT: self.sms_url}
        return frozenset(channel for channel, url in carried.items() if url)

    @property
    def session_idle(self) -> timedelta:
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def session_lifetime(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def secure(self) -> bool:
        """People come over TLS, which a proxy in front of this server ends."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        return self._cookie("session")

    @property
    def device_cookie(self) -> str:
        return self._cookie("device")

    @property
    def tablet_cookie(self) -> str:
        return self._cookie("tablet")

    @property
    def link_cookie(self) -> str:
        return self._cookie("link")

    @property
    def state_cookie(self) -> str:
        return self._cookie("state")

    @property
    def code_cookie(self) -> str:
        return self._cookie("code")

    def _cookie(self, name: str) -> str:
        """With the prefix, a browser takes the cookie over TLS from this very host only."""
        return f"__Host-mindspa-{name}" if self.secure else f"mindspa-{name}"

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Names that a request's Host may have, without port."""
        if self.public_url is None:
            return LOOPBACK_HOSTS
        return frozenset({str(urlsplit(self.public_url).hostname)})


def _over_tls(url: str, sentence: str, in_the_clear: str) -> str:
    """Of somebody else's server. The sentences say what is wrong."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise ValueError(sentence) from None
    rest = (parts.query, parts.fragment, parts.username)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(rest):
        raise ValueError(sentence)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError(in_the_clear)
    return url
