"""Prisma Migrate: `migrations/<name>/migration.sql`, run in the order of folder names.

How Prisma runs them (prisma/prisma-engines, `schema-connector/src/migrations_directory.rs`
and the SQL connector's `apply_script`): every folder next to `migration_lock.toml` is a
migration, by name; the script goes to Postgres whole as one simple query, without a
transaction of Prisma's. So several statements share an implicit transaction, and
CREATE INDEX CONCURRENTLY works only where it is the script's one statement. A folder without
`migration.sql` is an error (P3015). The lock file's `provider` names the database.

The schema is one `.prisma` file or, since 5.15, all of a folder; it lies beside the
migrations folder unless package.json or prisma.config.ts says otherwise.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain

from schemata.findings import Finding
from schemata.history import History, Migration, SourceFile, Transaction
from schemata.layouts.candidate import Candidate
from schemata.layouts.found import error, notice, warning
from schemata.layouts.index import Index, joined
from schemata.layouts.source import Source, unique, whole
from schemata.layouts.trees import TreeFile

SLUG = "prisma"
TITLE = "Prisma Migrate"
LOCK = "migration_lock.toml"
SCRIPT = "migration.sql"
POSTGRES = ("postgresql", "postgres", "cockroachdb")

_PROVIDER = re.compile(r"""^\s*provider\s*=\s*["']([^"'\n]*)["']""", re.MULTILINE)
_DATASOURCE = re.compile(r"""datasource\s+\w+\s*\{[^}]*?provider\s*=\s*["']([^"'\n]*)["']""")
_CONFIGURED_SCHEMA = re.compile(r"""schema\s*:\s*(?:path\.\w+\(\s*)?["']([^"'\n]+)["']""")


def candidates(index: Index) -> Iterator[Candidate]:
    roots = {file.folder for file in index.named(LOCK)} | set(_folders_of_scripts(index))
    for root in sorted(roots):
        yield Candidate(SLUG, root, foreign=_foreign(index, root))
    bare = {_beside(file) for file in index if file.name == "schema.prisma"}
    for root in sorted(bare - roots):
        if not any(_shares_home(root, known) for known in roots):
            yield Candidate(SLUG, root, foreign=_foreign(index, root), is_bare=True)


def read(source: Source) -> History:
    migrations = tuple(_migrations(source))
    schema = _schema_files(source)
    unique(source, migrations, lambda migration: migration.name.lower(), "name")
    return History(SLUG, source.root, migrations, schema, tuple(source.findings))


def _folders_of_scripts(index: Index) -> Iterator[str]:
    """Folders of `<name>/migration.sql` without a snapshot beside it, which would be Drizzle's."""
    for file in index.named(SCRIPT):
        if not index.get(joined(file.folder, "snapshot.json")):
            yield file.folder.rpartition("/")[0]


def _beside(schema: TreeFile) -> str:
    return joined(schema.folder, "migrations")


def _shares_home(root: str, known: str) -> bool:
    """Whether a schema's expected folder belongs to migrations found at or above it."""
    home = known.rpartition("/")[0]
    return root.startswith(f"{home}/") if home else True


def _foreign(index: Index, root: str) -> str:
    """The database, where it isn't Postgres, by the lock file or else by the datasource."""
    lock = index.get(joined(root, LOCK))
    files = [lock] if lock and not lock.is_link else _near_schemas(index, root)
    for file in files:
        text = index.tree.read(file.path).decode(errors="replace")
        found = (_PROVIDER if file is lock else _DATASOURCE).search(text)
        if found:
            return "" if found.group(1) in POSTGRES else found.group(1)
    return ""


def _near_schemas(index: Index, root: str) -> list[TreeFile]:
    home = root.rpartition("/")[0]
    files = (file for file in index.below(home) if file.name.endswith(".prisma") and not file.is_link)
    return [file for file in files if not file.path.startswith(f"{root}/")]


def _migrations(source: Source) -> Iterator[Migration]:
    for name in source.index.subfolders(source.root):
        folder = joined(source.root, name)
        file = source.index.get(joined(folder, SCRIPT))
        text = source.sql(file) if file else None
        if text:
            yield whole(name, text, Transaction.MESSAGE)
        elif not file:
            source.report(_without_script(folder))
    _report_stray_files(source)


def _without_script(folder: str) -> Finding:
    message = f"This folder has no {SCRIPT}; Prisma refuses it (P3015)."
    return error("migration.missing-file", message, folder, hint="Delete the folder, or restore its file.")


def _report_stray_files(source: Source) -> None:
    for file in source.index.in_folder(source.root):
        if file.name.endswith(".sql"):
            message = "This file is not in a folder of its own, so Prisma never runs it."
            source.report(warning("migration.ignored-file", message, file.path))


def _schema_files(source: Source) -> tuple[SourceFile, ...]:
    near = _near_schemas(source.index, source.root) or _configured(source)
    if not near:
        message = "No .prisma file was found beside these migrations."
        source.report(notice("prisma.no-schema", message, source.root))
    return source.source_files(near)


def _configured(source: Source) -> list[TreeFile]:
    """The schema that package.json or prisma.config.ts names, from the folders above the migrations."""
    folder = source.root
    while folder:
        folder = folder.rpartition("/")[0]
        for path in _named_schemas(source, folder):
            files = [source.index.get(joined(folder, path)), *source.index.below(joined(folder, path))]
            found = [file for file in files if file and file.name.endswith(".prisma") and not file.is_link]
            if found:
                return found
    return []


def _named_schemas(source: Source, folder: str) -> Iterator[str]:
    configs = (joined(folder, f"prisma.config.{ending}") for ending in ("ts", "mts", "js", "mjs", "cjs"))
    for path in chain([joined(folder, "package.json")], configs):
        file = source.index.get(path)
        text = source.text(file) if file and not file.is_link else None
        if text:
            yield from _schemas_in(text.text, path)


def _schemas_in(text: str, path: str) -> Iterator[str]:
    if not path.endswith("package.json"):
        yield from (name.removeprefix("./").rstrip("/") for name in _CONFIGURED_SCHEMA.findall(text))
        return
    try:
        settings = json.loads(text).get("prisma", {})
    except (ValueError, AttributeError):
        return
    if isinstance(settings, dict) and isinstance(settings.get("schema"), str):
        yield settings["schema"].removeprefix("./").rstrip("/")
