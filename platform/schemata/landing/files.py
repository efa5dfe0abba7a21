"""The files with which merged migrations land: paths and bytes, to be written into ours' tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemata.history import History, Migration
from schemata.landing import drizzle
from schemata.layouts.trees import Tree


@dataclass(frozen=True, slots=True)
class Landing:
    """A migration to land: `replaces` is its name in theirs, empty for one that theirs does not have."""

    name: str
    sql: str
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file to write; paths are relative to the tree, with `/`."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Landed:
    """`changes` in the order of their paths; `problems` name what people have to look at in them."""

    changes: tuple[FileChange, ...]
    problems: tuple[str, ...] = ()


class LandingError(ValueError):
    """The migrations can't be written into this tree; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Trees:
    """The files of the three commits."""

    base: Tree
    ours: Tree
    theirs: Tree


def land(
    trees: Trees,
    base: History,
    ours: History,
    theirs: History,
    migrations: Sequence[Landing],
    schema: Mapping[str, str] | None = None,
) -> Landed:
    """What to write into ours' tree so that its history goes on with `migrations`.

    Down files go along under the new name. `schema` are merged schema files by path.
    Nothing that ours has of migrations is touched. Raises LandingError.
    """
    known = {migration.name: migration for migration in theirs.migrations}
    files = {path: text.encode() for path, text in (schema or {}).items()}
    files = {path: content for path, content in files.items() if _content(trees.ours, path) != content}
    for landing in migrations:
        pattern = known.get(landing.replaces) or (theirs.migrations or ours.migrations)[-1]
        for path, content in _files(landing, pattern, moves_down=bool(landing.replaces)):
            files[_free(path, files, trees.ours, ours)] = content
    problems: tuple[str, ...] = ()
    if ours.layout == drizzle.LAYOUT:
        names = [(each.name, each.replaces) for each in migrations]
        newest = (_last(base), _last(ours))
        sides = (trees.base, trees.ours, trees.theirs)
        more, problems = drizzle.bookkeeping(sides, ours.root, newest, names)
        files |= more
    return Landed(tuple(FileChange(path, files[path]) for path in sorted(files)), problems)


def _last(history: History) -> str:
    return history.migrations[-1].name if history.migrations else ""


def _files(landing: Landing, pattern: Migration, *, moves_down: bool) -> Iterator[tuple[str, bytes]]:
    """The migration's own file and, where it has one, the file that undoes it."""
    old = pattern.name
    yield _renamed(pattern.path, old, landing.name), landing.sql.encode()
    if pattern.down_path and moves_down:
        # Flyway's undo files begin with another letter.
        undo = pattern.down_path.rpartition("/")[2][:1] + old[1:]
        is_undo = old not in pattern.down_path and undo in pattern.down_path
        names = (undo, undo[:1] + landing.name[1:]) if is_undo else (old, landing.name)
        yield _renamed(pattern.down_path, *names), pattern.down_text.encode()


def _renamed(path: str, old: str, new: str) -> str:
    """The path with its last mention of a migration's name replaced."""
    before, found, after = path.rpartition(old)
    if not found:
        raise LandingError(f"{path} does not hold the name {old}, so no name can be made from it")
    return before + new + after


def _free(path: str, files: Mapping[str, bytes], ours: Tree, history: History) -> str:
    """The path, if nothing stands there and it leads nowhere else."""
    parts = path.split("/")
    if path.startswith("/") or any(part in ("", ".", "..", ".git") for part in parts) or "\0" in path:
        raise LandingError(f"{path!r} is no path inside the tree")
    if history.root and not path.startswith(f"{history.root}/"):
        raise LandingError(f"{path} is not in {history.root}, where ours keeps its migrations")
    if path.lower() in {each.lower() for each in files} or _content(ours, path) is not None:
        raise LandingError(f"{path} is there already")
    return path


def _content(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
