"""Migrations that had landed, compared with what a branch makes of them.

A landed migration has run on databases that Braid can't see. So changing, renaming or removing
one, or slipping a new one in before it, makes new databases differ from old ones.
"""

from collections.abc import Iterator
from dataclasses import replace

from schemata.findings import Finding
from schemata.history import History, Migration
from schemata.layouts.found import error, warning
from schemata.statements.scanner import ScanError, pieces


def compare_landed(landed: History, head: History, fork: History | None = None) -> tuple[Finding, ...]:
    """What `head` did to landed migrations.

    `landed` is the history of the default branch's head, `fork` that of the commit where the
    branch left it (landed itself, where the branch is known to hold all of it or nothing better
    is known). Edits, renames and removals are told against `fork`, for what came later on the
    default branch is not the branch's doing; the order of new migrations is told against `landed`.
    """
    known = fork if fork is not None else landed
    return (*_changed(known, head), *_out_of_order(landed, head, known))


def presumed_fork(landed: History, head: History) -> History:
    """Where `head` may have left `landed`, when no commit tells: what `landed` has after the last
    migration that both know is taken for newer, not for removed."""
    names = {migration.name for migration in head.migrations}
    shared = [position for position, one in enumerate(landed.migrations, 1) if one.name in names]
    return replace(landed, migrations=landed.migrations[: max(shared, default=0)])


def _changed(fork: History, head: History) -> Iterator[Finding]:
    now = {migration.name: migration for migration in head.migrations}
    renamed = _renames(fork, head)
    for migration in fork.migrations:
        if migration.name in now:
            yield from _edited(migration, now[migration.name])
        elif migration.name in renamed:
            yield _renamed(migration, renamed[migration.name])
        else:
            yield _removed(migration, head)


def _renames(fork: History, head: History) -> dict[str, Migration]:
    """By old name, the migrations of `head` that have a landed one's text under a new name."""
    before, now = ({migration.name for migration in history.migrations} for history in (fork, head))
    by_text = {_plain(m.text): m for m in head.migrations if m.name not in before and m.text.strip()}
    gone = (migration for migration in fork.migrations if migration.name not in now)
    return {m.name: by_text[_plain(m.text)] for m in gone if _plain(m.text) in by_text}


def _edited(before: Migration, now: Migration) -> Iterator[Finding]:
    if before.hash == now.hash or _plain(before.text) == _plain(now.text):
        return
    hint = "Restore the file and write a new migration."
    if _code(before.text) == _code(now.text):
        message = f"{now.name} had landed and was edited since: comments or blanks only."
        yield warning("landed.edited", message, now.path, hint=hint, line=_first_difference(before, now))
    else:
        message = f"{now.name} had landed and was edited since; databases that ran it won't get the change."
        yield error("landed.edited", message, now.path, hint=hint, line=_first_difference(before, now))


def _renamed(before: Migration, now: Migration) -> Finding:
    message = (
        f"{before.name} had landed and is now named {now.name}; databases that ran it will run it again."
    )
    return error("landed.renamed", message, now.path, hint="Give it its old name again.")


def _removed(before: Migration, head: History) -> Finding:
    message = f"{before.name} had landed and is no longer there."
    hint = "Restore it, and undo it in a new migration if that is what is meant."
    return error("landed.removed", message, head.root or before.path, hint=hint)


def _out_of_order(landed: History, head: History, fork: History) -> Iterator[Finding]:
    """New migrations that stand before a landed one; only the first landed one after them is named."""
    names = {migration.name for migration in (*landed.migrations, *fork.migrations)}
    names |= {migration.name for migration in _renames(fork, head).values()}
    following: Migration | None = None
    late: list[Finding] = []
    for migration in reversed(head.migrations):
        if migration.name in names:
            following = migration
        elif following is not None:
            late.append(_before_landed(migration, following))
    yield from reversed(late)
    yield from _behind_landed(landed, head, names)


def _behind_landed(landed: History, head: History, names: set[str]) -> Iterator[Finding]:
    """The same where the branch doesn't have the landed one yet, for layouts that run by name."""
    if landed.layout in _ORDERED_BY_LIST or landed.layout != head.layout:
        return
    present = {migration.name for migration in head.migrations}
    missing = [migration for migration in landed.migrations if migration.name not in present]
    last = missing[-1] if missing else None
    seen_after = _names_before_landed(head, names)
    for migration in head.migrations:
        if last and migration.name not in names | seen_after and _sorts_before(migration, last):
            yield _before_landed(migration, last)


# A merge decides where Drizzle's journal puts a new entry, so nothing is known before it.
_ORDERED_BY_LIST = ("drizzle",)


def _names_before_landed(head: History, names: set[str]) -> set[str]:
    last = max((i for i, m in enumerate(head.migrations) if m.name in names), default=-1)
    return {migration.name for migration in head.migrations[: last + 1]}


def _sorts_before(migration: Migration, other: Migration) -> bool:
    return _sort_key(migration.name) < _sort_key(other.name)


def _sort_key(name: str) -> tuple[int, str]:
    """By leading number where both have one, as by name where numbers have equal length."""
    digits = "".join(ch for ch in name.lstrip("Vv").partition("_")[0] if ch.isdigit())
    return (int(digits) if digits else 0, name)


def _before_landed(migration: Migration, landed: Migration) -> Finding:
    message = (
        f"{migration.name} is new but sorts before {landed.name}, which has landed: "
        "old databases run it after, new ones before."
    )
    return warning("landed.out-of-order", message, migration.path, hint="Give it a later number.")


def _plain(text: str) -> str:
    """The text as tools compare it: line ends and a byte order mark don't count."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _code(text: str) -> tuple[str, ...] | str:
    """The text without comments and the blanks between words."""
    plain = _plain(text)
    try:
        found = [piece for piece in pieces(plain) if piece.sort not in ("comment", "space")]
    except ScanError:
        return plain
    texts = ((piece.sort, plain[piece.start : piece.end]) for piece in found)
    return tuple(word for sort, part in texts for word in (part.split() if sort == "code" else [part]))


def _first_difference(before: Migration, now: Migration) -> int:
    old, new = _plain(before.text).split("\n"), _plain(now.text).split("\n")
    pairs = enumerate(zip(old, new, strict=False), 1)
    return next((line for line, (a, b) in pairs if a != b), min(len(old), len(new)))
