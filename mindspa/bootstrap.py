"""Wires settings, database, clock and clinical content into one Runtime; nothing else knows all."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mindspa.domain.access import Actor, Permission, operator
from mindspa.domain.alert_cases import Waiting
from mindspa.domain.audit import AuditEvent
from mindspa.domain.definitions import Definitions
from mindspa.domain.errors import InvalidSetting
from mindspa.domain.protocol_versions import versions
from mindspa.exchange.email import SmtpServer
from mindspa.exchange.letter import Carrier
from mindspa.services.demo_accounts import DemoAccount, demo_accounts
from mindspa.services.summarise_patient import rebuild_summaries, refresh_summary
from mindspa.services.tell_team import tell_team
from mindspa.services.unit_of_work import UnitOfWork
from mindspa.settings import LOOPBACK_HOSTS, PROJECT_ROOT, Settings
from mindspa.storage import schema
from mindspa.storage.accounts import Accounts
from mindspa.storage.audit_seals import AuditSeals
from mindspa.storage.database import Database
from mindspa.storage.definition_files import load_definitions
from mindspa.storage.links import Links
from mindspa.storage.outbox import Outbox
from mindspa.storage.password_links import PasswordLinks
from mindspa.storage.records import Records
from mindspa.storage.records.alert_cases import AlertCases
from mindspa.storage.records.scope import Scope
from mindspa.storage.sign_ons import SignOns
from mindspa.storage.tablets import Tablets

if TYPE_CHECKING:
    from mindspa.exchange.open_id import Provider
    from mindspa.exchange.text_message import TextProvider

VISIT_ENDS_AFTER = timedelta(minutes=30)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _random_id() -> str:
    return secrets.token_hex(10)


def _no_visitor() -> str | None:
    return None


class _Undone(Exception):
    """Ends a transaction without storing it."""


@dataclass(slots=True)
class Visits:
    """Who is looking at whose record: one look is one audit event, however often a page reruns.

    A visit ends after 30 minutes without a view. Kept in memory: a restart, or a second server,
    writes one event too many rather than one too few.
    """

    _last_view: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begins(self, actor_id: str, patient_id: str, now: datetime) -> bool:
        last = self._last_view.get((actor_id, patient_id))
        return last is None or now - last > VISIT_ENDS_AFTER

    def viewed(self, actor_id: str, patient_id: str, now: datetime) -> None:
        """Said only once what it had to write is written."""
        with self._lock:
            self._last_view.pop((actor_id, patient_id), None)
            self._last_view[actor_id, patient_id] = now
            if len(self._last_view) > 10_000:
                self._last_view.popitem(last=False)


@dataclass(slots=True)
class ClinicDefinitions:
    """What is in force in each clinic: the shipped content with the clinic's own protocol in it.

    Versions are only ever added, so what was made for a number holds; a unit of work reads that
    number with its clinic, so that no server goes on with one that another server has replaced.
    """

    _made: dict[str, tuple[int, Definitions, Definitions]] = field(default_factory=dict)

    def of(self, shipped: Definitions, records: Records) -> Definitions:
        number, clinic_id = records.protocols.number, records.clinic.id
        if number == shipped.protocol.number:
            return shipped
        made = self._made.get(clinic_id)
        if made is None or made[0] != number or made[1] is not shipped:
            *earlier, protocol = versions(shipped.protocol, records.protocols.signed())
            merged = replace(shipped, protocol=protocol, earlier_protocols=tuple(earlier))
            made = self._made[clinic_id] = (protocol.number, shipped, merged)
        return made[2]


@dataclass(frozen=True, slots=True)
class Runtime:
    """`definitions` are as shipped; a unit of work has those of its clinic. `visitor_token` gives
    the session token of whoever a page is drawn for."""

    settings: Settings
    database: Database
    definitions: Definitions
    accounts: Accounts
    clock: Callable[[], datetime] = _utc_now
    new_id: Callable[[], str] = _random_id
    visitor_token: Callable[[], str | None] = _no_visitor
    visits: Visits = field(default_factory=Visits)
    adapted: ClinicDefinitions = field(default_factory=ClinicDefinitions)

    @contextmanager
    def unit_of_work(self, actor: Actor) -> Iterator[UnitOfWork]:
        """Everything inside is one transaction: all of it is stored, or none."""
        with self.database.writing() as session:
            work = self._unit(actor, Records(session, actor.clinic_id, patient_id=_scope_of(actor)))
            yield work
            for patient_id in work.touched:
                refresh_summary(work, patient_id)
            tell_team(work)
            work.records.alert_cases.add_steps(work.steps)
            work.records.audit(work.events)

    @contextmanager
    def trying(self, actor: Actor) -> Iterator[UnitOfWork]:
        """What would happen if: everything inside can be written, and none of it is stored."""
        with suppress(_Undone), self.database.writing() as session:
            yield self._unit(actor, Records(session, actor.clinic_id, patient_id=_scope_of(actor)))
            raise _Undone

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A unit that cannot write. What it must audit is written when it ends, before anything is
        drawn."""
        with self.database.reading() as session:
            work = self._unit(actor, Records(session, actor.clinic_id, patient_id=_scope_of(actor)))
            yield work
        looks = [
            AuditEvent(work.now, actor.id, "patient.viewed", about=patient_id)
            for patient_id in work.viewed
            if self.visits.begins(actor.id, patient_id, work.now)
        ]
        events = looks + work.events
        if events:
            with self.database.writing() as session:
                Records(session, actor.clinic_id).audit(events)
        for patient_id in work.viewed:
            self.visits.viewed(actor.id, patient_id, work.now)

    def alerts_waiting(self, actor: Actor) -> Waiting:
        """For the top of every page of the team; a unit of work would cost each of them more."""
        actor.require(Permission.HANDLE_ALERTS)
        with self.database.reading() as session:
            return AlertCases(Scope(session, actor.clinic_id, None)).counts(now=self.clock())

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database)

    @property
    def mail(self) -> SmtpServer | None:
        """None where the clinic's server has no mail server: nothing is sent then."""
        return mail_server(self.settings)

    @property
    def texts(self) -> "TextProvider | None":
        """None where the clinic has no provider of text messages."""
        return text_provider(self.settings)

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """Of messages: those that the settings name."""
        return tuple(carrier for carrier in (self.texts, self.mail) if carrier is not None)

    @property
    def audit_seals(self) -> AuditSeals:
        return AuditSeals(self.database)

    @property
    def links(self) -> Links:
        return Links(self.database)

    @property
    def sign_on(self) -> "Provider | None":
        """None where the clinic has no sign-on of its own."""
        return provider_of(self.settings)

    @property
    def sign_ons(self) -> SignOns:
        return SignOns(self.database)

    @property
    def password_links(self) -> PasswordLinks:
        return PasswordLinks(self.database)

    @property
    def tablets(self) -> Tablets:
        return Tablets(self.database)

    def demo_accounts(self) -> tuple[DemoAccount, ...]:
        """What the sign-in page shows; none where there is a clinic that is not a demo."""
        return demo_accounts(self.accounts)

    def overdue_help_lines(self) -> list[str]:
        """Countries of clinics here whose lines nobody has checked for too long."""
        countries = {clinic.country for clinic in self.accounts.clinics()}
        today = self.clock().date()
        return [
            country
            for country in sorted(countries & self.definitions.crisis.keys())
            if self.definitions.crisis[country].is_overdue(today)
        ]

    def _unit(self, actor: Actor, records: Records) -> UnitOfWork:
        definitions = self.adapted.of(self.definitions, records)
        return UnitOfWork(
            actor, self.clock(), records, definitions, self.new_id, self.settings.channels
        )


