"""The demo's schema, once for all modules of a process."""

import subprocess
from pathlib import Path

import psycopg
import pytest

from schemata.catalog import Catalog
from schemata.introspect import read_catalog
from schemata.layouts import FolderTree, read_project
from tests.schemata.merge.playing import replay

SHOP = Path(__file__).parents[3] / "demo" / "shop" / "main"


@pytest.fixture(scope="session")
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
