"""Addresses: how every object of a database is named, and of which kind it is.

An address is a plain tuple, because catalogs of 10,000 tables keep half a
million of them as dictionary keys: hashing and comparing stay in C.
"""

import re
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The kinds of object that the catalog knows field by field, and `OTHER...` by attributes."""

    SCHEMA = "schema"
    EXTENSION = "extension"
    TABLE = "table"
    FOREIGN_TABLE = "foreign table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    SEQUENCE = "sequence"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    ENUM = "enum"
    DOMAIN = "domain"
    COMPOSITE = "composite type"
    ATTRIBUTE = "attribute"
    RANGE = "range type"
    FUNCTION = "function"
    PROCEDURE = "procedure"
    AGGREGATE = "aggregate"
    TRIGGER = "trigger"
    EVENT_TRIGGER = "event trigger"
    RULE = "rule"
    POLICY = "policy"
    STATISTICS = "statistics"
    PUBLICATION = "publication"
    # Kept as lists of named attributes (`catalog.Other`), never ignored.
    BASE_TYPE = "base type"
    OPERATOR = "operator"
    OPERATOR_CLASS = "operator class"
    OPERATOR_FAMILY = "operator family"
    CAST = "cast"
    COLLATION = "collation"
    CONVERSION = "conversion"
    TEXT_SEARCH_CONFIGURATION = "text search configuration"
    TEXT_SEARCH_DICTIONARY = "text search dictionary"
    TEXT_SEARCH_PARSER = "text search parser"
    TEXT_SEARCH_TEMPLATE = "text search template"
    FOREIGN_DATA_WRAPPER = "foreign data wrapper"
    SERVER = "server"
    USER_MAPPING = "user mapping"
    LANGUAGE = "language"
    ACCESS_METHOD = "access method"
    TRANSFORM = "transform"
    SUBSCRIPTION = "subscription"
    DEFAULT_PRIVILEGES = "default privileges"
    EXTENSION_DEPENDENCY = "extension dependency"
    SECURITY_LABEL = "security label"
    DATABASE_SETTING = "database setting"
    BUILTIN = "builtin object"


class Address(NamedTuple):
    """Kind, schema, name and, for parts of another object, that object's name.

    `parent` names the table, view, domain or type (in the same schema) that a
    column, constraint, index, trigger, rule, policy or attribute belongs to. A
    routine's name carries its argument types: `add(integer, integer)`.
    """

    kind: Kind
    schema: str
    name: str
    parent: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value} {self.path}"

    @property
    def path(self) -> str:
        """Dotted name with every part quoted where it must be: `public.users.email`."""
        return _dotted(self.schema, self.parent, self.name)

    @property
    def short(self) -> str:
        """`path` without the schema `public`, as people say it."""
        return _dotted("" if self.schema == "public" else self.schema, self.parent, self.name)


_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*(\(.*\))?", re.DOTALL)


def _dotted(*parts: str) -> str:
    return ".".join(quote(part) for part in parts if part)


def quote(name: str) -> str:
    """A name as it reads in SQL: quoted only where quotes are needed.

    For reading, not for running: reserved words are left bare.
    """
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
