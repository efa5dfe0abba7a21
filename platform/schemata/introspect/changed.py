"""From the stock of a template to what became of it in a clone: which relations, types and functions to read again.

The law: a row that a catalog query gives is made of rows of the system catalogs,
its object's own and those of objects that it names. If none of them changed, the
row is as it was. Objects that name others are found by pg_depend. What pg_depend
does not record (oids within constants) can only change its text where something
is renamed or goes, so either is a reason to read all anew, as is a change of
anything that is not followed here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from psycopg import sql

from schemata.introspect.asking import Answer, Session
from schemata.introspect.fetch import Rows, text_of
from schemata.introspect.names import CLASS_OF
from schemata.introspect.stock import (
    BESIDE,
    COUNTED,
    KEYED,
    PLAIN,
    Stock,
    keys_of,
    table,
)

MOST = 4000
FIRST_NORMAL_OID = 16384
# In a query of its own, the second age is asked for once and not for every row.
NEW = sql.SQL("pg_catalog.age(c.xmin) <= (select pg_catalog.age(%(since)s::pg_catalog.xid))")
# Rows that speak of an object: in which catalog, in which column, and where that object stands.
PARTS = (
    ("pg_attribute", "attrelid", "pg_class"),
    ("pg_index", "indrelid", "pg_class"),
    ("pg_sequence", "seqrelid", "pg_class"),
    # Storage parameters of a TOAST table are its table's.
    ("pg_class", "oid", "pg_class"),
    ("pg_enum", "enumtypid", "pg_type"),
    # A constraint says whether somebody disabled its triggers.
    ("pg_trigger", "tgconstraint", "pg_constraint"),
)
# What others may name; the rest of what is followed belongs to one relation and is named by nothing.
NAMED = ("pg_class", "pg_proc", "pg_constraint", "pg_type")
# What the closure may lead to: these are read again, or are part of what is.
FOLLOWED = frozenset(
    CLASS_OF[each] for each in (*NAMED, "pg_attrdef", "pg_trigger", "pg_policy", "pg_rewrite")
)
Object = tuple[int, int]
Comments = Mapping[Object, Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Changed:
    """What to read again, by oid, and the stock as it is now.

    `edges` and `comments` are those of all objects, as their queries give them.
    """

    relations: frozenset[int]
    types: frozenset[int]
    routines: frozenset[int]
    edges: "EdgesNow"
    comments: Rows
    stock: Stock


class Unclear(Exception):
    """What changed can't be followed; all must be read anew."""


