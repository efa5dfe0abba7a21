"""Roles, removing and leaving: who may, who may not, and the last owner who stays."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test import Client

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.teams import actions
from apps.teams.models import AuditEntry, Invitation, Membership, Role, Team
from tests.cast import make_member

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]

NOT_OWNERS = ["maintainer", "developer", "viewer"]


def place(team: Team, user: User) -> Membership:
    return Membership.objects.get(team=team, user=user)


def test_an_owner_changes_a_role(signed_in: Browser, team: Team, owner: User, developer: User) -> None:
    member = place(team, developer)
    answer = signed_in(owner).post(f"/acme/-/members/{member.pk}/role/", {"role": Role.MAINTAINER})
    assert (answer.status_code, answer["Location"]) == (302, "/acme/-/members/")
    assert place(team, developer).role == Role.MAINTAINER
    entry = AuditEntry.objects.get(action="member.role")
    assert (entry.target, entry.actor) == (developer.email, owner)
    assert entry.data == {"before": "Developer", "after": "Maintainer"}


def test_the_same_role_again_changes_and_logs_nothing(team: Team, owner: User, developer: User) -> None:
    actions.change_role(owner, place(team, developer), Role.DEVELOPER)
    assert not AuditEntry.objects.filter(action="member.role").exists()


@pytest.mark.parametrize("who", NOT_OWNERS)
@pytest.mark.parametrize("verb", ["role", "remove"])
def test_only_owners_manage_members(
    signed_in: Browser, team: Team, owner: User, who: str, verb: str, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    answer = signed_in(user).post(f"/acme/-/members/{place(team, owner).pk}/{verb}/", {"role": Role.VIEWER})
    assert answer.status_code == 403
    assert place(team, owner).role == Role.OWNER


def test_a_member_can_t_promote_themselves(signed_in: Browser, team: Team, maintainer: User) -> None:
    own = place(team, maintainer)
    assert (
        signed_in(maintainer).post(f"/acme/-/members/{own.pk}/role/", {"role": Role.OWNER}).status_code == 403
    )
    assert place(team, maintainer).role == Role.MAINTAINER


def test_an_owner_of_another_team_reaches_no_member(
    signed_in: Browser, team: Team, developer: User, stranger: User
) -> None:
    member = place(team, developer)
    browser = signed_in(stranger)
    for path in (f"/acme/-/members/{member.pk}/remove/", f"/elsewhere/-/members/{member.pk}/remove/"):
        assert browser.post(path).status_code == 404
    assert place(team, developer)


@pytest.mark.parametrize("role", ["", "0", "50", "owner", "-1", "1e9"])
def test_a_role_that_does_not_exist_is_refused(
    signed_in: Browser, team: Team, owner: User, developer: User, role: str
) -> None:
    member = place(team, developer)
    answer = signed_in(owner).post(f"/acme/-/members/{member.pk}/role/", {"role": role}, follow=True)
    assert "Choose one of the roles" in answer.content.decode()
    assert place(team, developer).role == Role.DEVELOPER


def test_an_owner_removes_a_member_and_their_open_invitations(
    signed_in: Browser, team: Team, owner: User, maintainer: User
) -> None:
    from apps.teams.inviting import invite

    invite(place(team, maintainer), Role.VIEWER)
    member = place(team, maintainer)
    signed_in(owner).post(f"/acme/-/members/{member.pk}/remove/")
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert not Invitation.objects.open().exists()
    assert AuditEntry.objects.get(action="member.remove").target == maintainer.email
    assert signed_in(owner).post(f"/acme/-/members/{member.pk}/remove/").status_code == 404


@pytest.mark.parametrize("who", NOT_OWNERS)
def test_anybody_may_leave(signed_in: Browser, team: Team, who: str, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(who)
    browser = signed_in(user)
    assert browser.post("/acme/-/leave/")["Location"] == "/"
    assert browser.get("/acme/").status_code == 404
    assert browser.post("/acme/-/leave/").status_code == 404
    assert AuditEntry.objects.get(action="member.leave").actor == user


def test_the_last_owner_can_neither_leave_nor_step_down(
    signed_in: Browser, team: Team, owner: User, developer: User
) -> None:
    browser, own = signed_in(owner), place(team, owner)
    for path, data in (
        ("/acme/-/leave/", {}),
        (f"/acme/-/members/{own.pk}/remove/", {}),
        (f"/acme/-/members/{own.pk}/role/", {"role": Role.VIEWER}),
    ):
        assert "the last owner" in browser.post(path, data, follow=True).content.decode()
    assert place(team, owner).role == Role.OWNER


def test_one_of_two_owners_may_leave(team: Team, owner: User) -> None:
    second = make_member(team, "Otto", Role.OWNER)
    actions.remove_member(owner, place(team, owner))
    with pytest.raises(RefusedError, match="last owner"):
        actions.remove_member(second.user, second)


@pytest.mark.parametrize(
    "path", ["members/1/role/", "members/1/remove/", "leave/", "delete/", "invitations/"]
)
def test_writing_takes_a_post(signed_in: Browser, team: Team, owner: User, path: str) -> None:
    assert signed_in(owner).get(f"/acme/-/{path}").status_code == 405


def test_a_post_without_the_csrf_token_is_refused(team: Team, owner: User, developer: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert browser.post(f"/acme/-/members/{place(team, developer).pk}/remove/").status_code == 403
    assert place(team, developer)


def run_at_once(*calls: Callable[[], object]) -> list[object]:
    """Run each call in a thread of its own, at the same moment; the answers, errors among them."""
    barrier, answers = Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            answers.append(call())
        except RefusedError as refused:
            answers.append(refused)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_two_owners_who_remove_each_other_leave_one(team: Team, owner: User, attempt: int) -> None:
    first, second = place(team, owner), make_member(team, "Otto", Role.OWNER)
    answers = run_at_once(
        lambda: actions.remove_member(first.user, second),
        lambda: actions.remove_member(second.user, first),
    )
    assert sum(isinstance(answer, RefusedError) for answer in answers) == 1
    assert Membership.objects.filter(team=team, role=Role.OWNER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_owners_who_step_down_at_once_leave_one(team: Team, owner: User) -> None:
    owners = [place(team, owner), *(make_member(team, f"Otto{n}", Role.OWNER) for n in range(4))]
    run_at_once(
        *(lambda each=each: actions.change_role(each.user, each, Role.VIEWER) for each in owners),
    )
    assert Membership.objects.filter(team=team, role=Role.OWNER).count() == 1
    assert connection.connection is not None
