"""Each folder of `cases/` is a database before, statements, and the changes that they make.

`before.sql` and `after.sql` run one after the other; `changes.txt` has the
diff by identity, `by_name.txt` the one by name where it differs from it, and
`changes.15.txt` what only that version says otherwise. A first line
`-- needs: 18` or `-- needs: citext` in before.sql says on which servers the case
can run. All of it happens in a transaction that is rolled back.
"""

from pathlib import Path

import psycopg
import pytest

from sandbox.binaries import Installation
from schemata.catalog import Catalog
from schemata.changes import Action, Change
from schemata.diff import diff
from schemata.introspect import read_catalog
from schemata.render import definition
from tests.schemata.catalog.conftest import INSTALLATIONS
from tests.schemata.catalog.telling import told

# These have a view, whose text is Postgres's own and changed with 16, or an extension, whose version
# goes with the server's.
VERSIONED = frozenset({"depends_on_extension", "extensions", "table_dropped", "triggers"})
CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/before.sql"))


def _able(case: Path, installation: Installation) -> bool:
    """Whether the case can run there: `-- needs:` names the oldest version and extensions."""
    first = (case / "before.sql").read_text().partition("\n")[0]
    needs = first.removeprefix("-- needs:").split() if first.startswith("-- needs:") else []
    return all(
        installation.major >= int(need) if need.isdigit() else need in installation.extensions
        for need in needs
    )


PAIRS = [
    pytest.param(major, case, id=f"{major}-{case.name}")
    for major, installation in sorted(INSTALLATIONS.items())
    for case in CASES
    if _able(case, installation)
]


@pytest.mark.parametrize(("server", "case"), PAIRS, indirect=["server"])
def test_case(case: Path, scratch: psycopg.Connection) -> None:
    scratch.execute((case / "before.sql").read_text())
    before = read_catalog(scratch)
    scratch.execute((case / "after.sql").read_text())
    after = read_catalog(scratch)

    by_identity = diff(before, after, same_origin=True)
    by_name = diff(before, after, same_origin=False)
    assert told(by_identity, after) == _expected(case, "changes", scratch)

    assert told(by_name, after) == _expected(case, "by_name", scratch)
    _check_laws(before, after, by_name)
    _check_versions(case, before.hash, after.hash)


SEEN: dict[str, tuple[str, str]] = {}


def _check_versions(case: Path, *hashes: str) -> None:
    """Every server that ran the case gave the same catalogs, but for the text of views before 16."""
    if not list(case.glob("*.15.txt")) and case.name not in VERSIONED:
        assert SEEN.setdefault(case.name, (hashes[0], hashes[1])) == hashes


def _expected(case: Path, which: str, connection: psycopg.Connection) -> str:
    """The text for this server's version, or for all; what is not told by name is told alike by identity."""
    major = connection.info.server_version // 10000
    names = [f"{which}.{major}.txt", f"{which}.txt", f"changes.{major}.txt", "changes.txt"]
    return next((case / name).read_text() for name in names if (case / name).exists())


def _check_laws(before: Catalog, after: Catalog, by_name: tuple[Change, ...]) -> None:
    assert diff(before, before, same_origin=True) == diff(after, after, same_origin=False) == ()
    assert (before.hash == after.hash) == (by_name == ())
    mirrored = diff(after, before, same_origin=False)
    assert _mirror(by_name) == {(change.action, change.address) for change in mirrored}
    for catalog in (before, after):
        again = Catalog.from_json(catalog.to_json())
        assert again == catalog
        assert again.to_json() == catalog.to_json()
        assert again.identities == catalog.identities
        assert diff(catalog, again, same_origin=True) == ()
        for found in catalog.objects.values():
            assert definition(found, catalog)


def _mirror(changes: tuple[Change, ...]) -> set[tuple[Action, object]]:
    turned = {Action.ADD: Action.DROP, Action.DROP: Action.ADD}
    return {(turned.get(change.action, change.action), change.address) for change in changes}
