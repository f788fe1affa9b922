"""Databases as a test makes them and looks at them, past the program."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from mindspa.storage.database import Database

# The version, and what is made anew from the records.
NOT_RECORDS = {"alembic_version", "patient_summaries"}

Rows = dict[str, tuple[Sequence[str], list[tuple[Any, ...]]]]


def an_empty_postgres(server_url: str) -> str:
    """The address of a new database without a table, on the server of the test session."""
    url = make_url(server_url).set(drivername="postgresql")
    name = f"empty_{uuid4().hex}"
    admin = url.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
    return url.set(database=name).render_as_string(hide_password=False)


def address(database: Database) -> str:
    """As a setting names it."""
    url = database.url.set(drivername=database.url.get_backend_name())
    return url.render_as_string(hide_password=False)


def records(database: Database, only: Mapping[str, Sequence[str]] | None = None) -> Rows:
    """The columns and all rows of every table, or of these columns, as the engine holds them."""
    with database.reader.connect() as connection:
        looked_at = inspect(connection)
        named = only or {
            name: [column["name"] for column in looked_at.get_columns(name)]
            for name in sorted(set(looked_at.get_table_names()) - NOT_RECORDS)
        }
        found: Rows = {}
        for name, columns in named.items():
            query = f"SELECT {', '.join(columns)} FROM {name}"  # noqa: S608
            rows = connection.execute(text(query)).all()
            found[name] = (columns, sorted((tuple(row) for row in rows), key=repr))
        return found
