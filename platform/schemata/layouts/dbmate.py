"""dbmate: `<version>_<name>.sql` with `-- migrate:up` and `-- migrate:down`, by file name.

How dbmate runs them (amacneil/dbmate, `pkg/dbmate/migration.go`, `pkg/dbmate/db.go`): files are
those that match `^\\d+.*\\.sql$`, sorted by name. The up section, from its mark to the down mark,
is sent whole as one simple query; in a transaction of its own unless the mark says
`transaction:false`, and then several statements still share the implicit one. Both marks are
required, and nothing but comments may stand before the first.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from schemata.findings import Finding
from schemata.history import History, Migration, Transaction
from schemata.layouts.candidate import Candidate, foreign_by_sql
from schemata.layouts.found import error, warning
from schemata.layouts.index import Index
from schemata.layouts.numbering import NUMBERED, first_text, has_mark, numbered_folders
from schemata.layouts.sections import batches_at, line_of
from schemata.layouts.source import Source, Text, unique

SLUG = "dbmate"
TITLE = "dbmate"
_UP = re.compile(r"^--[ \t]*migrate:up([ \t\r]*$|[ \t]+\S.*$)", re.MULTILINE)
_DOWN = re.compile(r"^--[ \t]*migrate:down([ \t\r]*$|[ \t]+\S.*$)", re.MULTILINE)
_VERSION = re.compile(r"[0-9]+")


def candidates(index: Index) -> Iterator[Candidate]:
    for folder, files in numbered_folders(index).items():
        if has_mark(index, files, _UP):
            yield Candidate(SLUG, folder, foreign=foreign_by_sql(first_text(index, files)))


def read(source: Source) -> History:
    files = (file for file in source.index.in_folder(source.root) if NUMBERED.fullmatch(file.name))
    texts = (source.sql(file) for file in files)
    migrations = tuple(made for text in texts if text and (made := _migration(source, text)))
    unique(source, migrations, _version)
    return History(SLUG, source.root, migrations, (), tuple(source.findings))


def _version(migration: Migration) -> str:
    found = _VERSION.match(migration.name)
    return found.group() if found else migration.name


def _migration(source: Source, text: Text) -> Migration | None:
    sections = tuple(_sections(text.text))
    problem = _problem(text, sections)
    if problem:
        source.report(problem)
        return None
    options = [_UP.match(text.text, start) for start, _, _ in sections]
    rules = {"transaction:false" not in option.group(1).split() for option in options if option}
    if len(rules) > 1:
        message = "This file mixes sections with and without a transaction; Braid runs all without."
        source.report(warning("dbmate.mixed-transactions", message, text.path))
    return Migration(
        text.path.rpartition("/")[2].removesuffix(".sql"),
        text.path,
        text.text,
        text.hash,
        Transaction.TRANSACTION if rules == {True} else Transaction.MESSAGE,
        tuple(batches_at(text.text, [(up, down) for up, down, _ in sections])),
        tuple(batches_at(text.text, [(down, end) for _, down, end in sections]))[::-1],
    )


def _sections(text: str) -> Iterator[tuple[int, int, int]]:
    """Where each up part begins, where its down part begins (-1: nowhere), and where that ends."""
    starts = [match.start() for match in _UP.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        down = _DOWN.search(text, start, end)
        yield start, down.start() if down else -1, end


def _problem(text: Text, sections: tuple[tuple[int, int, int], ...]) -> Finding | None:
    if not sections:
        return _refused(text, "has no '-- migrate:up'", 1)
    first = sections[0][0]
    before = text.text[:first].split("\n")
    stray = next((number for number, line in enumerate(before, 1) if not _is_idle(line)), None)
    if stray:
        return _refused(text, "has a statement before '-- migrate:up'", stray)
    for start, down, end in sections:
        if down < 0:
            return _refused(
                text, "has no '-- migrate:down' after its '-- migrate:up'", line_of(text.text, start)
            )
        if len(_DOWN.findall(text.text[start:end])) > 1:
            return _refused(
                text, "has two '-- migrate:down' for one '-- migrate:up'", line_of(text.text, down)
            )
    return None


def _is_idle(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith("--")


def _refused(text: Text, what: str, line: int) -> Finding:
    hint = "Each file needs a section '-- migrate:up' and after it a section '-- migrate:down'."
    return error(
        "dbmate.bad-sections", f"This file {what}; dbmate refuses it.", text.path, line=line, hint=hint
    )
