"""Functions, procedures and aggregates. Manual: pg_proc, pg_aggregate."""

from sys import intern
from typing import Any

from schemata.catalog import Address, Aggregate, Function, Kind
from schemata.introspect.draft import Draft
from schemata.introspect.fetch import Rows
from schemata.introspect.names import Names

VOLATILITY = {"v": "volatile", "s": "stable", "i": "immutable"}
PARALLEL = {"u": "unsafe", "r": "restricted", "s": "safe"}
USUAL_ROWS = 1000


def _usual_cost(language: str) -> int:
    return 1 if language in ("c", "internal") else 100


def read_functions(rows: Rows, names: Names, draft: Draft) -> None:
    for row in rows:
        (oid, name, schema, owner, acl, kind, signature, arguments, arguments_token, result, result_token,
         language, body, body_token, parsed, volatility, strict, definer, leakproof, parallel, cost, expected,
         settings, support, support_token, transforms, library) = row  # fmt: skip
        at = _address(Kind.PROCEDURE if kind == "p" else Kind.FUNCTION, name, schema, signature, names)
        function = Function(
            at,
            names.comment("pg_proc", oid),
            names.owner(owner),
            names.grants("routine", owner, acl),
            name,
            arguments,
            result,
            intern(language),
            body,
            VOLATILITY[volatility],
            strict,
            definer,
            leakproof,
            PARALLEL[parallel],
            kind == "w",
            None if cost == _usual_cost(language) else cost,
            None if expected in (0, USUAL_ROWS) else expected,
            tuple(sorted(settings or ())),
            support or "",
            tuple(transforms),
            library or "",
            parsed,
        )
        tokens = (arguments_token, result_token, body_token, support_token, ())
        draft.add(function, "pg_proc", oid, tokens)


def read_aggregates(rows: Rows, names: Names, draft: Draft) -> None:
    for row in rows:
        (oid, name, schema, owner, acl, signature, arguments, arguments_token, result, result_token,
         attributes, attributes_token) = row  # fmt: skip
        at = _address(Kind.AGGREGATE, name, schema, signature, names)
        aggregate = Aggregate(
            at,
            names.comment("pg_proc", oid),
            names.owner(owner),
            names.grants("routine", owner, acl),
            name,
            arguments,
            result,
            pairs(attributes),
        )
        draft.add(aggregate, "pg_proc", oid, (arguments_token, result_token, attributes_token))


def pairs(flat: list[str | None]) -> tuple[tuple[str, str], ...]:
    """name, value, name, value... -> pairs of those that have a value."""
    return tuple(
        (name or "", value) for name, value in zip(flat[::2], flat[1::2], strict=True) if value is not None
    )


def _address(kind: Kind, name: str, schema: int, signature: list[Any], names: Names) -> Address:
    return Address(kind, names.schemas[schema], f"{name}({', '.join(signature)})")
