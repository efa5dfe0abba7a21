"""A live database as one side of a comparison: read without a trace, and named without its password."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from braid.command.exits import Exit, Stop
from sandbox import reading
from sandbox.errors import LimitExceeded
from sandbox.settings import SandboxSettings
from schemata.catalog import Catalog

SCHEMES = ("postgres://", "postgresql://")
READ_ONLY = f"{reading.OPTIONS} -c default_transaction_read_only=on"
TIMEOUT_S = 10


def is_url(text: str) -> bool:
    return text.startswith(SCHEMES)


def label_of(url: str) -> str:
    """`postgres://host:5432/name`: where it is, without user, password and settings. Raises Stop."""
    given = _parsed(url)
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgres://{given.get('host') or ''}{port}/{given.get('dbname') or ''}"


def read_live(url: str) -> Catalog:
    """The catalog of the database at `url`. Nothing is written, no function of the database is run.

    Raises Stop with the server's own words where it cannot be had.
    """
    given, label = _parsed(url), label_of(url)
    try:
        with _connected(given, READ_ONLY) as connection:
            terms = reading.Terms(SandboxSettings.from_environment().catalog_mb)
            return reading.read(connection, terms).reading.catalog
    except psycopg.OperationalError as error:
        raise Stop(f"{label}: {_without_password(str(error), given)}") from None
    except (psycopg.Error, LimitExceeded, MemoryError) as error:
        words = _without_password(str(error), given)
        raise Stop(f"{label}: the schema could not be read: {words}", Exit.NOT_JUDGED) from None
    except ValueError as error:
        raise Stop(str(error)) from None


def read_rows(url: str, query: str, values: Mapping[str, Any], *, settings: str) -> list[tuple[Any, ...]]:
    """What one query gives in a transaction that reads only, in a session with these options (`-c name=value ...`).

    Raises Stop with the server's own words where it cannot be had.
    """
    given, label = _parsed(url), label_of(url)
    try:
        with _connected(given, f"{READ_ONLY} {settings}") as connection, connection.transaction():
            return connection.execute(query, values).fetchall()
    except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable) as error:
        words = _without_password(str(error), given)
        raise Stop(
            f"{label}: {words}; a table is locked, or it is too busy: try again", Exit.NOT_JUDGED
        ) from None
    except psycopg.Error as error:
        raise Stop(f"{label}: {_without_password(str(error), given)}") from None


def _connected(given: Mapping[str, Any], options: str) -> psycopg.Connection:
    """Options of the URL would give the session another search path."""
    asked = {**given, "options": options, "connect_timeout": given.get("connect_timeout", TIMEOUT_S)}
    return psycopg.connect(make_conninfo(**asked), autocommit=True)


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        # What libpq says of it may repeat a part of the password.
        raise Stop("a postgres:// URL can't be read; is a character of its password not %-encoded?") from None


def _without_password(message: str, given: dict[str, Any]) -> str:
    words = " ".join(message.split())
    password = given.get("password")
    return words.replace(str(password), "***") if password else words
