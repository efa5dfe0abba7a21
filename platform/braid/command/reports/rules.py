"""Every rule that `braid check` and `braid merge` speak of: how it counts, and what it means.

docs/rules.md is this table for people, in the same words. `help_address` leads there where
`BRAID_DOCS_URL` says where the documentation stands.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from schemata.findings import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """`severity` is how its findings usually count, `meaning` one or two sentences for people."""

    id: str
    severity: Severity
    meaning: str

    @property
    def name(self) -> str:
        """`replay.base-failed` as `ReplayBaseFailed`, the way in which SARIF spells names."""
        return "".join(word.capitalize() for word in self.id.replace(".", "-").split("-"))

    @property
    def help_address(self) -> str:
        """The rule's heading in docs/rules.md, empty where it is not known where that stands."""
        docs = os.environ.get("BRAID_DOCS_URL", "").rstrip("/")
        return f"{docs}/rules.md#{self.id.replace('.', '')}" if docs else ""


def rule_of(rule: str, severity: Severity) -> Rule:
    """The rule of that name; a name that is not in the table gets a line of its own."""
    known = RULES.get(rule)
    return known or Rule(rule, severity, f"A finding of Braid's that is called {rule}.")


def _read() -> dict[str, Rule]:
    said = tomllib.loads(files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))
    return {
        rule: Rule(rule, Severity(severity), meaning)
        for severity, rules in said.items()
        for rule, meaning in rules.items()
    }


RULES: Mapping[str, Rule] = _read()
