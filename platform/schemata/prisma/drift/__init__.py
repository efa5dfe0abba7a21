"""Where a schema file and the replayed migrations disagree: by object, with the line in the file.

The file is not compared as text: `steps` gives the SQL of what it says, a sandbox
runs it (`sandbox.drifting`), and `drift` holds the catalog that results against
the one of the migrations. What the language could say and says otherwise is an
error; what it has no words for is a notice, so that nothing is left unsaid.
"""

from collections.abc import Iterator

from schemata.catalog import Catalog
from schemata.changes import Change
from schemata.diff import diff
from schemata.findings import Finding, Severity
from schemata.prisma.datamodel import Datamodel
from schemata.prisma.drift.features import PARTIAL_INDEXES, features, unknown_features
from schemata.prisma.drift.findings import called, outside
from schemata.prisma.drift.inventory import COMPARED, extensions, inventory, missing_schemas, other_schemas
from schemata.prisma.drift.meetings import both
from schemata.prisma.drift.pairing import differences
from schemata.prisma.drift.presence import only_real, only_said
from schemata.prisma.drift.problems import Documents, one_schema, problems, resolved, source
from schemata.prisma.drift.said import Said, said
from schemata.prisma.drift.script import Step, steps

__all__ = ["Documents", "Step", "drift", "drift_of", "one_schema", "problems", "resolved", "steps"]


def drift(documents: Documents, from_schema: Catalog, replayed: Catalog) -> tuple[Finding, ...]:
    """Errors first, then what is outside the language, each in the order of the file.

    `documents` are all files of the schema by path, `from_schema` the catalog after
    `steps`, `replayed` the one of the migrations. A schema with `problems` gives
    those alone, and the catalogs are not looked at.
    """
    datamodel, found = resolved(documents)
    return found if datamodel is None else drift_of(datamodel, documents, from_schema, replayed)


def drift_of(
    datamodel: Datamodel, documents: Documents, from_schema: Catalog, replayed: Catalog
) -> tuple[Finding, ...]:
    """The same for a schema without problems, whose meaning is known."""
    known = said(datamodel, source(documents))
    knows_partial = PARTIAL_INDEXES in features(documents) or any(
        index.predicate for table in datamodel.tables for index in table.indexes
    )
    changes = diff(from_schema, replayed, same_origin=False)
    findings = [
        *_compared(changes, known, knows_partial),
        *_column_orders(changes, known),
        *missing_schemas(from_schema, replayed, known),
        *extensions(datamodel, replayed, known),
        *other_schemas(replayed, known),
        *inventory(replayed, known),
        *unknown_features(documents),
    ]
    return tuple(sorted(findings, key=_order))


def _compared(changes: tuple[Change, ...], known: Said, knows_partial: bool) -> Iterator[Finding]:
    mine = [each for each in changes if each.address.kind in COMPARED]
    for each in differences(mine, known, knows_partial=knows_partial):
        if each.said and each.real:
            yield from both(each.said, each.real, known, knows_partial=knows_partial)
        elif each.said:
            yield from only_said(each.said, known)
        elif each.real:
            yield from only_real(each.real, known, knows_partial=knows_partial)


def _column_orders(changes: tuple[Change, ...], known: Said) -> Iterator[Finding]:
    for change in changes:
        place = known.place(change.address)
        if change.soft and place:
            message = f"{called(change.address, place)} has its columns in another order than the file."
            yield outside("column-order", change.address, place, message)


def _order(finding: Finding) -> tuple[bool, str, int, str, str, str]:
    is_notice = finding.severity is not Severity.ERROR
    return is_notice, finding.path, finding.line or 0, finding.object, finding.rule, finding.message