def _scope_of(actor: Actor) -> str | None:
    """None is the whole clinic: a patient without a record sees nothing."""
    return actor.patient_id or "" if actor.own_record_only else None


def mail_server(settings: Settings) -> SmtpServer | None:
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    parts = urlsplit(settings.smtp_url)
    host = parts.hostname or ""
    return SmtpServer(
        host,
        parts.port or (465 if parts.scheme == "smtps" else 587),
        settings.mail_from,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        starts_tls=parts.scheme == "smtp",
        plain=parts.scheme == "smtp" and host in LOOPBACK_HOSTS,
    )


def text_provider(settings: Settings) -> "TextProvider | None":
    url, account = settings.sms_url, settings.sms_account
    token, sender = settings.sms_token, settings.sms_from
    if url is None or account is None or token is None or sender is None:
        return None
    # What speaks to it takes memory and time at start: only clinics that have one pay for it.
    from mindspa.exchange.text_message import TextProvider

    return TextProvider(url, account, token, sender)


def provider_of(settings: Settings) -> "Provider | None":
    given = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    issuer, client_id, client_secret = given
    if issuer is None or client_id is None or client_secret is None:
        return None
    # What it needs takes 16 MB and half a second: only clinics that have one pay for it.
    from mindspa.exchange.open_id import Provider

    return Provider(
        issuer,
        client_id,
        client_secret,
        f"{settings.public_url}/sign-on/back",
        plain=urlsplit(issuer).hostname in LOOPBACK_HOSTS,
    )


def accounts_of(settings: Settings, database: Database) -> Accounts:
    return Accounts(database, idle=settings.session_idle, lifetime=settings.session_lifetime)


def start(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = _utc_now,
    new_id: Callable[[], str] = _random_id,
    visitor_token: Callable[[], str | None] = _no_visitor,
) -> Runtime:
    """Loads the clinical content, brings database and summaries up to date, and makes the Runtime.

    Raises a MindSpaError with one sentence where the server must not start.
    """
    definitions = load_definitions(PROJECT_ROOT / "data")
    database = Database(settings.database_url)
    schema.upgrade(database)
    accounts = accounts_of(settings, database)
    for country in sorted({clinic.country for clinic in accounts.clinics()}):
        if country not in definitions.crisis:
            raise InvalidSetting(
                f"data/crisis.toml has no verified help line for {country}, the country of a "
                "clinic here. Add an entry with the date it was checked."
            )
    started = Runtime(settings, database, definitions, accounts, clock, new_id, visitor_token)
    for clinic in accounts.clinics():
        with started.unit_of_work(operator(clinic.id)) as work:
            rebuild_summaries(work)
    return started


_installed: list[Runtime] = []


def install(runtime: Runtime) -> None:
    """Makes this the process's Runtime; the one before is forgotten, not closed."""
    _installed[:] = [runtime]


def runtime() -> Runtime:
    if not _installed:
        raise RuntimeError("bootstrap.install has not been called")
    return _installed[0]
