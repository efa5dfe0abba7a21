"""Routines whose SQL text Postgres would refuse when it is made, as it stands on something that is not there.

Postgres looks at the text once, when a routine is made (manual, `check_function_bodies`);
a table that it reads may go later. To get there again, a plan turns that look off.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from schemata.catalog import Address, Catalog, CatalogObject, Column, Function, Kind
from schemata.plan.values import PlannedStatement

_RELATIONS = (Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.FOREIGN_TABLE, Kind.SEQUENCE)
_BUILTIN = ("pg_", "information_schema")


class Bodies:
    """`is_made` says of an address, after, whether the plan makes it."""

    def __init__(self, after: Catalog, is_made: Callable[[Address], bool]) -> None:
        self._after = after
        self._is_made = is_made

    def unchecked(self, statement: PlannedStatement, found: CatalogObject) -> Iterator[PlannedStatement]:
        """The statement that makes or replaces `found`, its text not looked at where that could be refused."""
        is_doubtful = isinstance(found, Function) and self._may_be_refused(found)
        if is_doubtful:
            yield PlannedStatement("SET check_function_bodies TO off;", found.address)
        yield statement
        if is_doubtful:
            yield PlannedStatement("RESET check_function_bodies;", found.address)

    def _may_be_refused(self, found: Function) -> bool:
        """Where unsure, yes: not to look is no harm, as the text is one that somebody's database has."""
        if found.language != "sql" or found.parsed:
            return False
        from pglast import parser

        from schemata.statements.effects import walk

        try:
            nodes = [node for each in parser.parse_sql(found.body) for node in walk(each.stmt)]
        except parser.ParseError:
            return True
        by_sort: dict[str, list[Any]] = {}
        for node in nodes:
            by_sort.setdefault(type(node).__name__, []).append(node)
        return not (self._are_there(by_sort, found) and self._are_known(by_sort, found))

    def _are_there(self, nodes: dict[str, list[Any]], found: Function) -> bool:
        """Relations, and functions that can be told apart and are not made at the same time, in whatever order."""
        apart = {each.ctename for each in nodes.get("CommonTableExpr", ())}
        called = {each.funcname[-1].sval for each in nodes.get("FuncCall", ())}
        relations = ((each.schemaname or "", each.relname) for each in nodes.get("RangeVar", ()))
        return called.isdisjoint(self._unsure_routines) and all(
            name in apart or self._stands(schema, name, found) for schema, name in relations
        )

    def _are_known(self, nodes: dict[str, list[Any]], found: Function) -> bool:
        """Columns: of the relations that the text names, of its own, or arguments. What `*` stands for changes."""
        read = {each.relname for each in nodes.get("RangeVar", ())}
        known = {name for relation in read for name in self._columns.get(relation, ())} | read
        known |= {each.aliasname for each in nodes.get("Alias", ())}
        known |= {each.name for each in nodes.get("ResTarget", ()) if each.val and each.name}
        known |= set(found.arguments.replace(",", " ").replace('"', " ").split()) | {found.name}
        fields = (each.fields[-1] for each in nodes.get("ColumnRef", ()))
        targets = (each for each in nodes.get("ResTarget", ()) if each.val is None)
        return all(getattr(each, "sval", None) in known for each in fields) and all(
            each.name is None or each.name in known for each in targets
        )

    def _stands(self, schema: str, name: str, found: Function) -> bool:
        if (schema or name).startswith(_BUILTIN):
            return True
        places = (schema,) if schema else _path(found)
        return any(
            Address(kind, place, name) in self._after.objects for place in places for kind in _RELATIONS
        )

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        columns: dict[str, set[str]] = {}
        for at, each in self._after.objects.items():
            if isinstance(each, Column):
                columns.setdefault(at.parent, set()).add(at.name)
        return columns

    @cached_property
    def _unsure_routines(self) -> frozenset[str]:
        """Those that the plan makes, and names that several have."""
        routines = [each for each in self._after.objects.values() if isinstance(each, Function)]
        times = Counter(each.name for each in routines)
        return frozenset(
            each.name for each in routines if times[each.name] > 1 or self._is_made(each.address)
        )


def _path(found: Function) -> tuple[str, ...]:
    """Where names without a schema are looked for: as the routine says itself, else in the usual schema."""
    settings = dict(each.partition("=")[::2] for each in found.settings)
    if "search_path" not in settings:
        return ("public",)
    return tuple(each.strip().strip('"') for each in settings["search_path"].split(","))
