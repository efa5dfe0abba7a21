"""Preview features: which are on, and which of them nobody here has looked at.

Source: Prisma's reference, "Preview features" (active and promoted, versions 2 to 7).
"""

from collections.abc import Iterator

from schemata.findings import Finding, Severity
from schemata.prisma.drift.problems import Documents, blocks
from schemata.prisma.syntax import Array, Literal

PARTIAL_INDEXES = "partialIndexes"
# Those that change what the database looks like and are compared, and those that only the client knows.
COMPARED = frozenset(
    [
        "cockroachdb",
        "extendedIndexes",
        "multiSchema",
        "namedConstraints",
        "nativeTypes",
        "partialIndexes",
        "postgresqlExtensions",
        "prismaSchemaFolder",
        "referentialActions",
        "referentialIntegrity",
        "views",
    ]
)
CLIENTS = frozenset(
    [
        "aggregateApi",
        "atomicNumberOperations",
        "clientExtensions",
        "connectOrCreate",
        "createMany",
        "dataProxy",
        "deno",
        "distinct",
        "driverAdapters",
        "extendedWhereUnique",
        "fieldReference",
        "filterJson",
        "filteredRelationCount",
        "fullTextIndex",
        "fullTextSearch",
        "fullTextSearchPostgres",
        "groupBy",
        "improvedQueryRaw",
        "insensitiveFilters",
        "interactiveTransactions",
        "jsonProtocol",
        "metrics",
        "microsoftSqlServer",
        "middlewares",
        "mongoDb",
        "mongodb",
        "nApi",
        "nativeDistinct",
        "omitApi",
        "orderByAggregateGroup",
        "orderByNulls",
        "orderByRelation",
        "queryCompiler",
        "relationJoins",
        "selectRelationCount",
        "shardKeys",
        "strictUndefinedChecks",
        "tracing",
        "transactionApi",
        "typedSql",
        "uncheckedScalarInputs",
    ]
)


def features(documents: Documents) -> frozenset[str]:
    """The preview features that the generators turn on."""
    lists = (block.property("previewFeatures") for _path, block in blocks(documents, "generator"))
    items = (item for found in lists if isinstance(found, Array) for item in found.items)
    return frozenset(item.value for item in items if isinstance(item, Literal))


def unknown_features(documents: Documents) -> Iterator[Finding]:
    """Preview features that nobody has looked at: what they may add is not compared."""
    place = next(((path, block.line) for path, block in blocks(documents, "generator")), ("", None))
    for name in sorted(features(documents) - COMPARED - CLIENTS):
        message = (
            f"The preview feature {name} is not known to Braid; what it adds to the schema is not compared."
        )
        yield Finding("schema.preview-feature", Severity.NOTICE, message, "", *place)
