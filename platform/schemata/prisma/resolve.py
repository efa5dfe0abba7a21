"""Syntax trees -> datamodel: names, types, keys and relations worked out as Prisma does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemata.prisma import defaults, names, predicates, render, types
from schemata.prisma.datamodel import (
    ColumnSpec,
    Datamodel,
    DatamodelError,
    EnumSpec,
    ForeignKeySpec,
    IndexKeySpec,
    IndexSpec,
    KeySpec,
    Place,
    TableSpec,
    ViewSpec,
)
from schemata.prisma.syntax import (
    Array,
    Attribute,
    Block,
    BlockAttribute,
    Call,
    Document,
    Expression,
    Field,
    Literal,
    Path,
)

ACTIONS = {
    "Cascade": "CASCADE",
    "Restrict": "RESTRICT",
    "NoAction": "NO ACTION",
    "SetNull": "SET NULL",
    "SetDefault": "SET DEFAULT",
}


def resolve(documents: Mapping[str, Document]) -> Datamodel:
    """The datamodel of all files of one schema (path -> document).

    Raises `DatamodelError` where the schema means nothing.
    """
    return _Resolver(documents).datamodel()


@dataclass(frozen=True, slots=True)
class _Relation:
    """One side of a relation: the field, and the block it stands in."""

    block: Block
    field: Field
    name: str

    @property
    def attribute(self) -> Attribute | None:
        return self.field.attribute("relation")

    @property
    def owns_columns(self) -> bool:
        return self.attribute is not None and self.attribute.argument("fields") is not None


class _Resolver:
    """Everything known of one schema while it is resolved."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.blocks = [block for path in sorted(documents) for block in documents[path].blocks]
        self.paths = {id(block): path for path in sorted(documents) for block in documents[path].blocks}
        self.models = {block.name: block for block in self.blocks if block.kind in ("model", "view")}
        self.enums = {block.name: block for block in self.blocks if block.kind == "enum"}
        source = next((block for block in self.blocks if block.kind == "datasource"), None)
        self.schemas = tuple(_strings(source.property("schemas"))) if source else ()
        self.extensions = tuple(_extensions(source.property("extensions"))) if source else ()
        # The second is what the setting was called before Prisma 4.5.
        names_of_mode = ("relationMode", "referentialIntegrity")
        mode = next(filter(None, map(source.property, names_of_mode)), None) if source else None
        self.has_foreign_keys = mode != Literal("prisma")

    def datamodel(self) -> Datamodel:
        models = [block for block in self.blocks if block.kind == "model"]
        views = [block for block in self.blocks if block.kind == "view"]
        tables = [self.table(block) for block in models]
        return Datamodel(
            self.schemas,
            self.extensions,
            tuple(self.enum(block) for block in self.enums.values()),
            (*tables, *self.implicit_tables(models)),
            tuple(self.view(block) for block in views),
        )

    def place(self, block: Block, field: Field | BlockAttribute | None = None) -> Place:
        name = field.name if isinstance(field, Field) else f"@@{field.attribute.name}" if field else ""
        label = f"{block.name}.{name}" if name else block.name
        return Place(self.paths[id(block)], field.line if field else block.line, label)

    def schema_of(self, block: Block) -> str:
        return next((_text(found.argument("", 0)) for found in block.attributes("schema")), "")

    def enum(self, block: Block) -> EnumSpec:
        return EnumSpec(
            self.schema_of(block), _table_name(block), tuple(_values(block).values()), self.place(block)
        )

    def view(self, block: Block) -> ViewSpec:
        columns = tuple(self.column(block, field) for field in self.scalars(block))
        return ViewSpec(self.schema_of(block), _table_name(block), columns, self.place(block))

    def table(self, block: Block) -> TableSpec:
        foreign_keys = tuple(self.foreign_keys(block)) if self.has_foreign_keys else ()
        return TableSpec(
            self.schema_of(block),
            _table_name(block),
            tuple(self.column(block, field) for field in self.scalars(block)),
            self.key(block),
            tuple(self.indexes(block)),
            foreign_keys,
            self.place(block),
        )

    def scalars(self, block: Block) -> Iterator[Field]:
        return (field for field in block.fields() if field.type and field.type.name not in self.models)

    def column(self, block: Block, field: Field) -> ColumnSpec:
        kind = field.type
        if kind is None:
            raise DatamodelError(self.place(block, field), "the field has no type")
        base = self.base_type(block, field)
        default = field.attribute("default")
        value = default.argument("value", 0) if default else None
        serial = isinstance(value, Call) and value.name == "autoincrement"
        column_type = base + "[]" * kind.is_list
        values = _values(self.enums[kind.name]) if kind.name in self.enums else {}
        expression = defaults.sql(value, kind.name, column_type, values) if value is not None else ""
        not_null = not kind.is_optional and not kind.is_list
        leaves_open = value == Call("dbgenerated", ())
        place = self.place(block, field)
        return ColumnSpec(_column(field), column_type, not_null, expression, serial, place, leaves_open)

    def base_type(self, block: Block, field: Field) -> str:
        assert field.type is not None
        native = next((found for found in field.attributes if found.name.startswith("db.")), None)
        scalar = types.scalar(field.type, native)
        if scalar is not None:
            return scalar
        enum = self.enums.get(field.type.name)
        if enum is None:
            message = f"type {field.type.name} is neither a scalar nor a model or enum of this schema"
            raise DatamodelError(self.place(block, field), message)
        return _qualified(self.schema_of(enum), _table_name(enum))

    def key(self, block: Block) -> KeySpec | None:
        default_name = names.primary_key(_table_name(block))
        for member in block.members:
            if isinstance(member, Field) and (single := member.attribute("id")):
                return KeySpec(_mapped(single) or default_name, (_column(member),), self.place(block, member))
            if isinstance(member, BlockAttribute) and member.attribute.name == "id":
                columns = tuple(key.column for key in self.keys(block, member))
                return KeySpec(_mapped(member.attribute) or default_name, columns, self.place(block, member))
        return None

    def indexes(self, block: Block) -> Iterator[IndexSpec]:
        table = _table_name(block)
        for field in block.fields():
            unique = field.attribute("unique")
            if unique is not None:
                name = _mapped(unique) or names.unique(table, [_column(field)])
                key = IndexKeySpec(_column(field), _descending(unique))
                yield IndexSpec(
                    name, True, "", (key,), self.place(block, field), self.where(block, field, unique)
                )
        members = [member for member in block.members if isinstance(member, BlockAttribute)]
        for name in ("index", "unique"):
            yield from (self.index(block, member) for member in members if member.attribute.name == name)

    def index(self, block: Block, member: BlockAttribute) -> IndexSpec:
        attribute, keys = member.attribute, self.keys(block, member)
        is_unique = attribute.name == "unique"
        named = (names.unique if is_unique else names.index)(_table_name(block), [key.column for key in keys])
        method = attribute.argument("type")
        shown = render.expression(method).upper() if method is not None else ""
        method_name = "" if shown == "BTREE" else shown
        # For old schemas' sake `@@index(name: ...)` means `map`; of a unique index it is the client's name.
        legacy = "" if is_unique else _text(attribute.argument("name"))
        name = _mapped(attribute) or legacy or named
        return IndexSpec(
            name,
            is_unique,
            method_name,
            keys,
            self.place(block, member),
            self.where(block, member, attribute),
        )

    def where(self, block: Block, member: Field | BlockAttribute, attribute: Attribute) -> str:
        columns = {field.name: _column(field) for field in self.scalars(block)}
        try:
            return predicates.sql(attribute.argument("where"), columns)
        except predicates.WhereError as error:
            raise DatamodelError(self.place(block, member), str(error)) from None

    def keys(self, block: Block, member: BlockAttribute) -> tuple[IndexKeySpec, ...]:
        value = member.attribute.argument("fields", 0)
        fields = {field.name: field for field in block.fields()}
        if value is None:
            raise DatamodelError(self.place(block, member), "the list of fields is missing")
        found: list[IndexKeySpec] = []
        for item in _items(value):
            name = item.name if isinstance(item, Path | Call) else ""
            if name not in fields:
                raise DatamodelError(self.place(block, member), f"{block.name} has no field {name}")
            found.append(_key(_column(fields[name]), item))
        return tuple(found)

    def relations(self, block: Block) -> Iterator[_Relation]:
        for field in block.fields():
            if field.type and field.type.name in self.models:
                attribute = field.attribute("relation")
                given = _text(attribute.argument("name", 0)) if attribute else ""
                yield _Relation(block, field, given or names.relation(block.name, field.type.name))

    def foreign_keys(self, block: Block) -> Iterator[ForeignKeySpec]:
        for relation in self.relations(block):
            if relation.owns_columns:
                yield self.foreign_key(relation)

    def foreign_key(self, relation: _Relation) -> ForeignKeySpec:
        block, field, attribute = relation.block, relation.field, relation.attribute
        assert attribute is not None
        assert field.type is not None
        target = self.models[field.type.name]
        own = self.named_fields(relation, block, attribute.argument("fields"))
        there = self.named_fields(relation, target, attribute.argument("references"))
        optional = all(found.type is not None and found.type.is_optional for found in own)
        columns = tuple(map(_column, own))
        return ForeignKeySpec(
            _mapped(attribute) or names.foreign_key(_table_name(block), columns),
            columns,
            self.schema_of(target),
            _table_name(target),
            tuple(map(_column, there)),
            _action(attribute, "onDelete", "SET NULL" if optional else "RESTRICT"),
            _action(attribute, "onUpdate", "CASCADE"),
            self.place(block, field),
        )

    def named_fields(self, relation: _Relation, block: Block, value: Expression | None) -> tuple[Field, ...]:
        fields = {field.name: field for field in block.fields()}
        wanted = [item.name for item in _items(value) if isinstance(item, Path)]
        missing = [name for name in wanted if name not in fields]
        if missing or not wanted:
            what = f"{block.name} has no field {missing[0]}" if missing else "the relation names no fields"
            raise DatamodelError(self.place(relation.block, relation.field), what)
        return tuple(fields[name] for name in wanted)

    def implicit_tables(self, models: list[Block]) -> Iterator[TableSpec]:
        """One table for each many-to-many relation without a model of its own."""
        sides: dict[tuple[str, str, str], list[_Relation]] = {}
        for block in models:
            for relation in self.relations(block):
                kind = relation.field.type
                if kind is not None and kind.is_list and not relation.owns_columns:
                    first, second = sorted((block.name, kind.name))
                    sides.setdefault((relation.name, first, second), []).append(relation)
        pairs = [
            sorted(pair, key=lambda side: (side.block.name, side.field.name))
            for pair in sides.values()
            if len(pair) == 2
        ]
        for pair in sorted(pairs, key=lambda pair: models.index(pair[0].block)):
            yield self.implicit_table(*pair)

    def implicit_table(self, first: _Relation, second: _Relation) -> TableSpec:
        name, place = f"_{first.name}", self.place(first.block, first.field)
        columns = tuple(
            self.implicit_column(side.block, label, place) for side, label in ((first, "A"), (second, "B"))
        )
        index = IndexSpec(f"{name}_B_index", False, "", (IndexKeySpec("B"),), place)
        key = KeySpec(names.primary_key(f"{name}_AB"), ("A", "B"), place)
        foreign_keys = tuple(
            self.implicit_foreign_key(name, label, side.block, place)
            for side, label in ((first, "A"), (second, "B"))
        )
        kept = foreign_keys if self.has_foreign_keys else ()
        return TableSpec(
            self.schema_of(first.block), name, columns, key, (index,), kept, place, implicit=True
        )

    def implicit_column(self, target: Block, label: str, place: Place) -> ColumnSpec:
        column = self.column(target, self.id_field(target, place))
        return ColumnSpec(label, column.type, True, "", False, place)

    def implicit_foreign_key(self, table: str, label: str, target: Block, place: Place) -> ForeignKeySpec:
        column = _column(self.id_field(target, place))
        name = names.foreign_key(table, [label])
        where = (self.schema_of(target), _table_name(target))
        return ForeignKeySpec(name, (label,), *where, (column,), "CASCADE", "CASCADE", place)

    def id_field(self, block: Block, place: Place) -> Field:
        for field in block.fields():
            if field.attribute("id"):
                return field
        raise DatamodelError(
            place, f"{block.name} needs a single @id field for an implicit many-to-many relation"
        )


