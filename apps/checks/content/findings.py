"""Findings at rest: each distinct one once per project, a judgement holds their ids in order."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import msgspec

from apps.checks.content.rows import keep
from apps.checks.models import FindingRecord, Judgement
from apps.projects.models import Project
from schemata.findings import Finding, Severity


def save_findings(project: Project, findings: Sequence[Finding]) -> list[int]:
    """The ids of the findings' rows, in the order given."""
    hashes = [_hash(finding) for finding in findings]
    rows = [
        FindingRecord(project=project, hash=digest, **asdict(finding))
        for digest, finding in dict(zip(hashes, findings, strict=True)).items()
    ]
    ids = {row.hash: row.pk for row in keep(rows, under="hash", update=["rule"])}
    return [ids[digest] for digest in hashes]


def findings_of(judgement: Judgement) -> tuple[Finding, ...]:
    """The findings of a judgement in the order they were made; one query."""
    if not judgement.findings:
        return ()
    rows = FindingRecord.objects.in_bulk(judgement.findings)
    return tuple(_finding(rows[key]) for key in judgement.findings)


def count(findings: Iterable[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def _hash(finding: Finding) -> str:
    return hashlib.sha256(msgspec.json.encode(finding)).hexdigest()


def _finding(row: FindingRecord) -> Finding:
    return Finding(
        rule=row.rule,
        severity=Severity(row.severity),
        message=row.message,
        hint=row.hint,
        path=row.path,
        line=row.line,
        column=row.column,
        object=row.object,
    )