class Following:
    """One look at a clone. `since`: no transaction that worked in it is older than this one.

    `written`: the only catalogs that anything may have been written to, where that is known.
    """

    def __init__(
        self, session: Session, before: Stock, since: str, written: frozenset[str] | None = None
    ) -> None:
        self._session = session
        self._before = before
        self._written = written
        self._values = {"since": since}
        self._relations: set[int] = set()
        self._types: set[int] = set()
        self._touched: set[Object] = set()

    def send(self) -> None:
        """Ask; `look` waits for the answers."""
        self._counts = [self._send(_counts(found)) for found in [self._may_be_new(*PLAIN, *COUNTED)] if found]
        self._beside = {each: self._send(BESIDE[each]) for each in self._may_be_new(*BESIDE)}
        keyed = self._may_be_new(*KEYED)
        self._keys = {catalog: self._send(_new_keys(catalog)) for catalog in keyed}
        self._key_totals = {catalog: self._send(_total(catalog)) for catalog in keyed}
        self._parts = {each: self._send(_new_parts(*each)) for each in PARTS if self._may_be_new(each[0])}
        self._new_types = [self._send(NEW_TYPES) for _ in self._may_be_new("pg_type")]
        self._new_edges = [self._send(NEW_EDGES) for _ in self._may_be_new("pg_depend")]
        self._comments = [self._send(_query("comments")) for _ in self._may_be_new("pg_description")]

    def _may_be_new(self, *catalogs: str) -> tuple[str, ...]:
        """Those of the catalogs in which rows may be other than they were."""
        return tuple(each for each in catalogs if self._written is None or each in self._written)

    def look(self, comments: Rows, described: Comments, edges: "EdgesBefore") -> Changed:
        """`comments` are the rows of the template, `described` the same by object, `edges` its edges.

        Raises Unclear.
        """
        counted = {catalog: (total, 0) for catalog, total in self._before.totals.items()}
        counted |= {catalog: (total, new) for catalog, total, new in _rows(self._counts)}
        self._must_be_as_they_were(counted)
        found = {
            catalog: self._follow_keys(catalog, cursor.fetchall(), self._key_totals[catalog].fetchone())
            for catalog, cursor in self._keys.items()
        }
        for (catalog, _, origin), cursor in self._parts.items():
            self._follow_part(catalog, origin, cursor.fetchall())
        self._follow_types(_rows(self._new_types))
        new_edges = self._follow_edges(_rows(self._new_edges), counted["pg_depend"], edges)
        if self._comments:
            comments = _rows(self._comments)
            self._follow_comments(comments, described)
        totals = {each: total for each, (total, _) in counted.items()}
        stock = Stock(totals, self._before.beside, {**self._before.keys, **found})
        return self._closed(new_edges, comments, stock)

    def _send(self, query: sql.SQL | sql.Composed) -> Any:
        return self._session.send(query, self._values)

    def _must_be_as_they_were(self, counted: Mapping[str, tuple[int, int]]) -> None:
        before = self._before
        for catalog in PLAIN:
            if counted[catalog] != (before.totals[catalog], 0):
                raise Unclear(catalog)
        if counted["pg_seclabel"][0]:
            raise Unclear("security labels, which name columns")
        for catalog in ("pg_type", "pg_enum"):
            total, new = counted[catalog]
            if total - new != before.totals[catalog]:
                raise Unclear(catalog)
        if any(found.fetchall() != before.beside[each] for each, found in self._beside.items()):
            raise Unclear("members of extensions, what stands in pg_catalog, or disabled foreign keys")
        if before.beside["pg_trigger"] != [(0,)]:
            raise Unclear("disabled foreign keys")

    def _follow_keys(self, catalog: str, new: Rows, total: tuple[Any, ...] | None) -> Mapping[int, int]:
        """The keys as they are now; what is new or changed is noted, and what is gone."""
        _few(new)
        before, found = self._before.keys[catalog], dict[int, int](new)
        keys = {**before, **found} if found else before
        if total != (len(keys),):
            keys = self._without_gone(catalog, keys)
        self._note(catalog, found)
        return keys

    def _without_gone(self, catalog: str, keys: Mapping[int, int]) -> Mapping[int, int]:
        if catalog in ("pg_class", "pg_proc"):
            raise Unclear(f"something of {catalog} is gone")
        now = dict(self._send(keys_of(catalog)).fetchall())
        if not now.keys() <= keys.keys():
            raise Unclear(catalog)
        self._relations |= self._known(keys[oid] for oid in keys.keys() - now.keys())
        return now

    def _note(self, catalog: str, found: Mapping[int, int]) -> None:
        if any(oid < FIRST_NORMAL_OID for oid in found):
            raise Unclear(f"what the server brought changed in {catalog}")
        if catalog in NAMED:
            self._touched |= {(CLASS_OF[catalog], oid) for oid in found}
        if KEYED[catalog] != "0":
            self._relations |= self._known(found.values())

    def _known(self, relations: Iterable[int]) -> set[int]:
        """Relations that rows belong to; what belongs to a domain instead is not followed."""
        wanted = set(relations)
        if 0 in wanted:
            raise Unclear("a constraint of a domain")
        return wanted

    def _follow_part(self, catalog: str, origin: str, rows: Rows) -> None:
        _few(rows)
        owners = {oid for (oid,) in rows}
        if any(oid < FIRST_NORMAL_OID for oid in owners):
            raise Unclear(f"what the server brought changed in {catalog}")
        if catalog == "pg_enum":
            # Nothing but the type itself shows its values: constants hold the very value.
            self._types |= owners
        else:
            self._touched |= {(CLASS_OF[origin], oid) for oid in owners}

    def _follow_types(self, rows: Rows) -> None:
        """Types may be added, but for those that are kept as lists of attributes."""
        _few(rows)
        for oid, is_kept_as_attributes in rows:
            if is_kept_as_attributes or oid < FIRST_NORMAL_OID:
                raise Unclear("a base type")
            self._types.add(oid)

    def _follow_edges(self, rows: Rows, counted: tuple[int, int], before: "EdgesBefore") -> "EdgesNow":
        """The edges as they are now. Whom a sequence belongs to is told by nothing else."""
        _few(rows)
        total, new = counted
        if any(kind in ("e", "x") for *_, kind in rows):
            raise Unclear("members of extensions")
        objects = frozenset((origin, oid) for origin, oid, _ in rows)
        if total - new == self._before.totals["pg_depend"]:
            edges = before.with_those_of(objects)
        else:
            edges = before.anew()
            objects |= {(row[0], row[1]) for row in edges.gone}
        self._touched |= {each for each in objects if each[0] == CLASS_OF["pg_class"]}
        return edges

    def _follow_comments(self, rows: Rows, before: Comments) -> None:
        now: dict[Object, dict[int, str]] = {}
        for origin, oid, part, text in rows:
            now.setdefault((origin, oid), {})[part] = text
        changed = {at for at in now.keys() | before.keys() if now.get(at) != before.get(at)}
        if not {origin for origin, _ in changed} <= FOLLOWED:
            raise Unclear("a comment")
        self._touched |= changed

    def _closed(self, edges: "EdgesNow", comments: Rows, stock: Stock) -> Changed:
        relations, types, routines = set(self._relations), set(self._types), set()
        touched = sorted(self._touched | {(CLASS_OF["pg_class"], oid) for oid in relations})
        values = {"origins": [origin for origin, _ in touched], "oids": [oid for _, oid in touched]}
        rows = self._session.send(_closure(), values).fetchall()
        _few(rows)
        for origin, oid, relation, of_type in rows:
            if origin not in FOLLOWED:
                raise Unclear(f"what depends on it is in catalog {origin}")
            if relation:
                relations.add(relation)
            if of_type:
                types.add(of_type)
            if origin == CLASS_OF["pg_proc"]:
                routines.add(oid)
        return Changed(frozenset(relations), frozenset(types), frozenset(routines), edges, comments, stock)


