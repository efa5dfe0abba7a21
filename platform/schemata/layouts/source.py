"""Reading one layout's files: text with its oddities reported, and migrations made of it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemata.findings import Finding, Severity
from schemata.history import Batch, Migration, SourceFile, Transaction
from schemata.layouts.found import FoundLayout, Limits, error, notice, warning
from schemata.layouts.index import Index
from schemata.layouts.trees import TreeFile

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Text:
    """A file as text, its byte order mark and line ends kept, with the digest of its bytes."""

    path: str
    text: str
    hash: str


class Source:
    """Where one reader reads: its root, the files below it, and what it has found so far."""

    def __init__(self, index: Index, found: FoundLayout) -> None:
        self.index = index
        self.found = found
        self.root = found.root
        self.findings: list[Finding] = []
        self._read_bytes = 0

    @property
    def limits(self) -> Limits:
        return self.index.limits

    def report(self, finding: Finding) -> None:
        self.findings.append(finding)

    def text(self, file: TreeFile) -> Text | None:
        """The file's text, or None with a finding that says why it can't be read."""
        problem = self._unreadable(file)
        if problem:
            self.report(problem)
            return None
        data = self.index.tree.read(file.path)
        self._read_bytes += len(data)
        try:
            return Text(file.path, data.decode(), hashlib.sha256(data).hexdigest())
        except UnicodeDecodeError as wrong:
            self.report(_not_utf8(file.path, data, wrong.start))
            return None

    def sql(self, file: TreeFile, *, strips_bom: bool = False) -> Text | None:
        """As `text`, for a file that the tool sends to Postgres."""
        text = self.text(file)
        if text and text.text.startswith(BOM) and not strips_bom:
            self.report(_byte_order_mark(file.path, self.found.layout))
        if text and not text.text.strip():
            self.report(notice("migration.empty", "This file is empty.", file.path))
        return text

    def source_files(self, files: Iterable[TreeFile]) -> tuple[SourceFile, ...]:
        texts = (self.text(file) for file in files)
        return tuple(SourceFile(text.path, text.text) for text in texts if text)

    def _unreadable(self, file: TreeFile) -> Finding | None:
        if file.is_link:
            return _link(file.path)
        if file.size > self.limits.migration_bytes:
            return _too_large(file.path, file.size, self.limits.migration_bytes)
        if self._read_bytes + file.size > self.limits.total_bytes:
            return _all_too_large(file.path, self.limits.total_bytes)
        return None


def whole(name: str, text: Text, transaction: Transaction) -> Migration:
    """A migration whose file is sent as one message."""
    return Migration(name, text.path, text.text, text.hash, transaction, (Batch(text.text),))


def unique(
    source: Source,
    migrations: Iterable[Migration],
    version: Callable[[Migration], object],
    what: str = "version",
) -> tuple[Migration, ...]:
    """The migrations as given, with a finding for each that shares its version with another."""
    seen: dict[object, Migration] = {}
    kept = tuple(migrations)
    for migration in kept:
        first = seen.setdefault(version(migration), migration)
        if first is not migration:
            source.report(_duplicate(migration, first, what))
    return kept


def _duplicate(migration: Migration, first: Migration, what: str) -> Finding:
    if migration.path == first.path:
        message = "This file is named twice."
        return error(
            "migration.duplicate-version", message, migration.path, hint="Take one of its entries out."
        )
    message = f"This migration has the same {what} as {first.path}."
    return error(
        "migration.duplicate-version", message, migration.path, hint="Give one of them a new number."
    )


def _link(path: str) -> Finding:
    message = "This is a symbolic link; Braid reads only files that are in the commit."
    return error("migration.link", message, path, hint="Commit the file itself.")


def _too_large(path: str, size: int, limit: int) -> Finding:
    message = f"This file has {_megabytes(size)}; Braid reads files of up to {_megabytes(limit)}."
    return error("migration.too-large", message, path, hint="Load bulk data outside of the migrations.")


def _all_too_large(path: str, limit: int) -> Finding:
    message = f"The files up to this one have more than {_megabytes(limit)} in all; Braid reads no more."
    return error("history.too-large", message, path, hint="Squash old migrations.")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


def _byte_order_mark(path: str, layout: str) -> Finding:
    message = f"This file starts with a byte order mark, which {layout} sends to Postgres as part of the SQL."
    return warning(
        "migration.byte-order-mark", message, path, line=1, hint="Save the file as UTF-8 without BOM."
    )


def _not_utf8(path: str, data: bytes, at: int) -> Finding:
    line = data.count(b"\n", 0, at) + 1
    column = len(data[data.rfind(b"\n", 0, at) + 1 : at].decode()) + 1
    looks = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "not UTF-8"
    message = f"This file is {looks} (byte {at + 1} is 0x{data[at]:02x})."
    hint = "Save the file as UTF-8."
    return Finding("migration.not-utf8", Severity.ERROR, message, hint, path, line, column)
