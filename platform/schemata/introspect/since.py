"""The reading of a clone: what changed since its template was read is read again, the rest is the template's."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from psycopg import Connection, sql

from schemata.catalog import Address, Catalog, CatalogObject, Identity
from schemata.catalog.collector import collector_paused
from schemata.catalog.edges import Edges
from schemata.catalog.overlay import IdentitiesOver, ObjectsOver
from schemata.introspect.asking import Connected, Session
from schemata.introspect.building import Types, build_relations, names_after
from schemata.introspect.changed import Changed, EdgesBefore, Following, Unclear
from schemata.introspect.dependencies import Dependencies, DependenciesSince, Resolver
from schemata.introspect.draft import Draft, Entry
from schemata.introspect.fetch import Rows, text_of
from schemata.introspect.names import CLASS_OF, Names
from schemata.introspect.reading import Reading
from schemata.introspect.session import pinned
from schemata.introspect.stock import Stock
from schemata.introspect.types import KINDS

# What one reading adds to the last one's edges is told apart; where that was done so often, all are resolved anew.
DEEPEST = 8
# The column that says which object a row is of, by query; all but the last few give rows of relations.
OF_RELATIONS = {
    "relations": "oid",
    "columns": "attrelid",
    "indexes": "indrelid",
    "constraints": "conrelid",
    "sequences": "seqrelid",
    "views": "oid",
    "triggers": "tgrelid",
    "rules": "ev_class",
    "policies": "polrelid",
}
OF_TYPES = {"types": "oid", "enum_values": "enumtypid"}
# What is not the database's own, and small: it is compared row by row, in the order of their oids.
SHARED = ("settings", "roles", "other/user_mappings", "other/subscriptions", "other/database_settings")
INDEXES = sql.SQL(
    "select i.indexrelid from pg_catalog.pg_index i where i.indrelid = any(%(oids)s::pg_catalog.oid[])"
)
COLLATIONS = sql.SQL(
    "select c.oid, c.collname, c.collnamespace from pg_catalog.pg_collation c where c.oid in "
    "(select a.attcollation from pg_catalog.pg_attribute a where a.attrelid = any(%(oids)s::pg_catalog.oid[])"
    " union select t.typcollation from pg_catalog.pg_type t where t.oid = any(%(types)s::pg_catalog.oid[]))"
)


def read_since(connection: "Connection[Any]", before: Reading, since: str) -> Reading | None:
    """Read a database that was cloned from the one that `before` was read of; None: it must be read whole.

    `since` is a transaction id of the server (pg_current_snapshot's xmax, modulo 2^32, as text) that was
    taken when nothing had been done yet in the clone. The result equals that of `read`, and holds the
    template's own objects where they did not change. Raises psycopg's errors.
    """
    if before.stock is None:
        return None
    with pinned(connection):
        return read_since_in(Connected(connection), before, since)


def read_since_in(
    session: Session, before: Reading, since: str, written: frozenset[str] | None = None
) -> Reading | None:
    """As `read_since`, in a session that stands in a database that was cloned so, and sees all that was done there.

    `written`: the only catalogs that anything may have been written to (`introspect.written`), where that is known.
    """
    if before.stock is None:
        return None
    with collector_paused():
        try:
            return _Since(session, before, before.stock).read(since, written)
        except Unclear:
            return None


class _Since:
    def __init__(self, session: Session, before: Reading, stock: Stock) -> None:
        self._session = session
        self._before = before
        self._stock = stock

    def read(self, since: str, written: frozenset[str] | None) -> Reading:
        shared = {query: self._session.send(_text(query)) for query in SHARED}
        following = Following(self._session, self._stock, since, written)
        following.send()
        for query, cursor in shared.items():
            if cursor.fetchall() != self._before.kept[query]:
                raise Unclear(query)
        edges = EdgesBefore(self._before.kept["dependencies"], self._session)
        changed = following.look(self._before.kept["comments"], self._before.names.comments, edges)
        return self._after(changed)

    def _after(self, changed: Changed) -> Reading:
        before = self._before
        if not (changed.relations or changed.types or changed.routines):
            kept = {**before.kept, "comments": changed.comments, "dependencies": changed.edges.rows}
            catalog = self._with_edges(before.catalog, changed, before.addresses, before.names)
            return replace(before, catalog=catalog, kept=kept, stock=changed.stock)
        rows = self._rows(changed)
        types = self._types(rows["types"], changed.types)
        names = names_after(rows, before.names, changed.relations)
        draft = Draft()
        build_relations(rows, rows["relations"], types, names, draft)
        self._must_be_called_the_same(draft, changed)
        addresses = {**before.addresses, **draft.addresses}
        catalog = self._with_edges(self._merged(draft, changed, types), changed, addresses, names)
        kept = {query: rows[query] for query in before.kept} | {"types": types.known}
        return Reading(catalog, names, kept, addresses, changed.stock)

    def _with_edges(
        self,
        catalog: Catalog,
        changed: Changed,
        addresses: Mapping[tuple[int, int], Address],
        names: Names,
    ) -> Catalog:
        dependencies = self._dependencies(changed, addresses, names)
        found = Catalog(catalog.objects, catalog.identities, dependencies, catalog.postgres)
        apart = catalog.apart if catalog is not self._before.catalog else frozenset()
        return found.known_to_share(self._before.catalog, apart)

    def _dependencies(
        self, changed: Changed, addresses: Mapping[tuple[int, int], Address], names: Names
    ) -> Edges:
        resolver = Resolver(addresses, names.columns)
        before, edges = self._before.catalog.dependencies, changed.edges
        if not isinstance(before, Dependencies | DependenciesSince) or before.depth == DEEPEST:
            return Dependencies(edges.rows, resolver)
        if self._renames_columns(changed, names):
            return Dependencies(edges.rows, resolver)
        return DependenciesSince(before, edges.gone, edges.fresh, resolver)

    def _renames_columns(self, changed: Changed, names: Names) -> bool:
        """Then what was not touched needs the same columns under other names."""
        before = self._before.names.columns
        return any(
            names.columns[oid].get(number, name) != name
            for oid in changed.relations & before.keys() & names.columns.keys()
            for number, name in before[oid].items()
        )

    def _rows(self, changed: Changed) -> dict[str, Rows]:
        """Rows of what changed, and of what is small or did not change at all, as they were."""
        relations, types = sorted(changed.relations), sorted(changed.types)
        indexes = [oid for (oid,) in self._session.send(INDEXES, {"oids": relations}).fetchall()]
        self._must_stand_alone({*relations, *indexes})
        values = {"oids": [*relations, *indexes], "types": types}
        cursors = {query: self._send(query, of, values["oids"]) for query, of in OF_RELATIONS.items()}
        cursors |= {query: self._send(query, of, types) for query, of in OF_TYPES.items()}
        cursors["functions"] = self._send("functions", "oid", sorted(changed.routines))
        of_domains = self._send("constraints", "contypid", types)
        collations = self._session.send(COLLATIONS, values)
        rows = dict(self._before.kept)
        rows |= {query: cursor.fetchall() for query, cursor in cursors.items()}
        rows["constraints"] += of_domains.fetchall()
        rows["collations"] = rows["collations"] + collations.fetchall()
        rows["comments"], rows["dependencies"] = changed.comments, changed.edges.rows
        return rows

    def _send(self, query: str, of: str, oids: list[int]) -> Any:
        text = sql.SQL("select q.* from ({}) q where q.{} = any(%(oids)s::pg_catalog.oid[])")
        return self._session.send(text.format(_text(query), sql.Identifier(of)), {"oids": oids})

    def _must_stand_alone(self, oids: set[int]) -> None:
        """Parts of partitions and of children speak of their parents' parts, which are not all at hand."""
        for child, parent, _ in self._before.kept["inheritance"]:
            if child in oids or parent in oids:
                raise Unclear("inheritance")

    def _types(self, rows: Rows, wanted: frozenset[int]) -> Types:
        known = self._before.kept["types"]
        if {row[0] for row in known} & wanted - {row[0] for row in rows}:
            raise Unclear("a type is gone")
        return Types([*(row for row in known if row[0] not in wanted), *rows], rows)

    def _must_be_called_the_same(self, draft: Draft, changed: Changed) -> None:
        """Oids within constants show as names, and nothing tells where these are."""
        before = self._before.addresses
        for key, at in draft.addresses.items():
            if key[1] and key[0] != CLASS_OF["pg_attrdef"] and before.get(key, at) != at:
                raise Unclear(f"{before[key]} is called {at}")
        for origin, oids in (("pg_class", changed.relations), ("pg_proc", changed.routines)):
            keys = {(CLASS_OF[origin], oid) for oid in oids}
            if any(key in before and key not in draft.addresses for key in keys):
                raise Unclear("something is gone")

    def _merged(self, draft: Draft, changed: Changed, types: Types) -> Catalog:
        before = self._before.catalog
        fresh = {at: (found, whose) for at, found, whose in map(self._shared, draft.entries())}
        gone = {
            part.address
            for owner in self._owners(changed, types, draft)
            for part in before.children.get(owner, ())
            if part.address not in fresh
        }
        apart = {at for at, entry in fresh.items() if not self._is_known(at, *entry)}
        objects = ObjectsOver(before.objects, {at: fresh[at][0] for at in apart}, gone)
        identities = IdentitiesOver(objects, before.identities, {at: fresh[at][1] for at in apart}, gone)
        return Catalog(objects, identities, postgres=before.postgres).near(before, frozenset(apart | gone))

    def _is_known(self, at: Address, found: CatalogObject, whose: Identity) -> bool:
        before = self._before.catalog
        return before.objects.get(at) is found and before.identities.get(at) is whose

    def _owners(self, changed: Changed, types: Types, draft: Draft) -> Iterable[Address]:
        """Whatever may have parts, of what was read again."""
        for oid in changed.relations:
            at = draft.addresses.get((CLASS_OF["pg_class"], oid))
            if at is not None:
                yield at
        for row in types.wanted:
            yield Address(KINDS[row[5]], self._before.names.schemas[row[2]], row[1])

    def _shared(self, entry: Entry) -> Entry:
        at, found, whose = entry
        before = self._before.catalog
        was, who = before.objects.get(at), before.identities.get(at)
        return at, was if was == found and was is not None else found, who if who == whose and who else whose


def _text(query: str) -> sql.SQL:
    return sql.SQL(text_of(query).decode())
