"""Prisma's scalar and native types as Postgres types, spelled as Prisma's engine spells them.

Source: Prisma's reference of the schema language, "Native types mapping" for PostgreSQL.
"""

from schemata.prisma import render
from schemata.prisma.syntax import Attribute, FieldType

SCALARS = {
    "String": "TEXT",
    "Boolean": "BOOLEAN",
    "Int": "INTEGER",
    "BigInt": "BIGINT",
    "Float": "DOUBLE PRECISION",
    "Decimal": "DECIMAL(65,30)",
    "DateTime": "TIMESTAMP(3)",
    "Json": "JSONB",
    "Bytes": "BYTEA",
}
NATIVE = {
    "Text": "TEXT",
    "Char": "CHAR",
    "VarChar": "VARCHAR",
    "Bit": "BIT",
    "VarBit": "VARBIT",
    "Uuid": "UUID",
    "Xml": "XML",
    "Inet": "INET",
    "Citext": "CITEXT",
    "Boolean": "BOOLEAN",
    "Integer": "INTEGER",
    "Int": "INTEGER",
    "SmallInt": "SMALLINT",
    "BigInt": "BIGINT",
    "Oid": "OID",
    "DoublePrecision": "DOUBLE PRECISION",
    "Real": "REAL",
    "Decimal": "DECIMAL",
    "Money": "MONEY",
    "Timestamp": "TIMESTAMP",
    "Timestamptz": "TIMESTAMPTZ",
    "Date": "DATE",
    "Time": "TIME",
    "Timetz": "TIMETZ",
    "Json": "JSON",
    "JsonB": "JSONB",
    "ByteA": "BYTEA",
}
SERIALS = {"INTEGER": "SERIAL", "SMALLINT": "SMALLSERIAL", "BIGINT": "BIGSERIAL"}


def scalar(kind: FieldType, native: Attribute | None) -> str | None:
    """The column type without list brackets, or None where the name is no scalar."""
    if kind.name == "Unsupported":
        return kind.native
    if kind.name not in SCALARS:
        return None
    return _native(native) if native is not None else SCALARS[kind.name]


def _native(attribute: Attribute) -> str:
    name = attribute.name.removeprefix("db.")
    arguments = ",".join(render.argument(argument) for argument in attribute.arguments)
    base = NATIVE.get(name, name.upper())
    return f"{base}({arguments})" if arguments else base
