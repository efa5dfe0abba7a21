"""A branch's migrations rewritten for where the other side now stands, statement by statement.

Before and after each statement of theirs the three-way merge says what the
catalog must be when it follows ours. What is so already is left out, what reaches
it as written stays, and only the rest is planned anew. So every step is checked
against Postgres, and what changes rows stays the author's own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.merging.bench import Bench, Stopped, alone, single
from sandbox.merging.lab import Lab, State
from sandbox.merging.leaving import told
from sandbox.merging.repeating import repeated
from sandbox.merging.tracing import ROWS_ONLY, Unit, is_bracket
from schemata.catalog import EMPTY, Catalog, Column
from schemata.changes import Action
from schemata.diff import diff
from schemata.history import Migration
from schemata.merge import Merged
from schemata.merge.proof import deviations
from schemata.merge.rewriting import Decision, LeftOut, Replaced, rewrite
from schemata.plan import Plan, plan
from schemata.statements import changes_data

WIDEST = 12

MergeAt = Callable[[Catalog], Merged]


@dataclass(frozen=True, slots=True)
class Stuck:
    """A statement for which no rewriting was found; people must decide."""

    unit: Unit
    reason: str


@dataclass(slots=True)
class Rebased:
    """The rewritten migrations, in order, or where it got stuck."""

    migrations: tuple[Migration, ...] = ()
    stuck: Stuck | None = None


@dataclass(slots=True)
class _Group:
    """Statements that must be taken together, because between them the merge has a conflict."""

    units: tuple[Unit, ...]
    merged: Merged
    start: int = 0
    catalog: Catalog = EMPTY

    @property
    def changes_rows_between(self) -> bool:
        """Whether rows are changed before the last change of the schema, so that the two can't be told apart."""
        changing = [place for place, unit in enumerate(self.units) if unit.changes_catalog]
        before = self.units[: changing[-1]] if changing else ()
        return any(not u.changes_catalog and (u.part is None or changes_data(u.part)) for u in before)


@dataclass(frozen=True, slots=True)
class _Way:
    """A group with the `taken` ones before it, the statements planned for it, and those kept before it."""

    group: _Group
    taken: int
    planned: int
    kept: int


