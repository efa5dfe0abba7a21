"""The data directory that every sandbox server starts as a copy of.

Made once per Postgres: the roles, who may connect to what, and an empty database
from which all others are cloned. The administrator works in it only here, before
any team's SQL has been near the server, and afterwards in the maintenance
database alone.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from sandbox import supabase
from sandbox.binaries import Installation
from sandbox.cluster import UID, Cluster, hand_over_all
from sandbox.folders import own_folder
from sandbox.processes import Limits

RECIPE = "4"
ADMIN = "braid"
READER = "braid_reader"
# Dumps and hand-written migrations name this role as the owner of everything.
TEAM = "postgres"
MAINTENANCE = "postgres"
EMPTY = "empty"

ACCESS_RULES = f"""\
local {MAINTENANCE} {ADMIN} scram-sha-256
local {MAINTENANCE} all reject
local all {TEAM} scram-sha-256
local all {READER} scram-sha-256
local all all reject
"""

# Writes gigabytes of WAL without touching a table (findings: 4.3 GB).
REVOKED_FUNCTIONS = ("pg_logical_emit_message",)


@dataclass(frozen=True, slots=True)
class Seed:
    """A stopped server's data directory and the passwords of its roles."""

    data: Path
    passwords: dict[str, str]


def seed_of(installation: Installation, home: Path) -> Seed:
    """The seed for `installation` below `home`, made when it isn't there yet (1-2 s)."""
    key = hashlib.sha256(f"{RECIPE}\0{installation.bin}".encode()).hexdigest()[:12]
    folder = own_folder(home / "seeds", 0o711)
    target = folder / f"{installation.version}-{key}"
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _make(installation, target)
    return Seed(target / "data", json.loads((target / "passwords.json").read_text()))


def _make(installation: Installation, target: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    try:
        partial.chmod(0o711)
        passwords = {role: secrets.token_hex(16) for role in (ADMIN, READER, TEAM)}
        _fill(installation, partial, passwords)
        (partial / "data" / "pg_hba.conf").write_text(ACCESS_RULES)
        hand_over_all(partial / "data", os.geteuid())
        (partial / "passwords.json").write_text(json.dumps(passwords))
        (partial / "passwords.json").chmod(0o600)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _fill(installation: Installation, folder: Path, passwords: dict[str, str]) -> None:
    cluster = Cluster(
        installation, folder / "data", superuser=ADMIN, settings={"fsync": "off"}, limits=Limits(uid=UID)
    )
    with cluster:
        with _as_admin(cluster, MAINTENANCE) as connection:
            _make_roles(connection, passwords)
            _make_databases(connection)
            supabase.make_roles(connection)
        for name in (EMPTY, supabase.DATABASE):
            with _as_admin(cluster, name) as connection:
                prepare_empty(connection, TEAM)
        with _as_admin(cluster, supabase.DATABASE) as connection:
            supabase.prepare(connection, installation.extensions)
        with _as_admin(cluster, MAINTENANCE) as connection:
            supabase.show_roles(connection, False)
    shutil.rmtree(cluster.sockets, ignore_errors=True)
    cluster.log.unlink(missing_ok=True)


def _as_admin(cluster: Cluster, database: str) -> psycopg.Connection:
    return psycopg.connect(cluster.url(database), autocommit=True, options="-c search_path=pg_catalog")


def _make_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    for role, password in passwords.items():
        if role != ADMIN:
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        connection.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), verifier(password))
        )


def _make_databases(connection: psycopg.Connection) -> None:
    for name in (EMPTY, supabase.DATABASE):
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    for name in ("template0", "template1"):
        connection.execute(sql.SQL("alter database {} is_template false").format(sql.Identifier(name)))
        connection.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
    for name in (MAINTENANCE, EMPTY, supabase.DATABASE):
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
    for name in (EMPTY, supabase.DATABASE):
        connection.execute(
            sql.SQL("grant connect on database {} to {}").format(*map(sql.Identifier, (name, READER)))
        )
    connection.execute("create schema braid")
    connection.execute(
        """create table braid.template (
               name name primary key,
               prefix text not null,
               lineage oid[] not null,
               session text not null,
               used_at timestamptz not null default now())"""
    )


def prepare_empty(connection: psycopg.Connection, team: str) -> None:
    """In the database that all others are cloned from: what the team owns, and what it may not call."""
    connection.execute(sql.SQL("alter schema public owner to {}").format(sql.Identifier(team)))
    for name in REVOKED_FUNCTIONS:
        rows = connection.execute("select oid::regprocedure::text from pg_proc where proname = %s", (name,))
        for (signature,) in rows.fetchall():
            connection.execute(sql.SQL("revoke all on function {} from public").format(sql.SQL(signature)))


def verifier(password: str) -> str:
    """What Postgres keeps of a password (SCRAM-SHA-256, RFC 5803).

    One iteration instead of thousands: these passwords are 128 random bits, and
    every job opens several connections.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    stored = hashlib.sha256(client).digest()
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256$1:{}${}:{}".format(*parts)
