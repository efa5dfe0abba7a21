"""Which extensions a team may create, and what to say about one that is not there.

A role without privileges can create extensions marked `trusted`. In our private
copy that mark is ours to set: extensions not named here are removed with their
libraries, and those whose scripts were read and found harmless are trusted.
"""

import re
from collections.abc import Sequence
from pathlib import Path

# Trusted by Postgres itself or by their makers.
TRUSTED = frozenset(
    (
        *("btree_gin", "btree_gist", "citext", "cube", "dict_int", "fuzzystrmatch", "hstore", "intarray"),
        *("isn", "lo", "ltree", "pg_trgm", "pgcrypto", "plpgsql", "seg", "tablefunc", "tcn"),
        *("tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "vector"),
    )
)
# Normally for superusers only; their scripts call nothing that the installing role could have planted, and
# their functions give no way out of the database.
HARMLESS = frozenset(
    (
        *("autoinc", "bloom", "dict_xsyn", "earthdistance", "insert_username"),
        *("intagg", "moddatetime", "pg_stat_statements"),
    )
)
ALLOWED = TRUSTED | HARMLESS

# Modules that are not extensions but belong to the server itself.
SERVER_MODULES = re.compile(r"dict_snowball|plpgsql|libpqwalreceiver|pgoutput|\w+_and_\w+|euc2004_sjis2004")
MODULE_NAMES = {"intarray": "_int", "intagg": ""}

# Where to get what is not part of Postgres, by the name a migration uses.
PACKAGES = {
    "postgis": "postgresql-{major}-postgis-3",
    "vector": "postgresql-{major}-pgvector",
    "pgvector": "postgresql-{major}-pgvector",
    "pg_cron": "postgresql-{major}-cron",
    "pg_partman": "postgresql-{major}-partman",
    "timescaledb": "timescaledb-2-postgresql-{major}",
    "pgroonga": "postgresql-{major}-pgdg-pgroonga",
}


def keep_harmless(library: Path, share: Path) -> None:
    """Remove every extension that is not allowed from a private copy, and mark the allowed ones trusted."""
    for control in (share / "extension").glob("*.control"):
        name = control.name.removesuffix(".control")
        if name in ALLOWED:
            _trust(control)
        else:
            _remove_scripts(control, name)
    kept = {MODULE_NAMES.get(name, name) for name in ALLOWED}
    for module in library.glob("*.so"):
        if module.stem not in kept and not SERVER_MODULES.fullmatch(module.stem):
            module.unlink()


def _trust(control: Path) -> None:
    lines = [
        line for line in control.read_text().splitlines() if not line.startswith(("trusted", "superuser"))
    ]
    control.write_text("\n".join([*lines, "trusted = true", ""]))


def _remove_scripts(control: Path, name: str) -> None:
    control.unlink()
    for script in control.parent.glob(f"{name}--*.sql"):
        script.unlink()


def advice(extension: str, major: int, elsewhere: Sequence[int] = ()) -> str:
    """What to do about an extension that Postgres `major` does not have; those `elsewhere` here do."""
    if elsewhere:
        names = " and ".join(f"Postgres {each}" for each in sorted(elsewhere))
        return f"Braid's {names} here has it: name that version in the project's settings or in braid.toml."
    if extension in ALLOWED - {"vector"}:
        return (
            "Run `python -m sandbox.install` to fetch the contrib modules for the embedded Postgres 18, "
            f"or install a Postgres {major} that has it and name its bin folder in SANDBOX_POSTGRES."
        )
    if extension in PACKAGES:
        package = PACKAGES[extension].format(major=major)
        return (
            f"Use a server of your own that has it (package {package}) and name it in SANDBOX_URLS: "
            f"{extension} is not run on shared sandboxes."
        )
    return (
        "Use a server of your own that has it and name it in SANDBOX_URLS: it is not run on shared sandboxes."
    )
