"""What a branch touches and uses, by name: two branches whose footprints do not meet need no merge to be run.

Read from what the branch did to the catalog (by identity), from the statements of its
migrations, and from what these reach on their way: foreign keys that cascade, triggers,
the text of routines. Names are bare, without schema and kind, so that what is told by a
word and what is told by the catalog are one. Too much in a footprint costs a merge that
says "clean"; too little would hide a collision, so what can't be told is `everything`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemata.catalog import Catalog, CatalogObject, EventTrigger, Kind
from schemata.history import Migration
from schemata.merge.reach import Deed, Reach, Unclear, addresses_in, name_of, names_taken
from schemata.merge.sides import Side, read_side
from schemata.statements import Statement, Verb, changes_data, writes
from schemata.statements.names import Names, names_of


@dataclass(frozen=True, slots=True)
class Footprint:
    """`written` are names of what the branch makes, changes, drops or fills, `used` of what it needs as it is.

    `everything`, where not empty, says why it can't be told: it meets all others.
    """

    written: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    everything: str = ""

    def meets(self, other: "Footprint") -> bool:
        """Whether one of both writes what the other writes or uses."""
        if self.everything or other.everything:
            return True
        return not (
            self.written.isdisjoint(other.written)
            and self.written.isdisjoint(other.used)
            and self.used.isdisjoint(other.written)
        )

    @property
    def marks(self) -> tuple[str, ...]:
        """The footprint as one list to keep, of which `sought` of another one says what to look for."""
        return (*(f"+{name}" for name in sorted(self.written)), *(f"={name}" for name in sorted(self.used)))

    @property
    def sought(self) -> tuple[str, ...]:
        """Marks of which another footprint that meets this one has at least one."""
        both = (f"{mark}{name}" for name in sorted(self.written) for mark in "+=")
        return (*both, *(f"+{name}" for name in sorted(self.used - self.written)))


def footprint(
    fork: Catalog,
    head: Catalog,
    migrations: Sequence[Migration],
    renamed: Mapping[str, str] | None = None,
) -> Footprint:
    """The footprint of a branch: `migrations` lead from `fork`, where it left the trunk, to `head`, a clone of it.

    `renamed` are new names by old ones that the trunk gave since: other branches may
    speak of the same thing by either.
    """
    tracing = _Tracing(fork, head)
    try:
        tracing.catalogs()
        for migration in migrations:
            tracing.migration(migration)
    except Unclear as found:
        return Footprint(everything=str(found))
    return tracing.found(renamed or {})


# Kinds whose changes stay with what they name. Of any other one, who knows what hangs on it.
_NEAR = frozenset(
    {
        Kind.SCHEMA, Kind.TABLE, Kind.FOREIGN_TABLE, Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX,
        Kind.SEQUENCE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE,
        Kind.ATTRIBUTE, Kind.RANGE, Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.TRIGGER,
        Kind.RULE, Kind.POLICY, Kind.STATISTICS,
    }
)  # fmt: skip


_ROUTINES = frozenset({Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE})


@dataclass
class _Tracing:
    fork: Catalog
    head: Catalog
    written: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.reach = Reach((self.fork, self.head))

    def catalogs(self) -> None:
        """What the branch did to the schema."""
        side = read_side(self.fork, self.head)
        changed = [*_versions(side)]
        for found in changed:
            if found.address.kind not in _NEAR:
                raise Unclear(f"it changes {found.address}")
        if any(at.kind is Kind.SCHEMA for at in side.dropped) or _renames_a_schema(side):
            raise Unclear("it drops or renames a schema")
        if changed and any(isinstance(each, EventTrigger) for each in self.fork.objects.values()):
            raise Unclear("event triggers run on what it does")
        for found in changed:
            self._changed(found)

    def _changed(self, found: CatalogObject) -> None:
        needed = {*addresses_in(found)}
        for catalog in (self.fork, self.head):
            needed |= {*catalog.dependencies.get(found.address, ())}
        self.written |= names_taken(found) | {name_of(at) for at in getattr(found, "parents", ())}
        self.used |= {name_of(at) for at in needed}
        routines = {name_of(at) for at in needed if at.kind in _ROUTINES}
        self.used |= self.reach.around(routines | self.reach.known_in(getattr(found, "body", "")))

    def migration(self, migration: Migration) -> None:
        if migration.split_errors:
            raise Unclear(f"{migration.name} can't be cut into statements")
        self.written.add(f"migration {migration.name}")
        for statement in migration.statements:
            if statement.text.strip():
                self._statement(statement)

    def _statement(self, statement: Statement) -> None:
        names = names_of(statement)
        if names.unclear:
            raise Unclear(f"it has {names.unclear}")
        known = self.reach.known_in(statement.text)
        self.written |= names.subjects - self.reach.schemas
        self.used |= names.mentioned | known
        if changes_data(statement):
            changes = self.reach.of_rows(self._deeds(statement, names, known), known)
            self.written |= changes.written
            self.used |= changes.used

    def _deeds(self, statement: Statement, names: Names, known: Collection[str]) -> dict[str, Deed]:
        """Whose rows a statement writes, and how; of a query and of a long statement all that it names."""
        if statement.kind == "SelectStmt":
            self._refuse_unknown(names.called)
        if statement.kind == "SelectStmt" or not names.mentioned:
            return dict.fromkeys(known, Deed.FILL)
        deeds = dict.fromkeys(names.filled, Deed.FILL)
        for write in writes(statement):
            if write.verb is Verb.DELETE or write.verb is Verb.UNTOLD:
                deeds |= dict.fromkeys((write.table,) if write.table else names.filled, Deed.REMOVE)
            elif write.verb is Verb.UPDATE and self.reach.is_key(write.table, write.columns):
                deeds[write.table] = Deed.REMOVE if deeds[write.table] is Deed.REMOVE else Deed.REKEY
        return deeds

    def _refuse_unknown(self, called: Iterable[str]) -> None:
        unknown = sorted(set(called) - self.reach.names.keys() - _PLAIN_CALLS)
        if unknown:
            raise Unclear(f"it calls {unknown[0]}, of which it can't be told what it does")

    def found(self, renamed: Mapping[str, str]) -> Footprint:
        for names in (self.written, self.used):
            names |= {new for old, new in renamed.items() if old in names}
        return Footprint(frozenset(self.written), frozenset(self.used))


# What a query may call to move a sequence or to tell others, and what it computes the value with.
_PLAIN_CALLS = frozenset(
    {
        "setval", "nextval", "currval", "pg_get_serial_sequence", "max", "min", "count", "coalesce", "greatest",
        "least", "now", "pg_notify", "pg_advisory_lock", "pg_advisory_xact_lock", "pg_advisory_unlock", "lower",
        "upper",
    }
)  # fmt: skip


def _versions(side: Side) -> Iterator[CatalogObject]:
    """Everything that the side touched, as it was and as it is."""
    yield from side.added.values()
    yield from side.dropped.values()
    for pair in side.pairs.values():
        yield from (pair.before, pair.after)


def _renames_a_schema(side: Side) -> bool:
    moved = (pair for pair in side.pairs.values() if pair.before.address.kind is Kind.SCHEMA)
    return any(pair.before.address != pair.after.address for pair in moved)


def renamed_between(before: Catalog, after: Catalog) -> dict[str, str]:
    """New names by old ones of what was renamed between two catalogs of one origin."""
    pairs = read_side(before, after).pairs.values()
    names = ((name_of(pair.before.address), name_of(pair.after.address)) for pair in pairs)
    return {old: new for old, new in names if old != new}
