"""How values get from one type into another when a column's type changes.

ALTER COLUMN TYPE casts by itself where there is an assignment cast (manual, ALTER
TABLE); for the rest there is a USING. `pg_cast` of the server's own types is in
groups here: within one, every cast is an assignment cast.
"""

import re

from schemata.catalog import Address, Catalog, Constraint, Domain, Kind

_GROUPS = (
    frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"}),
    frozenset({"text", "character varying", "character", "name", '"char"'}),
    frozenset({"date", "timestamp without time zone", "timestamp with time zone"}),
    frozenset({"timestamp without time zone", "timestamp with time zone", "time without time zone"}),
    frozenset({"time without time zone", "time with time zone", "interval"}),
    frozenset({"json", "jsonb"}),
    frozenset({"inet", "cidr"}),
    frozenset({"bit", "bit varying"}),
    frozenset({"macaddr", "macaddr8"}),
)
_TEXTS = _GROUPS[1]
# Casts that there are, but only where one asks for them.
_EXPLICIT = frozenset(
    {
        ("integer", "boolean"),
        ("boolean", "integer"),
        ("timestamp with time zone", "time with time zone"),
        *(("jsonb", to) for to in (*_GROUPS[0], "boolean")),
        *((of, to) for of in ("smallint", "integer", "bigint") for to in ("bit", "money")),
        ("numeric", "money"),
        ("money", "numeric"),
    }
)
# A longer limit is only noted; a type with the same values inside is only renamed.
_WIDENING = frozenset(
    {
        ("character varying", "text"),
        ("text", "character varying"),
        ("cidr", "inet"),
        ("bit varying", "bit varying"),
    }
)
_LIMIT = re.compile(r"^(?P<base>[^(]*?)\((?P<limit>[\d,]+)\)(?P<rest>.*)$")


def base(type_: str) -> tuple[str, tuple[int, ...]]:
    """`numeric(10,2)` -> `numeric` and its limits; arrays keep their brackets."""
    found = _LIMIT.match(type_)
    if found is None:
        return type_, ()
    limits = tuple(int(each) for each in found["limit"].split(","))
    return found["base"] + found["rest"], limits


def using(column: str, before: str, after: str, old: Catalog, new: Catalog) -> str:
    """` USING ...` of ALTER COLUMN TYPE, or nothing where Postgres casts by itself; `column` is quoted."""
    ours, theirs = _element(before, old), _element(after, new)
    if _is_array(before) == _is_array(after):
        if _is_assigned(ours, theirs):
            return ""
        if (ours, theirs) in _EXPLICIT or _is_foreign(ours, old) or _is_foreign(theirs, new):
            return f" USING {column}::{after}"
    return f" USING {column}::text::{after}"


def is_rewritten(before: str, after: str, old: Catalog, new: Catalog) -> bool:
    """Whether Postgres writes the table anew for the change (manual, ALTER TABLE, notes).

    It does not where the new type has the same values inside and no stricter limit, and nothing looks at them.
    """
    changes = base(before)[0] != base(after)[0]
    return (changes and is_checked(after, new)) or _is_converted(before, after, old, new)


def is_checked(type_: str, catalog: Catalog) -> bool:
    """Whether the type is a domain that looks at each value, or one made of such."""
    found = catalog.objects.get(_address(base(type_)[0], Kind.DOMAIN))
    if not isinstance(found, Domain):
        return False
    return (
        found.not_null
        or any(isinstance(each, Constraint) for each in catalog.children.get(found.address, ()))
        or is_checked(found.type, catalog)
    )


def _is_converted(before: str, after: str, old: Catalog, new: Catalog) -> bool:
    """Whether the values are other ones inside, or may have to get shorter; those of arrays are written anew."""
    # The limit of a domain is no limit to Postgres when a value leaves it.
    (ours, was), (theirs, now) = (_below_domains(before, old), base(before)[1]), _inside(after, new)
    if ours != theirs and (ours, theirs) not in _WIDENING:
        return True
    if not now or (ours, was) == (theirs, now):
        return False
    return _is_array(theirs) or not _is_wider(theirs, was, now)


_GROWING = (
    ("smallint", "integer", "bigint", "numeric"),
    ("smallint", "real", "double precision"),
    ("integer", "double precision"),
    ("date", "timestamp without time zone"),
    ("json", "text"),
)


def is_lossless(before: str, after: str, old: Catalog, new: Catalog) -> bool:
    """Whether every value comes through the change as it was; where unsure, no."""
    if not _is_converted(before, after, old, new):
        return True
    (ours, _), (theirs, limits) = _inside(before, old), _inside(after, new)
    if limits:
        return False
    if theirs in ("text", "character varying"):
        return ours != "character"
    return any(ours in row and theirs in row and row.index(ours) < row.index(theirs) for row in _GROWING)


def may_fail(before: str, after: str, old: Catalog, new: Catalog) -> bool:
    """Whether a value may be refused on its way into the new type; where unsure, yes.

    A domain has checks of its own, and dates go further than timestamps (manual, table 8.9).
    """
    ours, theirs = base(before)[0], base(after)[0]
    has_checks = ours != theirs and _below_domains(theirs, new) != theirs
    is_date = _below_domains(ours, old) == "date" and theirs != "text"
    return has_checks or is_date or not is_lossless(before, after, old, new)


def _is_wider(type_: str, was: tuple[int, ...], now: tuple[int, ...]) -> bool:
    if not was:
        return False
    if type_ == "numeric":
        scale_was, scale_now = (*was, 0)[1], (*now, 0)[1]
        return scale_was == scale_now and now[0] >= was[0]
    return type_ != "character" and type_ != "bit" and now[0] >= was[0]


def _is_array(type_: str) -> bool:
    return type_.endswith("[]")


def _element(type_: str, catalog: Catalog) -> str:
    return _below_domains(base(type_)[0].removesuffix("[]"), catalog)


def _below_domains(type_: str, catalog: Catalog) -> str:
    """The type that a domain is made of."""
    return _inside(type_, catalog)[0]


def _inside(type_: str, catalog: Catalog) -> tuple[str, tuple[int, ...]]:
    """The type and its limits, or those that a domain is made of."""
    found = catalog.objects.get(_address(base(type_)[0], Kind.DOMAIN))
    return _inside(found.type, catalog) if isinstance(found, Domain) else base(type_)


def _address(type_: str, kind: Kind) -> Address:
    schema, _, bare = type_.rpartition(".")
    return Address(kind, schema.strip('"'), bare.strip('"'))


def _is_assigned(ours: str, theirs: str) -> bool:
    # Everything can be assigned to text, by its output function.
    return (
        ours == theirs
        or theirs in _TEXTS - {'"char"', "name"}
        or any({ours, theirs} <= group for group in _GROUPS)
    )


def _is_foreign(type_: str, catalog: Catalog) -> bool:
    """Whether an extension made it: such types bring their casts along."""
    kinds = (Kind.ENUM, Kind.COMPOSITE, Kind.RANGE, Kind.DOMAIN, Kind.BASE_TYPE, Kind.TABLE)
    return "." in type_ and not any(_address(type_, kind) in catalog.objects for kind in kinds)
