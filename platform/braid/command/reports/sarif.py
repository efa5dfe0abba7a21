"""An account as SARIF 2.1.0 (OASIS), for code scanning.

GitHub wants a file and a line for each result, so a result without either stands at line 1
of what it is about: the file, or the folder of the migrations.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from braid.command.printing import plain
from braid.command.reports.account import Account, Place, Problem
from braid.command.reports.rules import Rule, rule_of
from schemata.findings import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def render(*accounts: Account) -> str:
    """One run for each account."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(each) for each in accounts]}
    return json.dumps(log, indent=2) + "\n"


def _run(account: Account) -> dict[str, Any]:
    used = {each.rule: rule_of(each.rule, each.severity) for each in account.problems}
    rules = [used[name] for name in sorted(used)]
    return {
        "tool": {
            "driver": {"name": "Braid", "version": version("braid"), "rules": [_rule(each) for each in rules]}
        },
        # What comes before the last slash is GitHub's category: one for each command and set of migrations.
        "automationDetails": {"id": f"braid/{account.command}/{quote(account.root, errors='replace')}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": True, "properties": {"outcome": account.outcome}}],
        "results": list(_results(account, [each.id for each in rules])),
    }


def _results(account: Account, rules: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Two findings that say the same of one file differ in the number behind their fingerprints."""
    seen: Counter[str] = Counter()
    for problem in account.problems:
        place = problem.place or Place(account.root or ".")
        fingerprint = _fingerprint(problem, place)
        seen[fingerprint] += 1
        yield {
            **_result(problem, place, rules.index(problem.rule)),
            "partialFingerprints": {"braidFinding/v1": f"{fingerprint}:{seen[fingerprint]}"},
        }


def _rule(rule: Rule) -> dict[str, Any]:
    told = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.meaning},
        "help": {"text": rule.meaning},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    return {**told, "helpUri": rule.help_address} if rule.help_address else told


def _result(problem: Problem, place: Place, rule: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rule,
        "level": _LEVELS[problem.severity],
        "message": {"text": plain("\n".join(part for part in (problem.message, problem.hint) if part))},
        "locations": [_location(place)],
    }
    if problem.others:
        told["relatedLocations"] = [_location(each) for each in problem.others]
    return told


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line or 1}
    if place.line and place.column:
        region["startColumn"] = place.column
    # A path that git holds as bytes of no encoding keeps these bytes.
    uri = quote(place.path, errors="surrogateescape")
    found: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": ROOT}, "region": region}
    }
    return {**found, "message": {"text": plain(place.note)}} if place.note else found


def _fingerprint(problem: Problem, place: Place) -> str:
    """The same while the finding is, wherever in its file it moves to."""
    said = (problem.rule, place.path, problem.object, problem.migration, problem.message)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]