@dataclass
class Rebasing:
    """Rebase of the traced `units` onto `ours`; `merge_at` merges ours with a catalog on theirs' way."""

    lab: Lab
    ours: State
    units: Sequence[Unit]
    merge_at: MergeAt
    our_migrations: Sequence[Migration] = ()
    decisions: dict[str, dict[int, Decision]] = field(default_factory=dict)
    # What Postgres first said of statements that were planned anew.
    refusal: str = ""

    @cached_property
    def _repeats(self) -> frozenset[tuple[str, int]]:
        return repeated(self.our_migrations, self.units)

    def run(self, migrations: Sequence[Migration]) -> Rebased:
        placed: list[_Group] = []
        with Bench(self.lab, self.ours, "rewritten") as bench:
            for group in self._groups():
                group.start, group.catalog = len(bench.done), bench.catalog
                stuck = self._place(bench, group)
                if stuck is None:
                    placed.append(group)
                elif not self._rewrite(bench, placed, group, stuck):
                    return Rebased(stuck=_with_unsupported(self._with_refusal(stuck), group))
        rewritten = (rewrite(each, self.decisions.get(each.name, {})) for each in migrations)
        return Rebased(tuple(rewritten))

    def _rewrite(self, bench: Bench, placed: list[_Group], group: _Group, stuck: Stuck) -> bool:
        """Plan the group anew, with statements before it where alone it would take more than the author wrote.

        An enum's recreation only makes sense as a whole. Of all ways the one with the
        fewest statements is tried first.
        """
        done, decisions = tuple(bench.done), _copied(self.decisions)
        self.refusal = ""
        for way in _ways(placed, group):
            bench.restore(done[: way.group.start])
            for unit in way.group.units:
                self.decisions.get(unit.migration.name, {}).pop(unit.statement, None)
            if self._plan_anew(bench, way.group, stuck):
                placed[len(placed) - way.taken :] = [way.group]
                return True
            self.decisions = _copied(decisions)
        return False

    def _with_refusal(self, stuck: Stuck) -> Stuck:
        is_new = self.refusal and self.refusal not in stuck.reason
        return Stuck(stuck.unit, f"{stuck.reason}; planned anew: {self.refusal}") if is_new else stuck

    def _groups(self) -> Iterator[_Group]:
        waiting: list[Unit] = []
        for unit in self.units:
            waiting.append(unit)
            merged = self.merge_at(unit.after)
            if not merged.conflicts or unit is self.units[-1]:
                yield _Group(tuple(waiting), merged)
                waiting = []

    def _place(self, bench: Bench, group: _Group) -> Stuck | None:
        changing = [unit for unit in group.units if unit.changes_catalog]
        if changing and self._needs_no_rows(group) and _is_reached(group.merged, bench.catalog):
            self._leave_out(group, bench.catalog)
            return None
        length = len(bench.done)
        written = self._to_run(group)
        stopped = bench.run(*map(_as_written, written), reads=any(map(_may_change_catalog, written)))
        if stopped is None and _is_reached(group.merged, bench.catalog):
            return None
        blamed = written[stopped.number] if stopped else (changing or written)[0]
        stuck = Stuck(blamed, _reason(stopped, group.merged, bench.catalog))
        bench.restore(bench.done[:length])
        return stuck

    def _needs_no_rows(self, group: _Group) -> bool:
        """Whether what the group does to rows, if anything, ours has done by the very same statements."""
        return all(self._is_repeated(unit) or not _changes_rows(unit, group) for unit in group.units)

    def _to_run(self, group: _Group) -> list[Unit]:
        """The group's statements but for what needs no second run."""
        repeats = [unit for unit in group.units if self._is_repeated(unit) and _only_changes_rows(unit)]
        for unit in repeats:
            self._decide(unit, LeftOut("Left out: the very same statement has run already."))
        brackets = [unit for unit in group.units if unit.part and is_bracket(unit.part)]
        return [unit for unit in group.units if unit not in repeats and unit not in brackets]

    def _is_repeated(self, unit: Unit) -> bool:
        """Whether ours has run the very same statement, so that its rows are there already."""
        return (unit.migration.name, unit.statement) in self._repeats

    def _leave_out(self, group: _Group, reached: Catalog) -> None:
        for unit in group.units:
            self._decide(unit, LeftOut(f"Left out: {told(unit, reached)}."))

    def _plan_anew(self, bench: Bench, group: _Group, stuck: Stuck) -> bool:
        """Reach the merge by planned statements, keeping the author's own among them where they fit."""
        if not all(unit.part for unit in group.units) or not any(u.changes_catalog for u in group.units):
            return False
        if group.changes_rows_between:
            return False
        planned = _planned(bench.catalog, group.merged)
        for candidate in () if planned.unsupported else _candidates(group, planned):
            if self._try(bench, group, candidate):
                self._replace(group, candidate, stuck.reason)
                return True
        return False

    def _try(self, bench: Bench, group: _Group, statements: tuple[str, ...]) -> bool:
        rows = tuple(_as_written(unit) for unit in self._to_run(group) if not unit.changes_catalog)
        length = len(bench.done)
        anchor = group.units[0].migration
        stopped = bench.run(*(alone(anchor, text) for text in statements), *rows)
        if stopped is not None:
            self.refusal = self.refusal or stopped.failure.message
            return False
        if _is_reached(group.merged, bench.catalog):
            return True
        bench.restore(bench.done[:length])
        return False

    def _replace(self, group: _Group, statements: tuple[str, ...], why: str) -> None:
        """The planned statements stand where the first changing one stood; rows' statements stay after it."""
        changing = [unit for unit in group.units if unit.changes_catalog]
        self._decide(changing[0], Replaced(statements, f"Rewritten, because {_sentence(why)}"))
        for unit in changing[1:]:
            self._decide(unit, LeftOut("Rewritten above."))

    def _decide(self, unit: Unit, decision: Decision) -> None:
        self.decisions.setdefault(unit.migration.name, {})[unit.statement] = decision


