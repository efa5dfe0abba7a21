"""Who is responsible for which objects, written in the manner of CODEOWNERS.

    # Groups come first: people by mail, by @name, or groups that stand above.
    @payments = ada@example.com, @bo

    table public.billing_*   -> @payments
    column *.iban            -> @payments, @maintainers
    enum *                   -> @maintainers
    table public.scratch_*   -> nobody

The last line that matches an object decides, so what is special stands below what is general.
A line matches an object or what the object is a part of: one for a table speaks of its columns, indexes and
constraints too. This module reads the text and matches; it knows nobody (`people` does).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from schemata.catalog import Kind

NOBODY = "nobody"
ROLES = ("developers", "maintainers", "owners")
MAX_LINES = 1000

_KINDS = tuple(sorted((kind.value for kind in Kind), key=len, reverse=True))
_NAME = re.compile(r"@[a-z0-9][a-z0-9._-]*", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s,]+@[^@\s,]+")
_WITHOUT_COMMENT = re.compile(r'(?:[^"#]|"[^"]*"?)*')


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of the text; `line` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A changed object as lines may name it: `kind` and dotted `path`, and the object that it is a part of."""

    kind: str
    path: str
    whole_kind: str = ""
    whole_path: str = ""

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        whole = ((self.whole_kind, self.whole_path),) if self.whole_kind else ()
        return ((self.kind, self.path), *whole)

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


@dataclass(frozen=True, slots=True)
class Line:
    """One pattern and who owns what it matches; `kind` is empty for objects of every kind."""

    number: int
    kind: str
    pattern: str
    owners: tuple[str, ...]

    @property
    def start(self) -> str:
        """What every name that it matches begins with."""
        return re.split(r"[*?]", self.pattern, maxsplit=1)[0]

    def __str__(self) -> str:
        return f"{self.kind or '*'} {self.pattern}"


@dataclass(frozen=True, slots=True)
class Owners:
    """A read text. `groups` holds what each stands for, groups above already opened up."""

    lines: tuple[Line, ...] = ()
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line_of(self, target: Target) -> Line | None:
        """The line that decides about the object; None where none does, or it says `nobody`."""
        return _Index(self).line_of(target)

    def opened(self, owners: Iterable[str]) -> tuple[str, ...]:
        """The people behind owners: mails, and @names that are no group here; each once."""
        people = (person for owner in owners for person in self.groups.get(owner.lower(), (owner,)))
        return tuple(dict.fromkeys(people))


def read_owners(text: str) -> Owners:
    """The text as lines and groups. Lines that can't be read are `problems`, never passed over."""
    reader = _Reader()
    lines = text.splitlines()
    for number, line in enumerate(lines[:MAX_LINES], start=1):
        reader.take(number, _WITHOUT_COMMENT.match(line).group().strip())  # type: ignore[union-attr] # matches all
    if len(lines) > MAX_LINES:
        reader.refuse(MAX_LINES + 1, f"there are more than {MAX_LINES:,} lines")
    return Owners(tuple(reader.lines), reader.groups, tuple(reader.problems))


def owned(owners: Owners, targets: Sequence[Target]) -> tuple[tuple[Line, tuple[Target, ...]], ...]:
    """Which lines decide about the objects, in the order of the text, each with the objects that are its."""
    found: dict[int, tuple[Line, list[Target]]] = {}
    index = _Index(owners)
    for target in sorted(set(targets)):
        line = index.line_of(target)
        if line:
            found.setdefault(line.number, (line, []))[1].append(target)
    return tuple((line, tuple(theirs)) for _, (line, theirs) in sorted(found.items()))


