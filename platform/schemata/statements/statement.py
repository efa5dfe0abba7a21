"""One statement of a migration, as a value."""

from dataclasses import dataclass
from functools import cached_property

from schemata.statements.kinds import kind_of
from schemata.statements.scanner import code_start


@dataclass(frozen=True)
class Statement:
    """One SQL statement without its terminator, and where it stands.

    `line` and `column` count from 1 in the migration's file; `offset` counts
    characters from the start of the file's decoded text, so
    `migration.text[s.offset : s.end] == s.text`.
    """

    text: str
    line: int
    column: int
    offset: int

    # No slots: `cached_property` keeps its value in the instance's dictionary.

    @property
    def end(self) -> int:
        return self.offset + len(self.text)

    @cached_property
    def lead(self) -> str:
        """The blanks and comments that stand before its first word."""
        return self.text[: code_start(self.text)]

    @cached_property
    def kind(self) -> str:
        """Node of Postgres's grammar (`CreateStmt`), or empty where it can't be told."""
        return kind_of(self.text)
