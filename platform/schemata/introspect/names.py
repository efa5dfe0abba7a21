"""What oids are called: schemas, roles, relations, columns, types, comments.

Filled from the small queries first; the readers of each kind look names up here
instead of making the server join.
"""

from collections import defaultdict
from collections.abc import Mapping

from schemata.catalog import Address, Grant, Kind, quote
from schemata.catalog.privileges import PUBLIC
from schemata.introspect.fetch import Results
from schemata.introspect.privileges import Privileges

# Oids of system catalogs, fixed since each exists (pg_class.h and its siblings).
CLASS_OF = {
    "pg_am": 2601,
    "pg_attrdef": 2604,
    "pg_cast": 2605,
    "pg_class": 1259,
    "pg_collation": 3456,
    "pg_constraint": 2606,
    "pg_conversion": 2607,
    "pg_default_acl": 826,
    "pg_event_trigger": 3466,
    "pg_extension": 3079,
    "pg_foreign_data_wrapper": 2328,
    "pg_foreign_server": 1417,
    "pg_language": 2612,
    "pg_namespace": 2615,
    "pg_opclass": 2616,
    "pg_operator": 2617,
    "pg_opfamily": 2753,
    "pg_policy": 3256,
    "pg_proc": 1255,
    "pg_publication": 6104,
    "pg_publication_rel": 6106,
    "pg_rewrite": 2618,
    "pg_statistic_ext": 3381,
    "pg_subscription": 6100,
    "pg_transform": 3576,
    "pg_trigger": 2620,
    "pg_ts_config": 3602,
    "pg_ts_dict": 3600,
    "pg_ts_parser": 3601,
    "pg_ts_template": 3764,
    "pg_type": 1247,
    "pg_user_mapping": 1418,
}
_NONE: Mapping[int, str] = {}


class Names:
    """Lookups by oid, valid for one read of one database."""

    def __init__(self, found: Results) -> None:
        ((self.version, principal, self.database_owner),) = found["settings"]
        self.roles: dict[int, str] = dict(found["roles"])
        self.principal = self.roles.get(principal, "")
        self.privileges = Privileges(self.version, self.principal)
        self.schema_rows = found["schemas"]
        self.schemas: dict[int, str] = {oid: name for oid, name, *_ in self.schema_rows}
        self.schemas[0] = ""
        self.extension_rows = found["extensions"]
        self.extensions: dict[int, str] = {oid: name for oid, name, *_ in self.extension_rows}
        self.members = {(origin, oid): extension for origin, oid, extension in found["members"]}
        self.builtin_types: dict[int, str] = dict(found["builtin_types"])
        self.collations = {oid: self._collation(name, schema) for oid, name, schema in found["collations"]}
        self.operator_classes: dict[int, tuple[str, int, int, bool, int, str]] = {
            row[0]: row[1:] for row in found["operator_classes"]
        }
        self.comments: dict[tuple[int, int], dict[int, str]] = {}
        for origin, oid, part, text in found["comments"]:
            self.comments.setdefault((origin, oid), {})[part] = text
        self.relations: dict[int, Address] = {}
        self.columns: Mapping[int, dict[int, str]] = defaultdict(dict)

    def _collation(self, name: str, schema: int) -> str:
        home = self.schemas[schema]
        return quote(name) if home == "pg_catalog" else f"{quote(home)}.{quote(name)}"

    def role(self, oid: int) -> str:
        """A role as grants and owners show it: `public` for everyone, "" for the principal."""
        if oid == 0:
            return PUBLIC
        name = self.roles.get(oid, str(oid))
        return "" if name == self.principal else name

    def owner(self, oid: int) -> str:
        """`pg_database_owner` is whoever owns the database."""
        name = self._owner_name(oid)
        return "" if name == self.principal else name

    def _owner_name(self, oid: int) -> str:
        name = self.roles.get(oid, str(oid))
        return self.roles.get(self.database_owner, name) if name == "pg_database_owner" else name

    def grants(self, of: str, owner: int, items: list[str] | None) -> tuple[Grant, ...]:
        return self.privileges.read(of, self.roles.get(owner, str(owner)), items)

    def comment(self, origin: str, oid: int) -> str:
        return self.comments_on(CLASS_OF[origin], oid).get(0, "")

    def comments_on(self, origin: int, oid: int) -> Mapping[int, str]:
        """Comments on an object (0) and its columns by number."""
        return self.comments.get((origin, oid), _NONE)

    def column_names(self, relation: int, numbers: list[int] | None) -> tuple[str, ...]:
        """Names of columns by number; a number that is none (an expression) is left out."""
        if not numbers:
            return ()
        known = self.columns[relation]
        return tuple([known[number] for number in numbers if number in known])

    def routine(self, name: str, schema: int, arguments: str = "", kind: Kind = Kind.FUNCTION) -> Address:
        return Address(kind, self.schemas.get(schema, ""), f"{name}({arguments})")
