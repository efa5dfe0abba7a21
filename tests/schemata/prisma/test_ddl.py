"""The SQL of a schema file is, byte for byte, what Prisma's own engine writes for it.

Each case folder holds a schema and the engine's script for it.
"""

from pathlib import Path

import pytest

from schemata.prisma import ddl
from schemata.prisma.datamodel import DatamodelError
from schemata.prisma.parse import parse
from schemata.prisma.resolve import resolve

CASES = Path(__file__).parents[2] / "cases" / "prisma"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_script_is_the_engine_s(case: Path) -> None:
    documents = {path.name: parse(path.read_text()) for path in case.glob("*.prisma")}
    assert ddl.script(resolve(documents)) == (case / "expected.sql").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model A {\n  id Int @id\n  b Nope\n}\n", "s.prisma:3: A.b: type Nope is neither a scalar nor"),
        ("model A {\n  id Int @id\n\n  @@index([x])\n}\n", "s.prisma:4: A.@@index: A has no field x"),
        (
            "model A {\n  id Int @id\n  @@index([id], where: {x: 1})\n}\n",
            "s.prisma:3: A.@@index: where names x",
        ),
        ('model A {\n  id Int @id @unique(where: "id > 1")\n}\n', "s.prisma:2: A.id: where wants raw"),
        (
            "model A {\n  id Int @id @unique(where: {id: {gt: 1}})\n}\n",
            "s.prisma:2: A.id: where compares with",
        ),
    ],
)
def test_a_schema_that_means_nothing_names_the_place(text: str, message: str) -> None:
    with pytest.raises(DatamodelError, match=message.replace("[", r"\[")):
        resolve({"s.prisma": parse(text)})