class _Index:
    """Finds the deciding line of many objects: each name is looked up once, in the lines for its kind."""

    def __init__(self, owners: Owners) -> None:
        self._by_kind: dict[str, list[tuple[str, re.Pattern[str], Line]]] = {}
        self._known: dict[tuple[str, str], Line | None] = {}
        for line in reversed(owners.lines):
            self._by_kind.setdefault(line.kind, []).append((line.start, _glob(line.pattern), line))

    def line_of(self, target: Target) -> Line | None:
        found = [line for name in target.names if (line := self._last(name))]
        last = max(found, key=lambda line: line.number, default=None)
        return last if last and last.owners else None

    def _last(self, name: tuple[str, str]) -> Line | None:
        """The last line that matches the name itself."""
        if name not in self._known:
            kind, path = name
            found = (self._first(self._by_kind.get(each, ()), path) for each in {kind, ""})
            self._known[name] = max(
                (line for line in found if line), key=lambda line: line.number, default=None
            )
        return self._known[name]

    @staticmethod
    def _first(lines: Sequence[tuple[str, "re.Pattern[str]", Line]], path: str) -> Line | None:
        return next(
            (line for start, glob, line in lines if path.startswith(start) and glob.fullmatch(path)), None
        )


class _Reader:
    """Takes the lines one by one."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.groups: dict[str, tuple[str, ...]] = {}
        self.problems: list[Problem] = []

    def refuse(self, number: int, message: str) -> None:
        self.problems.append(Problem(number, message))

    def take(self, number: int, text: str) -> None:
        if not text:
            return
        pattern, arrow, owners = text.rpartition("->")
        if arrow:
            self._pattern(number, pattern.strip(), owners.strip())
        elif "=" in text and text.startswith("@"):
            self._group(number, *(part.strip() for part in text.split("=", 1)))
        else:
            self.refuse(number, "expected `pattern -> owners` or `@group = people`")

    def _group(self, number: int, name: str, people: str) -> None:
        if not _NAME.fullmatch(name):
            self.refuse(number, f"{name} is no name of a group: letters, digits, dots, hyphens after the @")
        elif name[1:].lower() in ROLES:
            self.refuse(number, f"{name} stands for the team's {name[1:].lower()} already")
        elif name.lower() in self.groups:
            self.refuse(number, f"{name} is defined twice")
        elif (named := self._people(number, people)) is not None:
            opened = (each for one in named for each in self.groups.get(one.lower(), (one,)))
            self.groups[name.lower()] = tuple(dict.fromkeys(opened))

    def _pattern(self, number: int, pattern: str, owners: str) -> None:
        kind, path = _kind_and_path(pattern)
        named = () if owners == NOBODY else self._people(number, owners)
        if not path:
            self.refuse(number, f"`{pattern}` names no object, as `table public.users` or `* public.*` do")
        elif named is not None:
            self.lines.append(Line(number, kind, path, named))

    def _people(self, number: int, text: str) -> tuple[str, ...] | None:
        named = tuple(part for part in re.split(r"[,\s]+", text) if part)
        wrong = [part for part in named if not _NAME.fullmatch(part) and not _MAIL.fullmatch(part)]
        if wrong:
            self.refuse(number, f"`{wrong[0]}` is neither a mail address nor a @name")
        elif not named:
            self.refuse(number, f"nobody is named; write `{NOBODY}` if that is meant")
        return None if wrong or not named else named


def _kind_and_path(pattern: str) -> tuple[str, str]:
    """`table public.users` in two; a kind of `*`, or none before a single word `*`, is every kind."""
    if pattern == "*":
        return "", "*"
    kind = next((kind for kind in ("*", *_KINDS) if pattern.startswith(f"{kind} ")), None)
    if kind is None:
        return "", ""
    return ("" if kind == "*" else kind), pattern[len(kind) :].strip()


@cache
def _glob(pattern: str) -> "re.Pattern[str]":
    """`*` stands for any letters, dots among them, `?` for one; all else for itself, capitals too.

    What stands between two stars is taken where it first fits and never tried again, so no pattern is slow.
    """
    first, *middle = (re.escape(part).replace(r"\?", ".") for part in re.split(r"\*+", pattern))
    last = f".*{middle.pop()}" if middle else ""
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle) + last, re.DOTALL)
