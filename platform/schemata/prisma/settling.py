"""Schema files after a choice between dropping something and using it, before they are merged.

The merge of files meets names, so it does not know that a field which one side deleted stays, or that an index
which the other side added goes with its field: it would leave a reference that leads nowhere.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from schemata.catalog import Address, Catalog, Kind
from schemata.prisma.datamodel import DatamodelError, Place
from schemata.prisma.drift.said import places
from schemata.prisma.parse import parse
from schemata.prisma.renaming import Files
from schemata.prisma.resolve import resolve
from schemata.prisma.syntax import Block, BlockAttribute, Field, Member

_BLOCKS = frozenset({Kind.TABLE, Kind.ENUM})
Said = Mapping[Address, Place]


def settle_drops(
    files: Sequence[Files], ours: Catalog, theirs: Catalog, merged: Catalog
) -> tuple[Files, Files, Files]:
    """The files of base, ours and theirs without what a side has and the choices took away.

    `merged` is the catalog that the choices led to. What a side dropped and they brought back is left out of
    the base's files: for them the other side adds it.
    """
    before, mine, other = map(_said, files)
    back = {*_back(before, other, ours, merged), *_back(before, mine, theirs, merged)}
    return (
        _without(files[0], before, back),
        _without(files[1], mine, _withdrawn(mine, ours, merged)),
        _without(files[2], other, _withdrawn(other, theirs, merged)),
    )


def _back(before: Said, kept: Said, dropper: Catalog, merged: Catalog) -> Iterable[Address]:
    return (at for at in before if at in kept and at in merged.objects and at not in dropper.objects)


def _withdrawn(said: Said, side: Catalog, merged: Catalog) -> Collection[Address]:
    return [at for at in said if at in side.objects and at not in merged.objects]


def _said(files: Files) -> Said:
    """Where the files say what; empty where they mean nothing."""
    try:
        datamodel = resolve({path: parse(text) for path, text in files.items()})
    except DatamodelError:
        return {}
    return dict(places(datamodel))


def _without(files: Files, said: Said, gone: Collection[Address]) -> Files:
    if not gone:
        return files
    blocks = {said[at].label for at in gone if at.kind in _BLOCKS}
    fields = {said[at].label for at in gone if at.kind is Kind.COLUMN}
    lines = {(said[at].path, said[at].line) for at in gone if at.kind in (Kind.INDEX, Kind.CONSTRAINT)}
    edited: dict[str, str] = {}
    for path, text in files.items():
        document = parse(text)
        kept = (block for block in document.blocks if block.name not in blocks)
        cut = (_cut(block, fields, {line for where, line in lines if where == path}) for block in kept)
        edited[path] = replace(document, blocks=tuple(cut)).text
    return edited


def _cut(block: Block, fields: Collection[str], lines: Collection[int]) -> Block:
    return replace(
        block, members=tuple(each for each in block.members if not _is_cut(block, each, fields, lines))
    )


def _is_cut(block: Block, member: Member, fields: Collection[str], lines: Collection[int]) -> bool:
    if isinstance(member, Field):
        is_relation = member.attribute("relation") is not None
        return f"{block.name}.{member.name}" in fields or (is_relation and member.line in lines)
    return isinstance(member, BlockAttribute) and member.line in lines