def _ways(placed: Sequence[_Group], group: _Group) -> Iterator[_Way]:
    """The group alone where that takes no more statements than it has; else also with those before it."""
    narrow = _way(placed, group, 0)
    fits = narrow.planned <= max(1, sum(unit.changes_catalog for unit in group.units))
    if fits:
        yield narrow
    wider = [_way(placed, group, taken) for taken in range(1, min(WIDEST, len(placed)) + 1)]
    yield from sorted(wider if fits else [narrow, *wider], key=_statements)


def _way(placed: Sequence[_Group], group: _Group, taken: int) -> _Way:
    kept, replaced = placed[: len(placed) - taken], placed[len(placed) - taken :]
    first = replaced[0] if replaced else group
    units = (*(unit for each in replaced for unit in each.units), *group.units)
    planned = len(_planned(first.catalog, group.merged).statements)
    others = sum(unit.changes_catalog for each in kept for unit in each.units)
    return _Way(_Group(units, group.merged, first.start, first.catalog), taken, planned, others)


def _planned(start: Catalog, merged: Merged) -> Plan:
    return plan(start, merged.seen_from(start), same_origin=True)


def _statements(way: _Way) -> tuple[int, int]:
    return way.kept + way.planned, way.taken


def _copied(decisions: dict[str, dict[int, Decision]]) -> dict[str, dict[int, Decision]]:
    return {name: dict(each) for name, each in decisions.items()}


def _as_written(unit: Unit) -> Migration:
    return unit.migration if unit.statement < 0 else single(unit.migration, unit.statement)


def _may_change_catalog(unit: Unit) -> bool:
    return unit.part is None or unit.part.kind not in ROWS_ONLY


def _is_reached(merged: Merged, catalog: Catalog) -> bool:
    return not deviations(merged, catalog)


def _mixes_rows(group: _Group) -> bool:
    """Whether a statement changes the catalog and perhaps rows as well, so that no plan says all it does."""
    return any(unit.changes_catalog and _changes_rows(unit, group) for unit in group.units)


def _only_changes_rows(unit: Unit) -> bool:
    return not unit.changes_catalog and unit.part is not None and changes_data(unit.part)


def _changes_rows(unit: Unit, group: _Group) -> bool:
    """Whether a statement may do to rows what the schema before and after its group does not tell."""
    return unit.part is None or changes_data(unit.part) or _fills(unit, group.units[-1].after)


def _fills(unit: Unit, end: Catalog) -> bool:
    """Whether it adds a column with a default that is another one, or none, in the end: rows keep the first."""
    if not unit.changes_catalog:
        return False
    for change in diff(unit.before, unit.after, same_origin=True):
        column = change.after
        new = change.action is Action.ADD and change.covered_by is None
        if new and isinstance(column, Column) and column.default:
            later = end.by_identity.get(unit.after.identities[column.address].key)
            if later is not None and getattr(end.objects[later], "default", "") != column.default:
                return True
    return False


def _candidates(group: _Group, planned: Plan) -> Iterator[tuple[str, ...]]:
    own = _own_among(group, planned)
    if own:
        yield own
    if not _mixes_rows(group):
        yield tuple(statement.sql for statement in planned.statements)


def _own_among(group: _Group, planned: Plan) -> tuple[str, ...]:
    """The plan with the author's statement in place of those that do its work: it may know how to convert rows."""
    changing = [unit for unit in group.units if unit.changes_catalog]
    if len(changing) != 1 or changing[0].part is None:
        return ()
    done = {change.address for change in diff(changing[0].before, changing[0].after, same_origin=True)}
    kept: list[str] = []
    placed = False
    for statement in planned.statements:
        if statement.address not in done:
            kept.append(statement.sql)
        elif not placed:
            kept.append(changing[0].part.text.strip() + ";")
            placed = True
    return tuple(kept) if placed else ()


def _reason(stopped: Stopped | None, merged: Merged, reached: Catalog) -> str:
    if stopped:
        return stopped.failure.message
    found = deviations(merged, reached)
    return f"as written it would undo what is there already: {found[0].at} {found[0].attribute}".rstrip()


def _with_unsupported(stuck: Stuck, group: _Group) -> Stuck:
    named = _planned(group.catalog, group.merged).unsupported
    return Stuck(stuck.unit, f"{stuck.reason}; not planned: {', '.join(named)}") if named else stuck


def _sentence(text: str) -> str:
    return " ".join(text.split()).rstrip(".") + "."
