"""A schema file that cannot be compared, with the line that is wrong; what in it is not compared."""

from collections.abc import Iterator, Mapping

from schemata.findings import Finding, Severity
from schemata.prisma.datamodel import Datamodel, DatamodelError, Place
from schemata.prisma.resolve import resolve
from schemata.prisma.syntax import Block, Document, Literal

PROVIDERS = frozenset({"postgresql", "postgres"})
Documents = Mapping[str, Document]


def problems(documents: Documents) -> tuple[Finding, ...]:
    """Everything that keeps the schema from meaning something; empty where it can be compared."""
    return resolved(documents)[1]


def resolved(documents: Documents) -> tuple[Datamodel | None, tuple[Finding, ...]]:
    """What the schema means, or None and everything that keeps it from meaning something."""
    found = (*_unreadable(documents), *_foreign(documents))
    if found:
        return None, found
    try:
        return resolve(documents), ()
    except DatamodelError as error:
        message, place = f"{error.place.label}: {error.message}.", error.place
        wrong = Finding("schema.meaningless", Severity.ERROR, message, "", place.path, place.line)
        return None, (wrong,)


def one_schema(documents: Documents) -> Documents:
    """Without the files of other databases' schemas, where one for Postgres stands beside them."""
    providers = {path: _provider(block) for path, block in blocks(documents, "datasource")}
    others = {path for path, provider in providers.items() if provider not in PROVIDERS}
    return documents if others == set(providers) else {p: d for p, d in documents.items() if p not in others}


def _provider(source: Block) -> str:
    found = source.property("provider")
    return found.value if isinstance(found, Literal) else ""


def _unreadable(documents: Documents) -> Iterator[Finding]:
    if not any(document.blocks for document in documents.values()):
        path = next(iter(sorted(documents)), "")
        yield Finding("schema.empty", Severity.ERROR, "The schema is empty.", path=path)
    for path in sorted(documents):
        for problem in documents[path].problems:
            message = problem.message[:1].upper() + problem.message[1:] + "."
            yield Finding("schema.unreadable", Severity.ERROR, message, "", path, problem.line)


def _foreign(documents: Documents) -> Iterator[Finding]:
    sources = list(blocks(documents, "datasource"))
    for path, block in sources:
        provider = _provider(block)
        if provider and provider not in PROVIDERS:
            message = f"The datasource is for {provider}; drift compares schemas of Postgres."
            yield Finding("schema.provider", Severity.ERROR, message, "", path, block.line)
    if len(sources) > 1:
        path, block = sources[1]
        message = f"This is a second datasource; the first is in {sources[0][0]}:{sources[0][1].line}."
        hint = "Name the file or folder of one schema (--schema)."
        yield Finding("schema.several", Severity.ERROR, message, hint, path, block.line)


def source(documents: Documents) -> Place | None:
    """Where the datasource is."""
    found = (Place(path, block.line, block.name) for path, block in blocks(documents, "datasource"))
    return next(found, None)


def blocks(documents: Documents, kind: str) -> Iterator[tuple[str, Block]]:
    for path in sorted(documents):
        yield from ((path, block) for block in documents[path].blocks if block.kind == kind)
