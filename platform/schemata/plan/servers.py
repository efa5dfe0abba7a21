"""Foreign servers, whose options a catalog keeps one by one (manual, CREATE SERVER, ALTER SERVER)."""

from collections.abc import Iterator, Mapping

from schemata.catalog import Other
from schemata.plan.ground import Ground
from schemata.plan.values import PlannedStatement
from schemata.render.names import foreign_options, literal, name

_OPTION = "option "


def create_server(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    kind = f" TYPE {literal(has['type'])}" if "type" in has else ""
    version = f" VERSION {literal(has['version'])}" if "version" in has else ""
    options = foreign_options(f"{key}={value}" for key, value in _options(has).items())
    wrapper = f"FOREIGN DATA WRAPPER {name(has['wrapper'])}"
    yield f"CREATE SERVER {name(found.address.name)}{kind}{version} {wrapper}{options};"


def is_altered_in_place(before: Other, after: Other) -> bool:
    """Whether ALTER SERVER leads there: it sets a version and options, and takes no version away."""
    was, now = dict(before.attributes), dict(after.attributes)
    same = all(was.get(each) == now.get(each) for each in ("wrapper", "type"))
    return same and ("version" in now or "version" not in was)


def alter_server(before: Other, after: Other, _: Ground) -> Iterator[PlannedStatement]:
    was, now = dict(before.attributes), dict(after.attributes)
    version = f" VERSION {literal(now['version'])}" if was.get("version") != now.get("version") else ""
    changes = ", ".join(_changes(_options(was), _options(now)))
    options = f" OPTIONS ({changes})" if changes else ""
    yield PlannedStatement(f"ALTER SERVER {name(after.address.name)}{version}{options};", after.address)


def _changes(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    yield from (f"DROP {name(key)}" for key in was if key not in now)
    for key, value in now.items():
        if key not in was:
            yield f"ADD {name(key)} {literal(value)}"
        elif was[key] != value:
            yield f"SET {name(key)} {literal(value)}"


def _options(has: Mapping[str, str]) -> dict[str, str]:
    return {key.removeprefix(_OPTION): value for key, value in has.items() if key.startswith(_OPTION)}
