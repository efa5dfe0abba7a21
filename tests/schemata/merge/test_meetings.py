"""Every kind of conflict and its harmless twins, on the schema of the demo project."""

from collections import Counter

import psycopg

from schemata.catalog import Catalog
from schemata.merge import ConflictKind
from tests.schemata.merge.meetings import meetings
from tests.schemata.merge.playing import Stage


def test_conflicts_are_those_expected_and_no_other(postgres, shop: Catalog) -> None:
    chosen = list(meetings(shop, each=1))
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        played = list(Stage(admin, "merge_shop").play(chosen))
    assert [(each.meeting.title, each.problem) for each in played if each.problem] == []
    assert [(each.meeting.title, each.skipped) for each in played if each.skipped] == []
    kinds = Counter(kind for meeting in chosen for kind, _, _ in meeting.expected)
    assert set(kinds) == {kind.value for kind in ConflictKind}
    assert sum(not meeting.expected for meeting in chosen) > 20
