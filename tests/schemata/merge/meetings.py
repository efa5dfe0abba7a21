"""Two scripts that meet on a real schema, for each kind of conflict and for twins that only look like one.

`meetings(catalog)` chooses tables, columns, enums and keys of the schema in a fixed
order, so that the same schema always gives the same meetings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from schemata.catalog import Address, Catalog, Column, Constraint, Enum, Kind, Table
from schemata.render.names import literal, name, qualified

Told = tuple[str, str, str]


@dataclass(frozen=True)
class Meeting:
    """`expected` are kind, object and attribute of each conflict; `setup` comes before both sides."""

    title: str
    ours: str
    theirs: str
    expected: tuple[Told, ...] = ()
    setup: str = ""


def meetings(catalog: Catalog, each: int = 3) -> Iterator[Meeting]:
    """Every meeting that the schema has the objects for, each kind on so many tables, columns..."""
    chosen = _Chosen(catalog)
    for column in islice(chosen.free_columns(), each):
        yield from _of_column(column)
    for table in islice(chosen.free_tables(), each):
        yield from _of_table(table)
    for table in islice(chosen.keyed_tables(), each):
        yield from _of_any_table(table)
    for column in islice(chosen.plain_defaults(), each):
        yield from _of_default(column)
    for enum in islice(chosen.enums(), each):
        yield from _of_enum(enum)
    yield from _of_new_things()


class _Chosen:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._needed: dict[Address, set[Address]] = {}
        for user, needed in catalog.dependencies.items():
            for at in needed:
                self._needed.setdefault(at, set()).add(user)

    def tables(self) -> Iterator[Table]:
        for found in self._catalog.objects.values():
            if isinstance(found, Table) and found.address.kind == Kind.TABLE and _is_plain(found):
                yield found

    def columns(self, table: Table) -> list[Column]:
        return [part for part in self._catalog.children.get(table.address, ()) if isinstance(part, Column)]

    def free_columns(self) -> Iterator[Column]:
        """Columns of plain types that nothing needs; one a table."""
        for table in self.tables():
            for column in self.columns(table):
                is_plain = column.type in ("text", "integer") or column.type.startswith("character varying")
                if (
                    is_plain
                    and not (column.generated or column.identity)
                    and column.address not in self._needed
                ):
                    yield column
                    break

    def plain_defaults(self) -> Iterator[Column]:
        """Columns with a default that may be null."""
        for table in self.tables():
            for column in self.columns(table):
                if column.default and not column.not_null and not column.generated:
                    yield column
                    break

    def free_tables(self) -> Iterator[Table]:
        """Tables that nothing outside needs."""
        for table in self.tables():
            mine = {table.address, *(part.address for part in self._catalog.children.get(table.address, ()))}
            users = {user for at in mine for user in self._needed.get(at, ())}
            if all(
                (user.schema, user.parent) == (table.address.schema, table.address.name) for user in users
            ):
                yield table

    def keyed_tables(self) -> Iterator[tuple[Table, Column]]:
        """Tables with a primary key of one column."""
        for table in self.tables():
            for part in self._catalog.children.get(table.address, ()):
                if isinstance(part, Constraint) and part.type == "primary key" and len(part.columns) == 1:
                    at = Address(Kind.COLUMN, table.address.schema, part.columns[0], table.address.name)
                    key = self._catalog.objects[at]
                    if isinstance(key, Column):
                        yield table, key

    def enums(self) -> Iterator[Enum]:
        for found in self._catalog.objects.values():
            if isinstance(found, Enum) and len(found.values) > 1:
                yield found


def _is_plain(table: Table) -> bool:
    return not (table.parents or table.partition_key or table.of_type)


def _routine(query: str) -> str:
    body = f"begin return ({query}); end"
    return f"create function public.braid_f() returns bigint language plpgsql as $${body}$$"


def _place(at: Address) -> str:
    return f"{name(at.schema)}.{name(at.parent)}"


def _of_column(column: Column) -> Iterator[Meeting]:
    at = column.address
    table, it, told = _place(at), name(at.name), str(at)
    alter = f"alter table {table} alter column {it}"
    one, two = ("1", "2") if column.type == "integer" else ("'one'", "'two'")
    kinds = (
        ("bigint", "numeric")
        if column.type == "integer"
        else ("character varying(301)", "character varying(302)")
    )
    drop = f"alter table {table} drop column {it}"
    used, changed = ("dropped-against-used", told, ""), ("dropped-against-changed", told, "")
    yield Meeting(
        "two defaults",
        f"{alter} set default {one}",
        f"{alter} set default {two}",
        (("both-changed", told, "default"),),
    )
    yield Meeting("one default twice", f"{alter} set default {one}", f"{alter} set default {one}")
    yield Meeting(
        "two types", f"{alter} type {kinds[0]}", f"{alter} type {kinds[1]}", (("both-changed", told, "type"),)
    )
    yield Meeting("one type twice", f"{alter} type {kinds[0]}", f"{alter} type {kinds[0]}")
    yield Meeting("type and comment", f"{alter} type {kinds[0]}", f"comment on column {table}.{it} is 'said'")
    yield Meeting("type and default", f"{alter} type {kinds[0]}", f"{alter} set default {one}")
    yield Meeting(
        "two comments",
        f"comment on column {table}.{it} is 'a'",
        f"comment on column {table}.{it} is 'b'",
        (("both-changed", told, "comment"),),
    )
    yield Meeting("dropped, default set", drop, f"{alter} set default {one}", (changed,))
    yield Meeting("dropped, indexed", drop, f"create index braid_i on {table} ({it})", (used,))
    yield Meeting("dropped, another column added", drop, f"alter table {table} add braid_new int")
    yield Meeting(
        "dropped, checked",
        drop,
        f"alter table {table} add constraint braid_c check ({it} is not null)",
        (used,),
    )
    yield Meeting(
        "dropped, shown by a view", drop, f"create view braid_v as select {it} from {table}", (used,)
    )
    yield Meeting(
        "dropped, in a policy", drop, f"create policy braid_p on {table} using ({it} is not null)", (used,)
    )
    yield Meeting(
        "dropped, generated from",
        drop,
        f"alter table {table} add braid_g boolean generated always as ({it} is null) stored",
        (used,),
    )
    yield Meeting("dropped by both", drop, drop)
    yield Meeting(
        "renamed two ways",
        f"alter table {table} rename {it} to braid_a",
        f"alter table {table} rename {it} to braid_b",
        (("both-renamed", told, "name"),),
    )
    yield Meeting(
        "renamed alike",
        f"alter table {table} rename {it} to braid_a",
        f"alter table {table} rename {it} to braid_a",
    )
    yield Meeting(
        "renamed, default set", f"alter table {table} rename {it} to braid_a", f"{alter} set default {one}"
    )
    yield Meeting(
        "renamed, indexed",
        f"alter table {table} rename {it} to braid_a",
        f"create index braid_i on {table} ({it})",
    )
    yield Meeting("renamed, dropped", f"alter table {table} rename {it} to braid_a", drop, (changed,))
    taken = str(at._replace(name="braid_a"))
    yield Meeting(
        "renamed onto a new column",
        f"alter table {table} rename {it} to braid_a",
        f"alter table {table} add braid_a int",
        (("one-name-twice", taken, ""),),
    )
    body = _routine(f"select count({it}) from {table}")
    yield Meeting("dropped, in a routine", drop, body, (used,))
    yield Meeting(
        "renamed, in a routine",
        f"alter table {table} rename {it} to braid_a",
        body,
        (("renamed-against-used", told, ""),),
    )


def _of_table(table: Table) -> Iterator[Meeting]:
    at, it, told = table.address, qualified(table.address), str(table.address)
    used, changed = ("dropped-against-used", told, ""), ("dropped-against-changed", told, "")
    drop = f"drop table {it}"
    trigger = (
        f"create trigger braid_t before insert on {it} for each row execute function public.braid_touch()"
    )
    touch = "create function public.braid_touch() returns trigger language plpgsql as 'begin return new; end'"
    yield Meeting("table dropped, column added", drop, f"alter table {it} add braid_new int", (used,))
    yield Meeting("table dropped, trigger made", drop, trigger, (used,), touch)
    yield Meeting("table dropped, policy made", drop, f"create policy braid_p on {it} using (true)", (used,))
    yield Meeting("table dropped, granted", drop, f"grant select on {it} to public", (changed,))
    yield Meeting("table dropped, renamed", drop, f"alter table {it} rename to braid_renamed", (changed,))
    yield Meeting(
        "table dropped, shown by a view",
        drop,
        f"create view braid_v as select count(*) as n from {it}",
        (used,),
    )
    yield Meeting("table dropped by both", drop, f"{drop}; create table braid_other (id int)")
    body = _routine(f"select count(*) from {it}")
    yield Meeting("table dropped, in a routine", drop, body, (used,))
    renamed = at._replace(name="braid_renamed")
    rename = f"alter table {it} rename to braid_renamed"
    yield Meeting(
        "table renamed two ways",
        rename,
        f"alter table {it} rename to braid_again",
        (("both-renamed", told, "name"),),
    )
    yield Meeting("table renamed, column added", rename, f"alter table {it} add braid_new int default 1")
    yield Meeting(
        "table renamed onto a new one",
        rename,
        f"create table {name(at.schema)}.braid_renamed (id int)",
        (("one-name-twice", str(renamed), ""),),
    )
    yield Meeting(
        "table renamed, shown by a view", rename, f"create view braid_v as select count(*) as n from {it}"
    )
    yield Meeting(
        "options apart",
        f"alter table {it} set (fillfactor = 70)",
        f"alter table {it} set (autovacuum_enabled = false)",
    )
    yield Meeting(
        "options against each other",
        f"alter table {it} set (fillfactor = 70)",
        f"alter table {it} set (fillfactor = 80)",
        (("both-changed", told, "options"),),
    )


def _of_any_table(found: tuple[Table, Column]) -> Iterator[Meeting]:
    (table, key), at = found, found[0].address
    it, of, told = qualified(at), key.type, str(table.address)
    column = Address(Kind.COLUMN, at.schema, "braid_new", at.name)
    yield Meeting(
        "columns added apart", f"alter table {it} add braid_a int", f"alter table {it} add braid_b text"
    )
    yield Meeting(
        "column added twice", f"alter table {it} add braid_new int", f"alter table {it} add braid_new int"
    )
    yield Meeting(
        "column added two ways",
        f"alter table {it} add braid_new int",
        f"alter table {it} add braid_new text",
        (("both-added", str(column), "type"),),
    )
    link = f"(braid_id {of} references {it})"
    other = Address(Kind.TABLE, "public", "braid_link")
    yield Meeting(
        "links made alike", f"create table public.braid_link {link}", f"create table public.braid_link {link}"
    )
    yield Meeting(
        "links made otherwise",
        f"create table public.braid_link {link}",
        "create table public.braid_link (id int)",
        (("both-added", str(other), "columns"),),
    )
    yield Meeting(
        "linked, renamed",
        f"create table public.braid_link {link}",
        f"alter table {it} rename to braid_renamed",
    )
    index = f"on {it} ({name(key.address.name)})"
    yield Meeting("identical indexes", f"create index braid_a {index}", f"create index braid_b {index}")
    named = Address(Kind.INDEX, at.schema, "braid_a", at.name)
    yield Meeting(
        "one index, two ways",
        f"create index braid_a {index}",
        f"create unique index braid_a {index}",
        (("both-added", str(named), "unique"),),
    )
    yield Meeting(
        "two comments on a table",
        f"comment on table {it} is 'a'",
        f"comment on table {it} is 'b'",
        (("both-changed", told, "comment"),),
    )
    yield Meeting("two grants", f"grant select on {it} to public", f"grant insert on {it} to public")
    policy = Address(Kind.POLICY, at.schema, "braid_p", at.name)
    yield Meeting(
        "one policy, two ways",
        f"create policy braid_p on {it} using (true)",
        f"create policy braid_p on {it} using (false)",
        (("both-added", str(policy), "using"),),
    )


def _of_default(column: Column) -> Iterator[Meeting]:
    at = column.address
    alter, told = f"alter table {_place(at)} alter column {name(at.name)}", str(at)
    yield Meeting(
        "not null, default dropped",
        f"{alter} set not null",
        f"{alter} drop default",
        (("not-null-against-default", told, "not_null"),),
    )
    yield Meeting("not null by both", f"{alter} set not null", f"{alter} set not null")
    yield Meeting("default dropped by both", f"{alter} drop default", f"{alter} drop default")


def _of_enum(enum: Enum) -> Iterator[Meeting]:
    it, told, value = qualified(enum.address), str(enum.address), enum.values[0]
    add = f"alter type {it} add value"
    rename = f"alter type {it} rename value {literal(value)} to"
    yield Meeting("values added apart", f"{add} 'braid_a'", f"{add} 'braid_b' before {literal(value)}")
    yield Meeting("value added twice", f"{add} 'braid_a'", f"{add} 'braid_a'")
    yield Meeting(
        "value renamed two ways",
        f"{rename} 'braid_a'",
        f"{rename} 'braid_b'",
        (("both-renamed", told, value),),
    )
    yield Meeting(
        "value renamed onto a new one",
        f"{rename} 'braid_a'",
        f"{add} 'braid_a'",
        (("one-name-twice", told, "braid_a"),),
    )
    yield Meeting(
        "value renamed, used",
        f"{rename} 'braid_a'",
        f"create table public.braid_t (m {it} default {literal(value)})",
    )
    yield Meeting(
        "enum renamed, used", f"alter type {it} rename to braid_e", f"create table public.braid_t (m {it})"
    )
    yield Meeting(
        "enum renamed two ways",
        f"alter type {it} rename to braid_e",
        f"alter type {it} rename to braid_f",
        (("both-renamed", told, "name"),),
    )
    yield Meeting("enum renamed, value added", f"alter type {it} rename to braid_e", f"{add} 'braid_a'")


def _of_new_things() -> Iterator[Meeting]:
    """Kinds that not every schema has the objects for: made beforehand, beside the real ones."""
    enum = "create type public.braid_e as enum ('a', 'b', 'c')"
    anew = "drop type public.braid_e; create type public.braid_e as enum ('a', 'b')"
    yield Meeting(
        "value removed, used",
        anew,
        "create table braid_t (m public.braid_e default 'c')",
        (("value-removed-against-used", "enum public.braid_e", "c"),),
        enum,
    )
    yield Meeting(
        "value removed, another used", anew, "create table braid_t (m public.braid_e default 'b')", (), enum
    )
    yield Meeting(
        "value removed, renamed",
        anew,
        "alter type public.braid_e rename value 'c' to 'd'",
        (("dropped-against-changed", "enum public.braid_e", "c"),),
        enum,
    )
    yield Meeting("value removed, added", anew, "alter type public.braid_e add value 'd'", (), enum)
    table = "create table public.braid_k (a int not null, b int not null)"
    keys = (("two-primary-keys", "table public.braid_k", "primary key"),)
    alter = "alter table public.braid_k add constraint"
    yield Meeting("two primary keys", f"{alter} x primary key (a)", f"{alter} y primary key (b)", keys, table)
    yield Meeting(
        "one primary key twice", f"{alter} x primary key (a)", f"{alter} x primary key (a)", (), table
    )
    given = "alter table public.braid_d alter a"
    yield Meeting(
        "not null, default dropped (made)",
        f"{given} set not null",
        f"{given} drop default",
        (("not-null-against-default", "column public.braid_d.a", "not_null"),),
        "create table public.braid_d (a int default 1)",
    )
    sequence = f"create sequence public.braid_s; {table}"
    own = "alter sequence public.braid_s owned by public.braid_k"
    yield Meeting(
        "sequence owned two ways",
        f"{own}.a",
        f"{own}.b",
        (("both-changed", "sequence public.braid_s", "owned_by"),),
        sequence,
    )
    yield Meeting(
        "sequence owned, column dropped",
        f"{own}.a",
        "alter table public.braid_k drop a",
        (("dropped-against-used", "column public.braid_k.a", ""),),
        sequence,
    )
    yield Meeting(
        "schema dropped, filled",
        "drop schema braid_x",
        "create table braid_x.t (id int)",
        (("dropped-against-used", "schema braid_x", ""),),
        "create schema braid_x",
    )
    routine = "create or replace function public.braid_f() returns int language sql as"
    yield Meeting(
        "bodies replaced",
        f"{routine} 'select 2'",
        f"{routine} 'select 3'",
        (("both-changed", "function public.braid_f()", "body"),),
        f"{routine} 'select 1'",
    )
    yield Meeting(
        "bodies replaced alike", f"{routine} 'select 2'", f"{routine} 'select 2'", (), f"{routine} 'select 1'"
    )
    view = "create or replace view public.braid_v as select"
    yield Meeting(
        "views redefined",
        f"{view} 1 as a, 2 as b",
        f"{view} 1 as a, 3 as c",
        (("both-changed", "view public.braid_v", "definition"),),
        f"{view} 1 as a",
    )
    yield Meeting(
        "view dropped, redefined",
        "drop view public.braid_v",
        f"{view} 1 as a, 3 as c",
        (("dropped-against-changed", "view public.braid_v", ""),),
        f"{view} 1 as a",
    )
    yield Meeting(
        "view and table of one name",
        "create view public.braid_n as select 1 as a",
        "create table public.braid_n (b int)",
        (("one-name-twice", "table public.braid_n", ""),),
    )
