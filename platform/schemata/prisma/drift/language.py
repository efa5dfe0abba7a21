"""What an object has that the schema language has no words for.

Source: Prisma's reference of the schema language (`@@index`, `@@unique`,
`@relation`), as of versions 6 and 7 with their preview features.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schemata.catalog import Constraint, Index, IndexKey

METHODS = frozenset({"btree", "hash", "gist", "gin", "spgist", "brin"})


@dataclass(frozen=True, slots=True)
class Beyond:
    """One thing outside the language: a slug for the finding's rule, and words for its sentence."""

    slug: str
    words: str


@dataclass(frozen=True, slots=True)
class Shape:
    """As much of an index or unique constraint as the language can say."""

    unique: bool
    method: str
    keys: tuple[IndexKey, ...]
    predicate: str = ""


def beyond_index(index: Index, *, knows_partial: bool) -> Iterator[Beyond]:
    """`knows_partial`: the preview feature partialIndexes is on, so a predicate can be said."""
    if index.predicate and not knows_partial:
        yield Beyond("partial-index", f"covers only rows where {index.predicate}")
    for key in index.keys:
        if key.expression:
            yield Beyond("expression-index", f"is on the expression {key.expression}")
        if key.collation:
            yield Beyond("index-collation", f"sorts {key.column} by collation {key.collation}")
        if key.nulls:
            yield Beyond("index-nulls", f"sorts nulls {key.nulls} in {key.column or key.expression}")
    if index.include:
        yield Beyond("index-include", f"includes {', '.join(index.include)}")
    if index.nulls_not_distinct:
        yield Beyond("nulls-not-distinct", "takes two nulls for the same value")
    if index.method not in METHODS:
        yield Beyond("index-method", f"uses the access method {index.method}")
    if index.options:
        yield Beyond("index-options", f"has the options {', '.join(index.options)}")
    if not index.valid:
        yield Beyond("index-invalid", "is not valid: building it has failed")


def beyond_constraint(constraint: Constraint) -> Iterator[Beyond]:
    if constraint.type in ("check", "exclusion", "not null"):
        yield Beyond(f"{constraint.type.replace(' ', '-')}-constraint", f"is a {constraint.type} constraint")
        return
    if constraint.deferrable:
        yield Beyond("deferrable", "is deferrable")
    if constraint.match not in ("", "simple"):
        yield Beyond("match", f"matches {constraint.match}")
    if constraint.on_delete_columns:
        yield Beyond("on-delete-columns", f"sets only {', '.join(constraint.on_delete_columns)} on delete")
    if not constraint.validated:
        yield Beyond("not-valid", "is not validated")
    if not constraint.enforced:
        yield Beyond("not-enforced", "is not enforced")
    if constraint.include:
        yield Beyond("index-include", f"includes {', '.join(constraint.include)}")
    if constraint.nulls_not_distinct:
        yield Beyond("nulls-not-distinct", "takes two nulls for the same value")
    if constraint.without_overlaps:
        yield Beyond("without-overlaps", "is WITHOUT OVERLAPS")
    if constraint.triggers != "origin":
        yield Beyond("trigger-state", f"has its triggers {constraint.triggers}")


def shape(found: Index | Constraint, *, knows_partial: bool) -> Shape | None:
    """None where a key is an expression, or a constraint has no index of this kind."""
    if isinstance(found, Constraint):
        if found.type != "unique":
            return None
        return Shape(True, "btree", tuple(IndexKey(column) for column in found.columns))
    if any(key.expression for key in found.keys):
        return None
    keys = tuple(_as_said(key) for key in found.keys)
    return Shape(found.unique, found.method, keys, found.predicate if knows_partial else "")


def _as_said(key: IndexKey) -> IndexKey:
    return IndexKey(key.column, operator_class=key.operator_class, descending=key.descending)
