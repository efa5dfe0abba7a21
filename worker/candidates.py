"""A proved merge on its way into the files of the commit that lands: written and read back.

git merges what is nobody's but people's; migrations, their tool's books and schema files come from the merge.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.repositories.commits import merge_base
from apps.repositories.landing import FilesCollide, merge_trees
from apps.repositories.trees import CommitTree, TreeError
from schemata.findings import Severity
from schemata.history import History
from schemata.landing import FileChange, Landing, LandingError, Trees, land
from schemata.landing.owned import companions, owned_paths
from schemata.layouts import LayoutError, Tree
from worker.histories import Histories
from worker.merging import Sides

SHOWN = 6


class Refused(Exception):
    """The proposal can't land on that commit; `reason` is for its author.

    `conflicts` are ids of conflicts that nobody has resolved yet.
    """

    def __init__(self, reason: str, conflicts: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.conflicts = reason, tuple(conflicts)


@dataclass(frozen=True, slots=True)
class LandedName:
    """A migration as it lands: `was` is its name on the branch, empty for one made for the merge."""

    name: str
    was: str
    origin: str


@dataclass(frozen=True, slots=True)
class Composing:
    """`told` is the document of the merge; `target` and `head` are the commits that it merges."""

    histories: Histories
    sides: Sides
    target: str
    head: str
    told: Mapping[str, Any]

    @property
    def merged(self) -> str:
        return str(self.told["proof"]["merged"])

    @property
    def names(self) -> tuple[LandedName, ...]:
        found = self.told["migrations"]
        return tuple(LandedName(each["name"], each["replaces"], each["origin"]) for each in found)

    @property
    def landings(self) -> tuple[Landing, ...]:
        found = self.told["migrations"]
        return tuple(Landing(each["name"], each["sql"], each["replaces"]) for each in found)

    def tree(self) -> tuple[str, tuple[str, ...]]:
        """The tree that lands, and what people have to look at in it. Raises Refused."""
        _refuse_names(self.names)
        repository, (base, ours, theirs) = self.histories.repository, self.sides.histories
        fork = merge_base(repository, self.target, self.head)
        trees = Trees(*(CommitTree(repository, commit) for commit in (fork, self.target, self.head)))
        schema = self.told["schema_file"]
        _refuse_schema(schema)
        files = dict(schema["files"]) if schema else {}
        try:
            landed = land(trees, base, ours, theirs, self.landings, files)
            written = self._written(trees, landed.changes, files)
            pairs = zip((trees.base, trees.ours, trees.theirs), self.sides.histories, strict=True)
            owned = frozenset[str]().union(*(owned_paths(tree, history) for tree, history in pairs))
            tree = merge_trees(repository, fork, self.target, self.head, owned, written)
        except LandingError as error:
            raise Refused(f"The migrations can't be written into the target: {error}.") from error
        except FilesCollide as error:
            raise Refused(_collision(error.paths)) from error
        return tree, landed.problems

    def _written(
        self, trees: Trees, changes: Sequence[FileChange], schema: Mapping[str, str]
    ) -> dict[str, bytes | None]:
        """Files to write; None for schema files of the target that the merge is without."""
        _base, ours, theirs = self.sides.histories
        gone = {file.path: None for file in ours.schema_files if schema and file.path not in schema}
        beside = companions(trees.theirs, theirs, self.landings)
        there = sorted(path for path in beside if _holds(trees.ours, path))
        if there:
            raise FilesCollide(there)
        return {**gone, **beside, **{change.path: change.content for change in changes}}

    def read_back(self, tree: str) -> History:
        """The history in the tree, as whoever clones it reads it. Raises Refused where it is another one."""
        ours = self.sides.ours.history
        try:
            found = self.histories.read(tree).history
        except (LayoutError, TreeError) as error:
            raise Refused(f"What would land can't be read as migrations: {error}") from error
        wrong = next((each for each in found.findings if each.severity is Severity.ERROR), None)
        if wrong:
            raise Refused(f"What would land can't be run: {wrong.path}: {wrong.message}")
        landed = [(each.name, _digest(each.sql)) for each in self.landings]
        before = [(each.name, each.hash) for each in ours.migrations]
        after = [(each.name, each.hash) for each in found.migrations]
        if sorted(after) != sorted(before + landed) or not _keeps_order(after, before, landed):
            raise Refused("What would land reads back as other migrations than were merged.")
        return found


def _refuse_names(names: Sequence[LandedName]) -> None:
    """A name that breaks the line could pass for another line of the commit's message, or of a command in it."""
    for each in names:
        if not f"{each.name}{each.was}".isprintable():
            raise Refused(
                f"The name of the migration {each.was!r} holds what can't be shown; give it another."
            )


def _refuse_schema(told: Mapping[str, Any] | None) -> None:
    for each in told["unreadable"] if told else ():
        raise Refused(f"{each['file']} of {each['side']} can't be read: {each['message']}")
    for found in told["conflicts"] if told else ():
        place = " ".join(filter(None, (found["block"], found["member"], found["part"])))
        raise Refused(f"{found['file']} collides at {place}: {found['message'] or 'both sides changed it'}.")


def _holds(tree: Tree, path: str) -> bool:
    try:
        tree.read(path)
    except FileNotFoundError:
        return False
    return True


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()


def _keeps_order(after: Sequence[tuple[str, str]], *parts: Sequence[tuple[str, str]]) -> bool:
    """Whether each part stands in the whole in its own order, one after the other or among each other."""
    place = {each: position for position, each in enumerate(after)}
    return all([place[each] for each in part] == sorted(place[each] for each in part) for part in parts)


def _collision(paths: Sequence[str]) -> str:
    return f"Both sides changed {_listed(paths)}; merge the default branch into the branch by hand and push it again."


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
