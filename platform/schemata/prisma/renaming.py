"""A model, enum or field under another name in the database, carried through a schema's files.

When two sides made one of a name and people keep both, theirs goes on under a new name: its block or
field, what refers to it, and its `@map` are edited as text, everything else stays as it was written.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from schemata.catalog import Address, Kind
from schemata.prisma.datamodel import DatamodelError
from schemata.prisma.drift.said import places
from schemata.prisma.parse import parse
from schemata.prisma.resolve import resolve
from schemata.prisma.syntax import Block, BlockAttribute, Document, EnumValue, Field, Member

Files = Mapping[str, str]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LIST = re.compile(r"\[[^\]]*\]")
_DEFAULT = re.compile(r"@default\([^)]*\)")
_MAP = re.compile(r'\s*@map\((?:name:\s*)?"(?:\\.|[^"\\])*"\)')


def rename(files: Files, at: Address, name: str) -> Files:
    """The files in which what the database has at `at` is called `name`; as they were where they don't say it."""
    label = labels(files).get(at, "")
    block, _, field = label.partition(".")
    if at.kind == Kind.COLUMN and field:
        return _edited(files, lambda found: _with_field(found, block, field, name))
    if at.kind in (Kind.TABLE, Kind.ENUM) and block and not field:
        return _edited(files, lambda found: _with_block(found, block, name))
    return files


def relabel(files: Files, block: str, name: str, field: str = "") -> Files:
    """The files in which a model, enum or (`field`) a field of one is called `name`; what it is mapped to stays."""
    if field:
        return _edited(files, lambda found: _with_label_of_field(found, block, field, name))
    return _edited(files, lambda found: _with_label(found, block, name))


def labels(files: Files) -> Mapping[Address, str]:
    """What the files call (`User`, `User.email`) what the database has at each address; empty where unreadable."""
    try:
        datamodel = resolve({path: parse(text) for path, text in files.items()})
    except DatamodelError:
        return {}
    return {at: place.label for at, place in places(datamodel)}


def rename_value(files: Files, at: Address, old: str, name: str) -> Files:
    """The files in which the value `old` of the enum at `at`, and defaults that are it, are called `name`."""
    block = labels(files).get(at, "")
    if not _NAME.fullmatch(name) or not any(_holds_value(parse(text), block, old) for text in files.values()):
        return files
    return _edited(files, lambda found: _with_value(found, block, old, name))


def _holds_value(document: Document, enum: str, name: str) -> bool:
    """Whether the enum has the value, called so in the database as well."""
    blocks = (block for block in document.blocks if block.kind == "enum" and block.name == enum)
    values = (each for block in blocks for each in block.members if isinstance(each, EnumValue))
    return any(each.name == name and not any(a.name == "map" for a in each.attributes) for each in values)


def _with_value(block: Block, enum: str, old: str, name: str) -> Block:
    if block.kind == "enum" and block.name == enum:
        members = (_renamed_value(member, old, name) for member in block.members)
    else:
        members = (_of_default(member, enum, old, name) for member in block.members)
    return replace(block, members=tuple(members))


def _renamed_value(member: Member, old: str, name: str) -> Member:
    if not isinstance(member, EnumValue) or member.name != old:
        return member
    return replace(member, name=name, text=name + member.text[len(old) :])


def _of_default(member: Member, enum: str, old: str, name: str) -> Member:
    if not isinstance(member, Field) or member.type is None or member.type.name != enum:
        return member
    word = rf"(?<!\w){re.escape(old)}(?!\w)"
    text = _DEFAULT.sub(lambda found: re.sub(word, name, found[0]), member.text)
    return replace(member, text=text)


def _edited(files: Files, edit: Callable[[Block], Block]) -> Files:
    documents = {path: parse(text) for path, text in files.items()}
    return {
        path: replace(document, blocks=tuple(map(edit, document.blocks))).text
        for path, document in documents.items()
    }


def _with_block(block: Block, old: str, name: str) -> Block:
    new = name if _NAME.fullmatch(name) else f"{old}2"
    found = _with_label(block, old, new)
    if not _is_called(block, old):
        return found
    kept = tuple(each for each in found.members if not _is_map(each))
    mapped = [each for each in found.members if _is_map(each)]
    if new == name:
        return replace(found, members=kept)
    leading = mapped[0].leading if mapped else "\n  "
    last = Member(leading, f"@@map({json.dumps(name, ensure_ascii=False)})\n", block.line)
    return replace(found, members=(*kept, last))


def _with_label(block: Block, old: str, new: str) -> Block:
    members = tuple(_of_type(member, old, new) for member in block.members)
    if not _is_called(block, old):
        return replace(block, members=members)
    header = re.sub(rf"\b{re.escape(old)}\b", new, block.header, count=1)
    return replace(block, name=new, header=header, members=members)


def _is_called(block: Block, name: str) -> bool:
    return block.name == name and block.kind in ("model", "enum", "view")


def _is_map(member: Member) -> bool:
    return isinstance(member, BlockAttribute) and member.attribute.name == "map"


def _of_type(member: Member, old: str, new: str) -> Member:
    if not isinstance(member, Field) or member.type is None or member.type.name != old:
        return member
    text = re.sub(rf"^(\w+\s+){re.escape(old)}\b", rf"\g<1>{new}", member.text, count=1)
    return replace(member, text=text)


def _with_field(block: Block, where: str, old: str, name: str) -> Block:
    new = name if _NAME.fullmatch(name) else f"{old}2"
    if block.name == where:
        members = (_in_own_block(member, old, new, name) for member in block.members)
    else:
        members = (_in_other_block(member, where, old, new) for member in block.members)
    return replace(block, members=tuple(members))


def _with_label_of_field(block: Block, where: str, old: str, new: str) -> Block:
    if block.name != where:
        return replace(block, members=tuple(_in_other_block(m, where, old, new) for m in block.members))
    members = (
        replace(member, name=new, text=new + member.text[len(old) :])
        if isinstance(member, Field) and member.name == old
        else _in_own_block(member, old, new, new)
        for member in block.members
    )
    return replace(block, members=tuple(members))


def _in_own_block(member: Member, old: str, new: str, name: str) -> Member:
    if isinstance(member, Field) and member.name == old:
        text = _MAP.sub("", member.text)
        mapped = "" if new == name else f" @map({json.dumps(name, ensure_ascii=False)})"
        ending = re.search(r"\s*(?://.*)?\s*$", text)
        at = ending.start() if ending else len(text)
        return replace(member, name=new, text=new + text[len(old) : at] + mapped + text[at:])
    if isinstance(member, BlockAttribute) and member.attribute.name != "map":
        return replace(member, text=_LIST.sub(lambda found: _words(found[0], old, new), member.text))
    if isinstance(member, Field) and member.attribute("relation"):
        return replace(member, text=_in_argument(member.text, "fields", old, new))
    return member


def _in_other_block(member: Member, where: str, old: str, new: str) -> Member:
    is_relation = isinstance(member, Field) and member.type and member.type.name == where
    return replace(member, text=_in_argument(member.text, "references", old, new)) if is_relation else member


def _in_argument(text: str, argument: str, old: str, new: str) -> str:
    return re.sub(rf"{argument}:\s*\[[^\]]*\]", lambda found: _words(found[0], old, new), text)


def _words(text: str, old: str, new: str) -> str:
    start = text.index("[")
    return text[:start] + re.sub(rf"(?<![\w]){re.escape(old)}(?![\w])", new, text[start:])
