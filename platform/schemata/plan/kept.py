"""Statements for the kinds that a catalog keeps as named attributes: operators, casts, settings...

Nothing is written for what only a superuser can make (base types, operator classes,
languages, wrappers) and for what a catalog doesn't know enough of (user mappings
and subscriptions hold passwords): the planner reports those by name.
"""

from collections.abc import Callable, Iterator, Mapping

from schemata.catalog import Aggregate, Kind, Other
from schemata.plan.servers import create_server
from schemata.render.code import LISTS_OF_NAMES
from schemata.render.names import literal, name, names, qualified, role

_PARALLEL = {"s": "SAFE", "r": "RESTRICTED"}
_MODIFY = {"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"}
_WRITTEN_AS_TEXT = frozenset({"initcond", "minitcond"})
# Shown by Postgres with argument types, wanted by CREATE AGGREGATE and CREATE OPERATOR without.
_ROUTINES = frozenset(
    [
        "sfunc",
        "finalfunc",
        "combinefunc",
        "serialfunc",
        "deserialfunc",
        "msfunc",
        "minvfunc",
        "mfinalfunc",
        "sortop",
        "function",
        "commutator",
        "negator",
        "restrict",
        "join",
    ]
)
_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}
# Token types of the server's own parser (manual, 12.5).
_TOKENS = [
    "asciiword",
    "word",
    "numword",
    "email",
    "url",
    "host",
    "sfloat",
    "version",
    "hword_numpart",
    "hword_part",
    "hword_asciipart",
    "blank",
    "tag",
    "protocol",
    "numhword",
    "asciihword",
    "hword",
    "url_path",
    "file",
    "float",
    "int",
    "uint",
    "entity",
]
_DEFAULT_PARSER = 'pg_catalog."default"'


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


def create_aggregate(found: Aggregate) -> str:
    """See https://www.postgresql.org/docs/current/sql-createaggregate.html."""
    options = [_option(key, value) for key, value in found.attributes if key not in ("kind", "directargs")]
    if ("kind", "h") in found.attributes:
        options.append("HYPOTHETICAL")
    at = f"{name(found.address.schema)}.{name(found.name)}"
    inside = ",\n    ".join(options)
    return f"CREATE AGGREGATE {at}({found.arguments or '*'}) (\n    {inside}\n);"


def _option(key: str, value: str) -> str:
    if key == "parallel":
        return f"PARALLEL = {_PARALLEL[value]}"
    if key.endswith("_modify"):
        return f"{key.upper()} = {_MODIFY[value]}"
    if key.endswith("_extra"):
        return key.upper()
    if key in _WRITTEN_AS_TEXT:
        return f"{key.upper()} = {literal(value)}"
    return f"{key.upper()} = {_bare(key, value)}"


def _bare(key: str, value: str) -> str:
    text = value.partition("(")[0] if key in _ROUTINES else value
    return f"OPERATOR({text})" if key in ("sortop", "commutator", "negator") and "." in text else text


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


def _operator(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    sign, _, operands = found.address.name.rpartition("(")
    left, _, right = operands.removesuffix(")").partition(", ")
    options = [f"FUNCTION = {_bare('function', has['function'])}"]
    options += [f"{side} = {of}" for side, of in (("LEFTARG", left), ("RIGHTARG", right)) if of != "none"]
    for key in ("commutator", "negator", "restrict", "join"):
        if key in has:
            options.append(f"{key.upper()} = {_bare(key, has[key])}")
    options += [key.upper() for key in ("hashes", "merges") if key in has]
    yield f"CREATE OPERATOR {name(found.address.schema)}.{sign} ({', '.join(options)});"


_CONTEXT = {"a": " AS ASSIGNMENT", "i": " AS IMPLICIT", "e": ""}


def _cast(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    by = {"f": f"WITH FUNCTION {has.get('function')}", "i": "WITH INOUT", "b": "WITHOUT FUNCTION"}
    yield f"CREATE CAST {found.address.name} {by[has['method']]}{_CONTEXT[has['context']]};"


def _dictionary(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    options = f", {has['options']}" if has.get("options") else ""
    yield f"CREATE TEXT SEARCH DICTIONARY {qualified(found.address)} (TEMPLATE = {has['template']}{options});"


def _configuration(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    if has["parser"] != _DEFAULT_PARSER:
        return
    at = f"TEXT SEARCH CONFIGURATION {qualified(found.address)}"
    yield f"CREATE {at} (PARSER = {has['parser']});"
    for key, dictionaries in has.items():
        if key != "parser":
            token = _TOKENS[int(key.removeprefix("token type ")) - 1]
            yield f"ALTER {at} ADD MAPPING FOR {token} WITH {dictionaries};"


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


def _settings(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    for key, value in has.items():
        shown = (
            names(each.strip().strip('"') for each in value.split(","))
            if key in LISTS_OF_NAMES
            else literal(value)
        )
        yield _in_database(found, f"SET {key} TO {shown}")


def _no_settings(found: Other) -> str:
    return _in_database(found, "RESET ALL")


def _in_database(found: Other, what: str) -> str:
    """The name of the database is nobody's to know: the same schema stands in many."""
    whose = found.address.name.removesuffix("in database").strip()
    by = "CURRENT_USER" if whose == "owner" else name(whose.removeprefix("role "))
    head = f"ALTER ROLE {by} IN DATABASE %I" if whose else "ALTER DATABASE %I"
    text = literal(f"{head} {what.replace('%', '%%')}")
    return f"DO $do$ BEGIN EXECUTE format({text}, current_database()); END $do$;"


def _default_privileges(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    for grant in found.privileges:
        verb, to = ("REVOKE", "FROM") if grant.revoked else ("GRANT", "TO")
        option = " WITH GRANT OPTION" if grant.grantable else ""
        yield _for_defaults(
            found, f"{verb} {_listed(grant.privileges)} ON {{}} {to} {role(grant.role)}{option}"
        )


def _no_default_privileges(found: Other) -> str:
    texts = []
    for grant in found.privileges:
        verb, to = ("GRANT", "TO") if grant.revoked else ("REVOKE", "FROM")
        texts.append(
            _for_defaults(found, f"{verb} {_listed(grant.privileges)} ON {{}} {to} {role(grant.role)}")
        )
    return "\n".join(texts)


def _listed(privileges: tuple[str, ...]) -> str:
    return ", ".join(privileges)


def _for_defaults(found: Other, what: str) -> str:
    plural, _, whose = found.address.name.partition(" of ")
    head = "ALTER DEFAULT PRIVILEGES"
    if whose.startswith("role "):
        head += f" FOR ROLE {name(whose.removeprefix('role '))}"
    if found.address.schema:
        head += f" IN SCHEMA {name(found.address.schema)}"
    return f"{head} {what.format(plural.upper())};"


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
    Kind.OPERATOR: _operator,
    Kind.CAST: _cast,
    Kind.TEXT_SEARCH_DICTIONARY: _dictionary,
    Kind.TEXT_SEARCH_CONFIGURATION: _configuration,
    Kind.SERVER: create_server,
    Kind.EXTENSION_DEPENDENCY: _extension_dependency,
    Kind.DATABASE_SETTING: _settings,
    Kind.DEFAULT_PRIVILEGES: _default_privileges,
}
_DROPPED: Mapping[Kind, Callable[[Other], str]] = {
    Kind.EXTENSION_DEPENDENCY: _no_extension_dependency,
    Kind.DATABASE_SETTING: _no_settings,
    Kind.DEFAULT_PRIVILEGES: _no_default_privileges,
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
