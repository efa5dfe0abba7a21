"""What the readers pass to one another: limits, what was found where, and what stops them."""

from dataclasses import dataclass, field

from schemata.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a tree is read. A schema beyond them is refused with a finding, never half read."""

    files: int = 200_000
    migrations: int = 20_000
    migration_bytes: int = 16 * 1024 * 1024
    total_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FoundLayout:
    """A layout and the folder that holds its migrations; `postgres` is what `braid.toml` asks for."""

    layout: str
    root: str
    postgres: int | None = None
    options: tuple[str, ...] = field(default=())


class LayoutError(Exception):
    """There is no history to read, or more than one; `finding` says what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def error(rule: str, message: str, path: str = "", *, hint: str = "", line: int | None = None) -> Finding:
    return Finding(rule, Severity.ERROR, message, hint, path, line)


def warning(rule: str, message: str, path: str = "", *, hint: str = "", line: int | None = None) -> Finding:
    return Finding(rule, Severity.WARNING, message, hint, path, line)


def notice(rule: str, message: str, path: str = "", *, hint: str = "", line: int | None = None) -> Finding:
    return Finding(rule, Severity.NOTICE, message, hint, path, line)
