"""The audit log: it can't be changed, only owners read it, its filter finds."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.db.utils import ProgrammingError
from django.test import Client

from apps.accounts.models import User
from apps.teams import audit
from apps.teams.models import AuditEntry, Team
from tests.cast import TRUNCATE_TRIGGER

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]


@pytest.mark.parametrize(
    "statement",
    [
        "update teams_auditentry set action = 'nothing'",
        "update teams_auditentry set actor_id = null",
        "delete from teams_auditentry",
        "truncate teams_auditentry",
        "truncate teams_auditentry cascade",
        "truncate teams_team cascade",
        "merge into teams_auditentry a using teams_team t on a.team_id = t.id when matched then delete",
        "insert into teams_auditentry select * from teams_auditentry on conflict (id) do update set action = 'x'",
    ],
)
def test_the_database_refuses_every_change(team: Team, statement: str) -> None:
    with connection.cursor() as cursor:
        # Switched off for tests alone (tests/cast.py); the trigger is the one of the migration.
        cursor.execute("set constraints all immediate")
        cursor.execute(TRUNCATE_TRIGGER.format("enable"))
        before = list(AuditEntry.objects.values())
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute(TRUNCATE_TRIGGER.format("disable"))
    assert list(AuditEntry.objects.values()) == before != []


def test_who_is_in_the_log_can_t_be_deleted(team: Team, owner: User) -> None:
    with pytest.raises(ProtectedError):
        owner.delete()
    with pytest.raises(ProtectedError):
        team.delete()


def test_the_orm_can_t_change_it_either(team: Team) -> None:
    entry = AuditEntry.objects.get()
    entry.action = "nothing"
    with pytest.raises(ProgrammingError, match="append-only"):
        entry.save()


@pytest.mark.parametrize(
    ("who", "status"), [("maintainer", 403), ("developer", 403), ("viewer", 403), ("stranger", 404)]
)
def test_only_owners_read_it(
    signed_in: Browser, team: Team, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    answer = signed_in(request.getfixturevalue(who)).get("/acme/-/audit/")
    assert answer.status_code == status
    assert "created the team" not in answer.content.decode()


def test_an_owner_reads_their_own_team_s(signed_in: Browser, team: Team, owner: User, stranger: User) -> None:
    page = signed_in(owner).get("/acme/-/audit/").content.decode()
    assert "created the team" in page
    assert "Acme" in page
    assert "Elsewhere" not in page


def test_its_filter(signed_in: Browser, team: Team, owner: User, developer: User) -> None:
    audit.record(team, developer, "project.create", "needle", root="")
    audit.record(team, None, "project.change", "hay", before={"root": ""}, after={"root": "db"})
    browser = signed_in(owner)

    def targets(**query: object) -> list[str]:
        return [entry.target for entry in browser.get("/acme/-/audit/", query).context["page"]]

    assert targets() == ["hay", "needle", "Acme"]
    assert targets(action="project.create") == ["needle"]
    assert targets(actor=developer.pk) == ["needle"]
    assert targets(q="EEDL") == ["needle"]
    assert targets(q="%") == []
    assert targets(action="project.create", actor=owner.pk) == []
    assert targets(action="no.such") == targets(actor="x") == targets(actor="1 or 1=1") == []


def test_it_comes_in_pages(signed_in: Browser, team: Team, owner: User) -> None:
    for number in range(120):
        audit.record(team, owner, "project.create", f"p{number}")
    browser = signed_in(owner)
    seen = [
        entry.pk
        for page in (1, 2, 3)
        for entry in browser.get("/acme/-/audit/", {"page": page}).context["page"]
    ]
    assert len(seen) == len(set(seen)) == 121
    assert browser.get("/acme/-/audit/", {"page": "999"}).status_code == 200
    assert browser.get("/acme/-/audit/", {"page": "x"}).status_code == 200


def test_what_people_type_is_escaped(signed_in: Browser, team: Team, owner: User) -> None:
    audit.record(team, owner, "<b>", "<script>alert(1)</script>", **{"<i>": "<img>"})
    page = signed_in(owner).get("/acme/-/audit/", {"q": "<script>"}).content.decode()
    assert "<script>alert" not in page
    assert "<img>" not in page
    assert "<i>" not in page