def _table_name(block: Block) -> str:
    return next((_text(found.argument("name", 0)) for found in block.attributes("map")), "") or block.name


def _column(field: Field) -> str:
    mapped = field.attribute("map")
    return (_text(mapped.argument("name", 0)) if mapped else "") or field.name


def _values(block: Block) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in block.values():
        mapped = next((attribute for attribute in value.attributes if attribute.name == "map"), None)
        found[value.name] = (_text(mapped.argument("name", 0)) if mapped else "") or value.name
    return found


def _mapped(attribute: Attribute) -> str:
    return _text(attribute.argument("map"))


def _descending(attribute: Attribute) -> bool:
    return attribute.argument("sort") == Path("Desc")


def _key(column: str, item: Expression) -> IndexKeySpec:
    if not isinstance(item, Call):
        return IndexKeySpec(column)
    given = {argument.name: argument.value for argument in item.arguments}
    return IndexKeySpec(column, given.get("sort") == Path("Desc"), _operator_class(given.get("ops")))


def _operator_class(value: Expression | None) -> str:
    """`JsonbPathOps` as `jsonb_path_ops`; `raw("x")` as it stands."""
    match value:
        case Call("raw", (argument,)):
            return _text(argument.value)
        case Path(name):
            return "".join("_" + char.lower() if char.isupper() else char for char in name).lstrip("_")
        case _:
            return ""


def _action(attribute: Attribute, name: str, default: str) -> str:
    value = attribute.argument(name)
    return ACTIONS.get(value.name, default) if isinstance(value, Path) else default


def _text(value: Expression | None) -> str:
    return value.value if isinstance(value, Literal) else ""


def _items(value: Expression | None) -> tuple[Expression, ...]:
    """The items of a list; one value alone counts as a list of one."""
    if value is None:
        return ()
    return value.items if isinstance(value, Array) else (value,)


def _strings(value: Expression | None) -> Iterator[str]:
    return map(_text, _items(value))


def _extensions(value: Expression | None) -> Iterator[str]:
    """Names of `[pgcrypto, vector(map: "pg_vector")]`."""
    for item in _items(value):
        if isinstance(item, Call):
            mapped = next((_text(found.value) for found in item.arguments if found.name == "map"), "")
            yield mapped or item.name
        elif isinstance(item, Path):
            yield item.name


def _qualified(schema: str, name: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    return f'"{schema}".{quoted}' if schema else quoted