@dataclass(frozen=True, slots=True)
class EdgesNow:
    """What the query for dependencies gives now: of the rows before, these are `gone`, and these are `fresh`."""

    rows: Rows
    gone: Rows
    fresh: Rows


@dataclass(frozen=True, slots=True)
class EdgesBefore:
    """What the query for dependencies gave of the template, and a session in the clone."""

    rows: Rows
    session: Session

    def with_those_of(self, objects: frozenset[Object]) -> EdgesNow:
        """The rows, with those of `objects` as they are now."""
        if not objects:
            return EdgesNow(self.rows, [], [])
        query = sql.SQL("select q.* from ({}) q where q.objid = any(%(oids)s::pg_catalog.oid[])")
        values = {"oids": sorted({oid for _, oid in objects})}
        now = self.session.send(query.format(_query("dependencies")), values).fetchall()
        kept = [row for row in self.rows if (row[0], row[1]) not in objects]
        gone = [row for row in self.rows if (row[0], row[1]) in objects]
        fresh = [row for row in now if (row[0], row[1]) in objects]
        return EdgesNow(kept + fresh, gone, fresh)

    def anew(self) -> EdgesNow:
        """All rows as they are now."""
        now = self.session.send(_query("dependencies")).fetchall()
        were, are = set(self.rows), set(now)
        return EdgesNow(now, list(were - are), list(are - were))


def _query(name: str) -> sql.SQL:
    """No catalog query holds a per cent sign that a parameter could be read into."""
    return sql.SQL(text_of(name).decode())


def _few(rows: Rows) -> None:
    if len(rows) > MOST:
        raise Unclear("too much changed for following it to be quicker")


def _limited(query: sql.Composable) -> sql.Composed:
    return query + sql.SQL(" limit {}").format(MOST + 1)


def _rows(asked: Iterable[Answer]) -> Rows:
    return [row for each in asked for row in each.fetchall()]


def _counts(catalogs: Iterable[str]) -> sql.Composed:
    counts = (
        sql.SQL("select {}, count(*), count(*) filter (where {}) from {} c").format(
            catalog, NEW, table(catalog)
        )
        for catalog in catalogs
    )
    return sql.SQL(" union all ").join(counts)


def _new_keys(catalog: str) -> sql.Composed:
    return _limited(keys_of(catalog, NEW))


def _total(catalog: str) -> sql.Composed:
    return sql.SQL("select count(*) from ({}) k").format(keys_of(catalog))


def _new_parts(catalog: str, column: str, _: str) -> sql.Composed:
    owner = sql.Identifier("c", column)
    return _limited(
        sql.SQL("select distinct {0} from {1} c where {0} <> 0 and {2}").format(owner, table(catalog), NEW)
    )


NEW_TYPES = _limited(
    sql.SQL(
        "select c.oid, c.typtype not in ('c', 'e', 'd')"
        " and not exists (select from pg_catalog.pg_type e where e.typarray = c.oid)"
        " from pg_catalog.pg_type c where "
    )
    + NEW
)
NEW_EDGES = _limited(sql.SQL("select c.classid, c.objid, c.deptype from pg_catalog.pg_depend c where ") + NEW)


def _closure() -> sql.SQL:
    return sql.SQL(files(__package__).joinpath("closure.sql").read_text())
