"""Every kind of conflict and its harmless twins, on the schema of the demo project."""

import subprocess
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from schemata.catalog import Catalog
from schemata.introspect import read_catalog
from schemata.layouts import FolderTree, read_project
from schemata.merge import ConflictKind
from tests.schemata.merge.meetings import meetings
from tests.schemata.merge.playing import Stage, replay

SHOP = Path(__file__).parents[3] / "demo" / "shop" / "main"


@pytest.fixture(scope="module")
def shop(postgres, tmp_path_factory) -> Catalog:
    """The demo's catalog; its database is `merge_shop`."""
    folder = tmp_path_factory.mktemp("shop")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    for patch in sorted(SHOP.glob("*.patch")):
        subprocess.run(["git", "apply", str(patch)], cwd=folder, check=True)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute("create database merge_shop template template0")
    with psycopg.connect(postgres.url("merge_shop"), autocommit=True) as connection:
        replay(read_project(FolderTree(folder)), connection)
        return read_catalog(connection)


def test_conflicts_are_those_expected_and_no_other(postgres, shop: Catalog) -> None:
    chosen = list(meetings(shop, each=1))
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        played = list(Stage(admin, "merge_shop").play(chosen))
    assert [(each.meeting.title, each.problem) for each in played if each.problem] == []
    assert [(each.meeting.title, each.skipped) for each in played if each.skipped] == []
    kinds = Counter(kind for meeting in chosen for kind, _, _ in meeting.expected)
    assert set(kinds) == {kind.value for kind in ConflictKind}
    assert sum(not meeting.expected for meeting in chosen) > 20
