"""Schema files of real repositories against Prisma's own engine: `python -m tests.schemata.prisma.oracle DIR...`.

For every revision of every schema in the git repositories DIR: printing what was
parsed gives the same bytes, and `ddl.script` the same SQL as the engine. Needs
`node`; the engine is the npm package below, installed into --package FOLDER or
a temporary one. Exit code 1 where anything differs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemata.prisma import ddl
from schemata.prisma.datamodel import DatamodelError
from schemata.prisma.parse import parse
from schemata.prisma.resolve import resolve
from schemata.prisma.syntax import Array, Block, Document, Literal, Property

PACKAGE = "@prisma/schema-engine-wasm"
VERSION = "8.1.0-2.59be4fda12412a79eeb9c2ae727b6aa723593323"
# What the engine of this version still knows; it refuses schemas that name retired ones.
FEATURES = ("partialIndexes", "postgresqlExtensions", "views", "fullTextSearchPostgres")
SETTINGS = ("url", "directUrl", "shadowDatabaseUrl")
Files = dict[str, str]


class Engine:
    """Prisma's engine in a node process, asked one schema at a time."""

    def __init__(self, folder: Path) -> None:
        command = ["node", str(Path(__file__).with_name("engine.mjs")), str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, files: Files) -> dict[str, str]:
        """{"sql": ...} or {"error": ...}."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"files": list(files.items())}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the engine has ended")
        answer: dict[str, str] = json.loads(line)
        return answer


def install(folder: Path) -> Path:
    """The engine's folder, installed with npm where it is not there."""
    package = folder / "node_modules" / PACKAGE
    if not package.is_dir():
        command = ["npm", "install", "--silent", "--prefix", str(folder), f"{PACKAGE}@{VERSION}"]
        subprocess.run(command, check=True)
    return package


def askable(documents: dict[str, Document]) -> Files:
    """The files without what this engine's version refuses and the SQL does not depend on."""
    return {path: "".join(map(_block, found.blocks)) + found.tail for path, found in documents.items()}


def _block(block: Block) -> str:
    if block.kind == "datasource":
        kept = [member for member in block.members if getattr(member, "name", "") not in SETTINGS]
    elif block.kind == "generator":
        kept = list(filter(None, map(_generator, block.members)))
    else:
        return block.text
    return block.header + "".join(member.leading + member.text for member in kept) + "}\n"


def _generator(member: Any) -> Any:
    if not isinstance(member, Property) or member.name != "previewFeatures":
        return member if getattr(member, "name", "") == "provider" else None
    items = member.value.items if isinstance(member.value, Array) else ()
    kept = [item.value for item in items if isinstance(item, Literal) and item.value in FEATURES]
    text = f"  previewFeatures = {json.dumps(kept)}\n"
    return Property("", text, member.line, member.name, member.value)


def revisions(repository: Path) -> Iterator[tuple[str, Files]]:
    """Every version of every schema, newest first: (where, its files)."""
    seen: set[str] = set()
    commits = _git(repository, "log", "--format=%H", "--", "*.prisma").split()
    for commit in commits:
        lines = _git(repository, "ls-tree", "-r", commit).splitlines()
        blobs = {line.split("\t", 1)[1]: line.split()[2] for line in lines if line.endswith(".prisma")}
        texts = {path: _git(repository, "cat-file", "blob", blob) for path, blob in blobs.items()}
        for path, files in _schemas(texts):
            key = json.dumps(files)
            if key not in seen:
                seen.add(key)
                yield f"{repository.name}@{commit[:10]}:{path}", files


def _schemas(texts: Files) -> Iterator[tuple[str, Files]]:
    """Each file with a datasource, together with those beside and below it that have none."""
    heads = [path for path in sorted(texts) if "datasource " in texts[path]]
    for head in heads:
        folder = head.rpartition("/")[0]
        more = [
            path for path in texts if path not in heads and path.startswith(f"{folder}/" if folder else "")
        ]
        yield head, {path: texts[path] for path in sorted((head, *more))}


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=False)
    return done.stdout.decode(errors="replace")


def compare(files: Files, engine: Engine) -> tuple[str, str]:
    """What came of one schema, and the first difference."""
    documents = {path: parse(text) for path, text in files.items()}
    if any(documents[path].text != text for path, text in files.items()):
        return "printed otherwise", ""
    if not any(_is_for_postgres(block) for each in documents.values() for block in each.blocks):
        return "for another database", ""
    answer = engine.ask(askable(documents))
    try:
        ours = ddl.script(resolve(documents))
    except DatamodelError as error:
        return ("refused by both", "") if "error" in answer else ("refused by us", str(error))
    if "error" in answer:
        return "refused by the engine", answer["error"]
    return ("equal", "") if ours == answer["sql"] else ("differs", _difference(ours, answer["sql"]))


def _is_for_postgres(block: Block) -> bool:
    provider = block.property("provider") if block.kind == "datasource" else None
    return isinstance(provider, Literal) and provider.value in ("postgresql", "postgres")


def _difference(ours: str, theirs: str) -> str:
    mine, other = ours.splitlines(), theirs.splitlines()
    pairs = enumerate(zip(mine, other, strict=False))
    place = next((number for number, pair in pairs if pair[0] != pair[1]), min(len(mine), len(other)))
    return f"we: {mine[place : place + 1]}\n    engine: {other[place : place + 1]}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.schemata.prisma.oracle", description=__doc__)
    parser.add_argument("repositories", nargs="+", metavar="DIR", type=Path)
    parser.add_argument(
        "--package", metavar="FOLDER", type=Path, help="where the engine is, or shall be, installed"
    )
    parser.add_argument("--limit", metavar="N", type=int, default=0, help="the newest N schemas of each")
    given = parser.parse_args(arguments)
    engine = Engine(install(given.package or Path(tempfile.mkdtemp(prefix="prisma-engine-"))))
    total: Counter[str] = Counter()
    for repository in given.repositories:
        found: Counter[str] = Counter()
        for number, (where, files) in enumerate(revisions(repository)):
            if given.limit and number == given.limit:
                break
            outcome, detail = compare(files, engine)
            found[outcome] += 1
            if outcome not in ("equal", "refused by both", "for another database"):
                print(f"{outcome}: {where}\n    {detail.strip()[:400]}")
        print(f"{repository.name}: {dict(sorted(found.items()))}", flush=True)
        total += found
    print(f"all: {dict(sorted(total.items()))}")
    return 1 if total["differs"] or total["printed otherwise"] or total["refused by us"] else 0


if __name__ == "__main__":
    sys.exit(main())
