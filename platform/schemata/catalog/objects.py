"""The kinds of object: one frozen dataclass each, every attribute a field.

Diff, merge, plan and pages are generic over these classes. What they may rely on:
- all fields but `address` are attributes, compared by `==` one by one;
- every field has a default, the value of an object that says nothing about it;
- values are strings, numbers, booleans, None, addresses, and tuples of those or
  of the small dataclasses below;
- `REFERRING` names the fields whose text speaks of other objects and so changes
  when those are renamed; an object's `Identity` holds a token for each;
- fields whose metadata has `soft` differ without meaning anything for SQL that
  names what it uses (the order of columns).

`""` as a role is the schema's principal: the owner of schema public (for
`pg_database_owner`, the database's owner), whatever that role is called.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from schemata.catalog.address import Address

SOFT = {"soft": True}


@dataclass(frozen=True, slots=True)
class Grant:
    """Privileges that differ from what an object of its kind starts with.

    `role` is `public` for everyone and `""` for the principal. `revoked` says
    that the default had these privileges and they were taken away.
    """

    role: str
    privileges: tuple[str, ...]
    grantable: bool = False
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index: a column or an expression; what is default for it is left empty.

    `nulls` is `first` or `last` where that is not what the direction implies.
    """

    column: str = ""
    expression: str = ""
    collation: str = ""
    operator_class: str = ""
    descending: bool = False
    nulls: str = ""


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table of a publication with its column list and row filter."""

    table: Address
    columns: tuple[str, ...] = ()
    filter: str = ""


@dataclass(frozen=True, slots=True)
class CatalogObject:
    address: Address
    comment: str = ""

    REFERRING: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Owned(CatalogObject):
    owner: str = ""
    privileges: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema(Owned):
    pass


@dataclass(frozen=True, slots=True)
class Extension(CatalogObject):
    """An installed extension; its members are not objects of the catalog."""

    owner: str = ""
    schema: str = ""
    version: str = ""

    REFERRING: ClassVar[tuple[str, ...]] = ("schema",)


@dataclass(frozen=True, slots=True)
class Table(Owned):
    """A table, partitioned table, partition or foreign table.

    `parents` are the tables it inherits from or is a partition of. `options`
    read `fillfactor=70`; those of the TOAST table start with `toast.`.
    """

    persistence: str = "permanent"
    partition_key: str = ""
    parents: tuple[Address, ...] = ()
    partition_bound: str = ""
    detaching: bool = False
    options: tuple[str, ...] = ()
    replica_identity: str = "default"
    replica_index: str = ""
    access_method: str = "heap"
    row_security: bool = False
    force_row_security: bool = False
    of_type: str = ""
    server: str = ""
    server_options: tuple[str, ...] = ()

    REFERRING: ClassVar[tuple[str, ...]] = (
        "partition_key",
        "parents",
        "partition_bound",
        "replica_index",
        "of_type",
        "server",
    )


@dataclass(frozen=True, slots=True)
class Column(CatalogObject):
    """A column of a table, view or materialized view.

    `default` is also the expression of a generated column (`generated` is
    `stored` or `virtual`). `identity` is `always` or `by default`. `storage` and
    `collation` are empty where the type's own apply.
    """

    type: str = ""
    position: int = field(default=0, metadata=SOFT)
    not_null: bool = False
    default: str = ""
    generated: str = ""
    identity: str = ""
    collation: str = ""
    storage: str = ""
    compression: str = ""
    statistics: int | None = None
    options: tuple[str, ...] = ()
    foreign_options: tuple[str, ...] = ()
    inherited: bool = False
    local: bool = True
    privileges: tuple[Grant, ...] = ()

    REFERRING: ClassVar[tuple[str, ...]] = ("type", "default", "collation")


@dataclass(frozen=True, slots=True)
class Constraint(CatalogObject):
    """A constraint of a table or domain, with the index that carries it, if any.

    `type` is `primary key`, `unique`, `foreign key`, `check`, `exclusion` or
    `not null` (only those that say more than the column's `not_null`).
    `definition` is the expression of a check, all of an exclusion. `triggers` are
    the internal ones that enforce a foreign key: `origin`, or as ALTER TABLE left
    them.
    """

    type: str = ""
    columns: tuple[str, ...] = ()
    definition: str = ""
    references: Address | None = None
    referenced_columns: tuple[str, ...] = ()
    match: str = ""
    on_update: str = ""
    on_delete: str = ""
    on_delete_columns: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    without_overlaps: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    inherited: bool = False
    local: bool = True
    parent: Address | None = None
    index_options: tuple[str, ...] = ()
    index_comment: str = ""
    index_valid: bool = True
    clustered: bool = False
    triggers: str = "origin"

    REFERRING: ClassVar[tuple[str, ...]] = (
        "columns",
        "definition",
        "references",
        "referenced_columns",
        "on_delete_columns",
        "include",
        "parent",
    )


@dataclass(frozen=True, slots=True)
class Index(CatalogObject):
    """An index that no constraint owns. `parent` is the partitioned index it is attached to."""

    unique: bool = False
    method: str = "btree"
    keys: tuple[IndexKey, ...] = ()
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    predicate: str = ""
    options: tuple[str, ...] = ()
    valid: bool = True
    clustered: bool = False
    statistics: tuple[str, ...] = ()
    parent: Address | None = None

    REFERRING: ClassVar[tuple[str, ...]] = ("method", "keys", "include", "predicate", "parent")


@dataclass(frozen=True, slots=True)
class Sequence(Owned):
    """A sequence's definition (never its value); `identity`: it belongs to an identity column."""

    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 9223372036854775807
    cache: int = 1
    cycle: bool = False
    persistence: str = "permanent"
    owned_by: Address | None = None
    identity: bool = False

    REFERRING: ClassVar[tuple[str, ...]] = ("owned_by",)


@dataclass(frozen=True, slots=True)
class View(Owned):
    definition: str = ""
    options: tuple[str, ...] = ()

    REFERRING: ClassVar[tuple[str, ...]] = ("definition",)


@dataclass(frozen=True, slots=True)
class MaterializedView(Owned):
    definition: str = ""
    options: tuple[str, ...] = ()
    access_method: str = "heap"
    persistence: str = "permanent"

    REFERRING: ClassVar[tuple[str, ...]] = ("definition",)


@dataclass(frozen=True, slots=True)
class Enum(Owned):
    """Values in their order. `Identity.parts` has the oid of each value."""

    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain(Owned):
    type: str = ""
    collation: str = ""
    not_null: bool = False
    default: str = ""

    REFERRING: ClassVar[tuple[str, ...]] = ("type", "collation", "default")


@dataclass(frozen=True, slots=True)
class Composite(Owned):
    """A free-standing composite type; its attributes are objects of their own."""


@dataclass(frozen=True, slots=True)
class Attribute(CatalogObject):
    """An attribute of a composite type."""

    type: str = ""
    position: int = field(default=0, metadata=SOFT)
    collation: str = ""

    REFERRING: ClassVar[tuple[str, ...]] = ("type", "collation")


@dataclass(frozen=True, slots=True)
class Range(Owned):
    subtype: str = ""
    operator_class: str = ""
    collation: str = ""
    canonical: str = ""
    subtype_difference: str = ""
    multirange: str = ""

    REFERRING: ClassVar[tuple[str, ...]] = (
        "subtype",
        "operator_class",
        "collation",
        "canonical",
        "subtype_difference",
        "multirange",
    )


@dataclass(frozen=True, slots=True)
class Function(Owned):
    """A function or procedure. `name` is the bare name, `arguments` include modes and defaults.

    `body` is the text as written, or the deparsed SQL of a BEGIN ATOMIC or RETURN
    body (`parsed`). `library` is the file of a function in C.
    """

    name: str = ""
    arguments: str = ""
    result: str = ""
    language: str = "sql"
    body: str = ""
    volatility: str = "volatile"
    strict: bool = False
    security_definer: bool = False
    leakproof: bool = False
    parallel: str = "unsafe"
    window: bool = False
    cost: float = 100.0
    rows: float = 0.0
    settings: tuple[str, ...] = ()
    support: str = ""
    transforms: tuple[str, ...] = ()
    library: str = ""
    parsed: bool = False

    REFERRING: ClassVar[tuple[str, ...]] = ("arguments", "result", "body", "support", "transforms")


@dataclass(frozen=True, slots=True)
class Aggregate(Owned):
    """An aggregate; `attributes` are the options of CREATE AGGREGATE that are not default."""

    name: str = ""
    arguments: str = ""
    result: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    REFERRING: ClassVar[tuple[str, ...]] = ("arguments", "result", "attributes")


@dataclass(frozen=True, slots=True)
class Trigger(CatalogObject):
    """A trigger. `enabled`: `origin`, `disabled`, `replica` or `always`; `inherited`: a partition's copy."""

    function: Address | None = None
    timing: str = ""
    events: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    level: str = "row"
    when: str = ""
    arguments: tuple[str, ...] = ()
    enabled: str = "origin"
    constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    references: Address | None = None
    old_table: str = ""
    new_table: str = ""
    inherited: bool = False

    REFERRING: ClassVar[tuple[str, ...]] = ("function", "columns", "when", "references")


@dataclass(frozen=True, slots=True)
class EventTrigger(CatalogObject):
    owner: str = ""
    event: str = ""
    function: Address | None = None
    tags: tuple[str, ...] = ()
    enabled: str = "origin"

    REFERRING: ClassVar[tuple[str, ...]] = ("function",)


@dataclass(frozen=True, slots=True)
class Rule(CatalogObject):
    definition: str = ""
    enabled: str = "origin"

    REFERRING: ClassVar[tuple[str, ...]] = ("definition",)


@dataclass(frozen=True, slots=True)
class Policy(CatalogObject):
    command: str = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ("public",)
    using: str = ""
    check: str = ""

    REFERRING: ClassVar[tuple[str, ...]] = ("roles", "using", "check")


@dataclass(frozen=True, slots=True)
class Statistics(CatalogObject):
    owner: str = ""
    table: Address | None = None
    statistics: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    expressions: tuple[str, ...] = ()
    target: int | None = None

    REFERRING: ClassVar[tuple[str, ...]] = ("table", "columns", "expressions")


@dataclass(frozen=True, slots=True)
class Publication(CatalogObject):
    owner: str = ""
    all_tables: bool = False
    operations: tuple[str, ...] = ()
    via_root: bool = False
    generated_columns: str = "none"
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str, ...] = ()

    REFERRING: ClassVar[tuple[str, ...]] = ("tables", "schemas")


@dataclass(frozen=True, slots=True)
class Other(Owned):
    """Any further kind (operators, casts, servers...), kept as named attributes."""

    attributes: tuple[tuple[str, str], ...] = ()

    REFERRING: ClassVar[tuple[str, ...]] = ("attributes",)
