"""golang-migrate: `<version>_<name>.up.sql` and `.down.sql`, by number.

How it runs them (golang-migrate/migrate, `source/parse.go`, `source/iofs/iofs.go`,
`database/postgres/postgres.go`): versions are whole numbers, so `2` comes before `10`; two files
of one version and direction are an error; other names are passed over; folders are not entered.
Each file goes to Postgres whole as one simple query, without a transaction of the tool's. With
`x-multi-statement=true` in the database URL it is cut at every semicolon instead, also at those
in strings and function bodies; write `multi_statement = true` in braid.toml for that.
"""

import re
from collections.abc import Iterator

from schemata.history import Batch, History, Migration, Transaction
from schemata.layouts.candidate import Candidate, foreign_by_sql
from schemata.layouts.found import notice
from schemata.layouts.index import Index
from schemata.layouts.numbering import first_text
from schemata.layouts.sections import batches_at
from schemata.layouts.source import Source, Text, unique
from schemata.layouts.trees import TreeFile

SLUG = "golang-migrate"
TITLE = "golang-migrate"
_NAME = re.compile(r"([0-9]+)_(.*)\.(up|down)\.sql")


def candidates(index: Index) -> Iterator[Candidate]:
    folders: dict[str, list[TreeFile]] = {}
    for file in index.sql():
        if _direction(file) == "up":
            folders.setdefault(file.folder, []).append(file)
    for folder, ups in sorted(folders.items()):
        yield Candidate(SLUG, folder, foreign=foreign_by_sql(first_text(index, tuple(ups))))


def read(source: Source) -> History:
    files = [file for file in source.index.in_folder(source.root) if _direction(file)]
    downs = {_version(file): file for file in files if _direction(file) == "down"}
    ups = sorted((file for file in files if _direction(file) == "up"), key=_version)
    migrations = tuple(_migrations(source, ups, downs))
    unique(source, migrations, lambda migration: _number(migration.path))
    for version in sorted(downs.keys() - {_version(file) for file in ups}):
        path = downs[version].path
        source.report(notice("migration.only-down", "This file has no .up.sql beside it.", path))
    return History(SLUG, source.root, migrations, (), tuple(source.findings))


def _migrations(source: Source, ups: list[TreeFile], downs: dict[int, TreeFile]) -> Iterator[Migration]:
    is_cut = "multi_statement" in source.found.options
    for file in ups:
        text = source.sql(file)
        down_file = downs.get(_version(file))
        down = source.text(down_file) if down_file else None
        if text:
            yield Migration(
                file.name.removesuffix(".up.sql"),
                text.path,
                text.text,
                text.hash,
                Transaction.MESSAGE,
                _batches(text, is_cut),
                _batches(down, is_cut) if down else None,
                down.path if down else "",
                down.text if down else "",
            )


def _batches(text: Text, is_cut: bool) -> tuple[Batch, ...]:
    if not is_cut:
        return (Batch(text.text),)
    return tuple(batches_at(text.text, _pieces(text.text)))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find(";", start) + 1 or len(text)
        if text[start:end].strip():
            yield start, end
        start = end


def _direction(file: TreeFile) -> str:
    match = _NAME.fullmatch(file.name)
    return match.group(3) if match else ""


def _version(file: TreeFile) -> int:
    return _number(file.path)


def _number(path: str) -> int:
    return int(path.rpartition("/")[2].partition("_")[0])
