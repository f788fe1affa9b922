"""The connection to the database: one engine that writes and one that only reads.

SQLite is told to begin writing units at once (BEGIN IMMEDIATE): with its deferred default, two
people who read and then write lose one of the two writes to "database is locked".
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from mindspa.domain.errors import DatabaseUnusable, InvalidSetting
from mindspa.storage.turns import BUSY, Turns

BUSY_TIMEOUT_MS = 30_000
CONNECT_TIMEOUT_S = 10
READERS_KEPT, MORE_IN_A_RUSH = 2, 15  # connections to SQLite


class Database:
    """`writing()` and `reading()` give sessions; both roll back whatever was not committed."""

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise InvalidSetting("MINDSPA_DATABASE_URL: SQLite needs the path of a file.")
            if self.url.query:
                raise InvalidSetting(
                    "MINDSPA_DATABASE_URL: the path of a SQLite file ends at a question mark, and "
                    "nothing may follow it."
                )
            try:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
                Path(self.url.database).exists()  # raises where the name is too long
            except OSError as error:
                raise InvalidSetting(
                    "MINDSPA_DATABASE_URL: the folder of the database cannot be made; "
                    "check the path and who may write there."
                ) from error
        self._opened = False
        self.writer = self._engine(reads_only=False)
        self.reader = self._engine(reads_only=True)
        self.turns = Turns()

    def _engine(self, *, reads_only: bool) -> Engine:
        if self.is_sqlite:
            # Each keeps pages and statements of its own, some 4 MB: few stay open, the one that was
            # used last is used next, and what a rush has opened is closed after it.
            engine = create_engine(
                self.url,
                hide_parameters=True,
                pool_size=READERS_KEPT if reads_only else 1,  # who writes has the turn to
                max_overflow=MORE_IN_A_RUSH,
                pool_use_lifo=True,
            )
            _tell_sqlite(engine, reads_only=reads_only)
            self._hold_to_the_file(engine)
            return engine
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return create_engine(
            self.url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_use_lifo=True,
            # A lock is waited for as long as SQLite's, and a server that is not there not for ever.
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_S,
                "options": f"-c lock_timeout={BUSY_TIMEOUT_MS}",
            }
            | dict(self.url.query),
            execution_options=options if reads_only else {},
        )

    def _hold_to_the_file(self, engine: Engine) -> None:
        """SQLite goes on writing to a file that was moved away or replaced, where nobody finds it
        again, and makes an empty one where it finds none. Both are refused."""

        @event.listens_for(engine, "do_connect")
        def not_an_empty_one(*_: object) -> None:
            if self._opened and not self.exists():
                raise sqlite3.OperationalError("unable to open database file: it has gone")

        @event.listens_for(engine, "connect")
        def remember(_: object, record: ConnectionPoolEntry) -> None:
            self._opened = True
            record.info["file"] = self._file_identity()

        @event.listens_for(engine, "checkout")
        def still_the_same(_: object, record: ConnectionPoolEntry, __: object) -> None:
            if record.info["file"] != self._file_identity():
                raise DisconnectionError  # the pool opens another connection instead

    def _file_identity(self) -> tuple[int, int] | None:
        assert self.url.database is not None
        try:
            found = os.stat(self.url.database)  # each transaction: no Path is made
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @property
    def file(self) -> Path | None:
        """Of a SQLite database; None for PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def exists(self) -> bool:
        """False only for a SQLite file that nobody has made yet."""
        return self.file is None or self.file.exists()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        turn = self.turns.turn(patience=BUSY_TIMEOUT_MS / 1000)
        with (
            errors_named(),
            turn if self.is_sqlite else nullcontext(),
            Session(self.writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            if self.is_sqlite:
                session.connection()  # takes the write lock now, before anything is read
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view; the engine refuses writes."""
        with errors_named(), Session(self.reader, autoflush=False) as session:
            yield session

    @property
    def is_writing(self) -> bool:
        """Whether a transaction that writes is under way in some thread, or waits its turn."""
        pool = self.writer.pool
        return len(self.turns) > 0 or (isinstance(pool, QueuePool) and pool.checkedout() > 0)

    def dispose(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter from a port, and with its text
        raise InvalidSetting(
            "MINDSPA_DATABASE_URL is not a database address. In a password, write %2F for / and "
            "%40 for @."
        ) from None
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return parsed.set(drivername="sqlite+pysqlite")
    raise InvalidSetting("MINDSPA_DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _tell_sqlite(engine: Engine, *, reads_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def settings(connection: object, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # we begin ourselves
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"query_only = {'ON' if reads_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


# What the two drivers say, and what a person should do: somebody on a page can only wait or tell.
# The driver's own text never goes on: it may hold values.
_NO_CONNECTION = (
    "The database is out of reach, and nothing was saved. Try again in a moment. If it stays so, "
    "whoever runs this server checks MINDSPA_DATABASE_URL (host, name, user, password) and that "
    "the database runs."
)
_FULL = (
    "The disk of the database is full. Nothing was saved. Whoever runs this server makes room; "
    "then try again."
)
_EMPTY = (
    "The database is empty or half-written. Whoever runs this server runs `python -m mindspa "
    "check`."
)
_SENTENCES = {
    # First: a database "does not exist" in the same words as a table.
    "connection failed": _NO_CONNECTION,
    "resolve host": _NO_CONNECTION,
    "disk is full": _FULL,
    "no space left": _FULL,
    "disk i/o error": (
        "The disk of the database cannot be read or written. Nothing was saved. Whoever runs this "
        "server checks the disk."
    ),
    "not a database": (
        "The database file is damaged or is no database. Whoever runs this server restores a "
        "backup."
    ),
    "malformed": "The database file is damaged. Whoever runs this server restores a backup.",
    "locked": BUSY,
    "lock timeout": BUSY,
    "deadlock": BUSY,
    "read-only": "The database may not be written. Whoever runs this server checks who owns it.",
    "readonly": (
        "The database may not be written. Whoever runs this server checks who owns its file and "
        "folder."
    ),
    "unable to open": (
        "The database file cannot be opened. Whoever runs this server checks its path and who may "
        "read it."
    ),
    "no such table": _EMPTY,
    "does not exist": _EMPTY,
}


@contextmanager
def errors_named() -> Iterator[None]:
    """Turns what a driver raises into one sentence; broken constraints stay for the caller, who
    knows what they mean."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout) as error:
        said = str(getattr(error, "orig", error)).lower()
        for part, sentence in _SENTENCES.items():
            if part in said:
                raise DatabaseUnusable(sentence) from None
        if isinstance(error, PoolTimeout) or getattr(error, "connection_invalidated", False):
            raise DatabaseUnusable(
                "The database is out of reach. Nothing was saved; try again in a moment."
            ) from None
        if "connect" in said:
            raise DatabaseUnusable(_NO_CONNECTION) from None
        raise
