"""The database that a Supabase project begins with: its roles, schemas, `auth.uid()` and the like.

Made in the seed, beside the empty database that every other layout begins with. Roles
belong to a whole server, so there they have names of Braid's own; they bear Supabase's
only while a history of its layout is run. Nobody can sign in as one, nobody is a member
of one, and none may do more than use what stands in supabase.sql.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

LAYOUT = "supabase"
DATABASE = "supabase"
# As Supabase sets it for everybody who connects.
SEARCH_PATH = '"$user",public,extensions'
HIDDEN = "braid_supabase_"
ROLES = (
    "anon",
    "authenticated",
    "authenticator",
    "dashboard_user",
    "service_role",
    "supabase_admin",
    "supabase_auth_admin",
    "supabase_storage_admin",
)
# Those that are there from the start; a migration names others itself.
EXTENSIONS = ("pgcrypto", "uuid-ossp", "pg_stat_statements")


def make_roles(connection: psycopg.Connection[Any]) -> None:
    for role in ROLES:
        connection.execute(sql.SQL("create role {} nologin noinherit").format(sql.Identifier(role)))


def prepare(connection: psycopg.Connection[Any], available: Iterable[str]) -> None:
    """Fill the database of `connection`, a superuser's; the roles are there under their own names."""
    connection.execute(Path(__file__).with_suffix(".sql").read_bytes())
    for name in EXTENSIONS:
        if name in available:
            connection.execute(
                sql.SQL("create extension {} with schema extensions").format(sql.Identifier(name))
            )


def show_roles(connection: psycopg.Connection[Any], shown: bool) -> None:
    """Give the roles Supabase's names, or hide them; those of other layouts must not find them."""
    names = [HIDDEN + role if shown else role for role in ROLES]
    rows = connection.execute("select rolname from pg_roles where rolname = any(%s)", (names,)).fetchall()
    for (name,) in sorted(rows):
        other = name.removeprefix(HIDDEN) if shown else HIDDEN + name
        connection.execute(
            sql.SQL("alter role {} rename to {}").format(sql.Identifier(name), sql.Identifier(other))
        )
