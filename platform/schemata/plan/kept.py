"""Statements for the kinds that a catalog keeps as named attributes: operators, casts, settings...

Nothing is written for what only a superuser can make (base types, operator classes,
languages, wrappers) and for what a catalog doesn't know enough of (user mappings
and subscriptions hold passwords): the planner reports those by name.
"""

from collections.abc import Callable, Iterator, Mapping

from schemata.catalog import Kind, Other
from schemata.plan.defaults import create_defaults, drop_defaults
from schemata.plan.operators import create_operator
from schemata.plan.servers import create_server
from schemata.plan.settings import create_settings, drop_settings
from schemata.plan.text_search import create_configuration, create_dictionary
from schemata.render.names import literal, name, qualified

_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}


def create_kept(found: Other) -> tuple[str, ...]:
    """The statements that make it; none where only a superuser could, or the catalog knows too little."""
    write = _CREATED.get(found.address.kind)
    return tuple(write(found, dict(found.attributes))) if write else ()


def drop_kept(found: Other) -> str:
    """The statement that takes it away, or nothing where none is known."""
    at = found.address
    if at.kind in _DROPPED_BY_NAME:
        return f"DROP {at.kind.upper()} {_named(found)};"
    write = _DROPPED.get(at.kind)
    return write(found) if write else ""


def _collation(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    options = [f"PROVIDER = {_PROVIDERS[has['provider']]}"]
    options += [f"{key.upper()} = {literal(has[key])}" for key in ("locale", "rules") if key in has]
    options += [f"{key.upper()} = {literal(has[key])}" for key in ("lc_collate", "lc_ctype") if key in has]
    if "deterministic" in has:
        options.append("DETERMINISTIC = false")
    yield f"CREATE COLLATION {qualified(found.address)} ({', '.join(options)});"


def _conversion(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    default = "DEFAULT " if "default" in has else ""
    yield (
        f"CREATE {default}CONVERSION {qualified(found.address)} "
        f"FOR {literal(has['for'])} TO {literal(has['to'])} FROM {has['function']};"
    )


_CONTEXT = {"a": " AS ASSIGNMENT", "i": " AS IMPLICIT", "e": ""}


def _cast(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    by = {"f": f"WITH FUNCTION {has.get('function')}", "i": "WITH INOUT", "b": "WITHOUT FUNCTION"}
    yield f"CREATE CAST {found.address.name} {by[has['method']]}{_CONTEXT[has['context']]};"


def _extension_dependency(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    whose, _, extension = found.address.name.rpartition(" ON ")
    yield f"ALTER {_capitals(whose)} DEPENDS ON EXTENSION {name(extension)};"


def _no_extension_dependency(found: Other) -> str:
    whose, _, extension = found.address.name.rpartition(" ON ")
    return f"ALTER {_capitals(whose)} NO DEPENDS ON EXTENSION {name(extension)};"


def _capitals(identity: str) -> str:
    """`materialized view public.v`, `trigger t on public.x` as SQL has them."""
    noun = next(each for each in _NOUNS if identity.startswith(each + " "))
    return noun.upper() + identity[len(noun) :]


_NOUNS = ("materialized view", "function", "procedure", "index", "trigger")


def _named(found: Other) -> str:
    at = found.address
    if at.kind is Kind.OPERATOR:
        return f"{name(at.schema)}.{at.name}"
    if at.kind in (Kind.OPERATOR_CLASS, Kind.OPERATOR_FAMILY):
        bare, _, method = at.name.rpartition(" USING ")
        return f"{name(at.schema)}.{name(bare)} USING {name(method)}"
    if at.kind in (Kind.CAST, Kind.TRANSFORM):
        return at.name
    return qualified(at)


def _no_user_mapping(found: Other) -> str:
    whose, _, server = found.address.name.partition(" on ")
    by = {"owner": "CURRENT_USER", "public": "PUBLIC"}.get(whose) or name(whose.removeprefix("role "))
    return f"DROP USER MAPPING FOR {by} SERVER {name(server)};"


_CREATED: Mapping[Kind, Callable[[Other, Mapping[str, str]], Iterator[str]]] = {
    Kind.COLLATION: _collation,
    Kind.CONVERSION: _conversion,
    Kind.OPERATOR: create_operator,
    Kind.CAST: _cast,
    Kind.TEXT_SEARCH_DICTIONARY: create_dictionary,
    Kind.TEXT_SEARCH_CONFIGURATION: create_configuration,
    Kind.SERVER: create_server,
    Kind.EXTENSION_DEPENDENCY: _extension_dependency,
    Kind.DATABASE_SETTING: create_settings,
    Kind.DEFAULT_PRIVILEGES: create_defaults,
}
_DROPPED: Mapping[Kind, Callable[[Other], str]] = {
    Kind.EXTENSION_DEPENDENCY: _no_extension_dependency,
    Kind.DATABASE_SETTING: drop_settings,
    Kind.DEFAULT_PRIVILEGES: drop_defaults,
    Kind.USER_MAPPING: _no_user_mapping,
    Kind.BASE_TYPE: lambda found: f"DROP TYPE {qualified(found.address)};",
}
_DROPPED_BY_NAME = frozenset(
    {
        Kind.OPERATOR,
        Kind.OPERATOR_CLASS,
        Kind.OPERATOR_FAMILY,
        Kind.CAST,
        Kind.TRANSFORM,
        Kind.COLLATION,
        Kind.CONVERSION,
        Kind.TEXT_SEARCH_CONFIGURATION,
        Kind.TEXT_SEARCH_DICTIONARY,
        Kind.TEXT_SEARCH_PARSER,
        Kind.TEXT_SEARCH_TEMPLATE,
        Kind.FOREIGN_DATA_WRAPPER,
        Kind.SERVER,
        Kind.LANGUAGE,
        Kind.ACCESS_METHOD,
    }
)
