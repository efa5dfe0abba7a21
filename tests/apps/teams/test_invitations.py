"""Invitations: who may send them, whom they let in, and how often."""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.teams import invitations
from apps.teams.inviting import accept_invitation, invite, revoke_invitation
from apps.teams.models import AuditEntry, Invitation, Membership, Role, Team
from tests.apps.teams.test_members import run_at_once
from tests.cast import PASSWORD, make_person

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
SEND = {"role": Role.DEVELOPER, "email": "", "days": "7", "max_uses": "1"}


def place(team: Team, user: User) -> Membership:
    return Membership.objects.get(team=team, user=user)


def link_in(page: str) -> str:
    found = re.search(r"http://localhost:8000(/invitations/[\w-]+/)", page)
    assert found, page
    return found[1]


def without_csrf(page: bytes) -> bytes:
    """The page without what differs in each answer: the mask of the CSRF token."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page)


@pytest.fixture
def link(team: Team, owner: User) -> str:
    return f"/invitations/{invite(place(team, owner), Role.DEVELOPER).secret}/"


def test_an_owner_invites_and_a_guest_joins(
    signed_in: Browser, team: Team, owner: User, stranger: User
) -> None:
    page = signed_in(owner).post("/acme/-/invitations/", SEND)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    link = link_in(page.content.decode())
    guest = signed_in(stranger)
    assert "Your role will be <strong>developer</strong>" in guest.get(link).content.decode()
    assert guest.post(link)["Location"] == "/acme/"
    assert place(team, stranger).role == Role.DEVELOPER
    actions = list(AuditEntry.objects.filter(team=team).values_list("action", flat=True))
    assert actions == ["member.join", "invitation.create", "team.create"]
    assert AuditEntry.objects.get(action="member.join").data["invited_by"] == owner.email


def test_only_the_digest_of_the_secret_is_stored(team: Team, owner: User) -> None:
    secret = invite(place(team, owner), Role.VIEWER).secret
    with connection.cursor() as cursor:
        cursor.execute("select i::text, digest from teams_invitation i")
        row, digest = cursor.fetchone()
        cursor.execute("select string_agg(a::text, '') from teams_auditentry a")
        assert secret not in cursor.fetchone()[0]
    assert secret not in row
    assert bytes(digest) == sha256(secret.encode()).digest()


@pytest.mark.parametrize(
    ("who", "status"), [("maintainer", 200), ("developer", 403), ("viewer", 403), ("stranger", 404)]
)
def test_who_may_invite(
    signed_in: Browser, team: Team, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    assert browser.post("/acme/-/invitations/", SEND).status_code == status
    assert Invitation.objects.exists() == (status == 200)


@pytest.mark.parametrize("role", [Role.MAINTAINER, Role.OWNER])
def test_a_maintainer_can_t_hand_out_their_own_rank(
    signed_in: Browser, team: Team, maintainer: User, role: Role
) -> None:
    assert signed_in(maintainer).post("/acme/-/invitations/", SEND | {"role": role}).status_code == 400
    with pytest.raises(RefusedError, match="Only an owner"):
        invite(place(team, maintainer), role)
    assert not Invitation.objects.exists()


def test_a_link_works_once(signed_in: Browser, link: str, team: Team, stranger: User) -> None:
    signed_in(stranger).post(link)
    late = make_person("Lara")
    for answer in (signed_in(late).get(link), signed_in(late).post(link), signed_in(None).get(link)):
        assert answer.status_code == 404
    assert not Membership.objects.filter(user=late).exists()


def test_a_link_for_five_lets_five_in(team: Team, owner: User) -> None:
    created = invite(place(team, owner), Role.VIEWER, max_uses=5)
    for number in range(5):
        accept_invitation(make_person(f"Guest{number}"), created.invitation)
    with pytest.raises(RefusedError, match="was used"):
        accept_invitation(make_person("Lara"), created.invitation)
    assert team.members.count() == 6


def test_a_member_does_not_use_a_link_up(signed_in: Browser, link: str, team: Team, viewer: User) -> None:
    browser = signed_in(viewer)
    assert "You are a member of this team already" in browser.get(link).content.decode()
    browser.post(link)
    assert Invitation.objects.get().uses == 0
    assert place(team, viewer).role == Role.VIEWER


@pytest.mark.parametrize(
    "end",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"uses": 1},
    ],
)
def test_an_ended_link_looks_like_none(
    signed_in: Browser, link: str, stranger: User, end: dict[str, object]
) -> None:
    Invitation.objects.update(**end)
    ended = signed_in(stranger).get(link)
    never = signed_in(stranger).get(f"/invitations/{invitations.new_secret()}/")
    assert ended.status_code == never.status_code == 404
    assert without_csrf(ended.content) == without_csrf(never.content)


def test_a_mailed_invitation_is_for_its_address_alone(
    signed_in: Browser, team: Team, owner: User, stranger: User, django_capture_on_commit_callbacks: Callable
) -> None:
    guest = make_person("Gina")
    with django_capture_on_commit_callbacks(execute=True):
        page = signed_in(owner).post(
            "/acme/-/invitations/", SEND | {"email": "Gina@Example.com", "max_uses": "25"}
        )
    link = link_in(page.content.decode())
    assert mail.outbox[0].to == [guest.email]
    assert link_in(mail.outbox[0].body) == link
    assert "another address" in signed_in(stranger).get(link).content.decode()
    signed_in(stranger).post(link)
    assert not Membership.objects.filter(team=team, user=stranger).exists()
    assert signed_in(guest).post(link)["Location"] == "/acme/"
    assert Invitation.objects.get().max_uses == 1


def test_inviting_a_member_again_is_refused(
    signed_in: Browser, team: Team, owner: User, viewer: User
) -> None:
    page = signed_in(owner).post("/acme/-/invitations/", SEND | {"email": viewer.email})
    assert page.status_code == 400
    assert "is a member of Acme already" in page.content.decode()


@pytest.mark.parametrize(
    "bad",
    [{"role": "99"}, {"days": "3650"}, {"max_uses": "1000000"}, {"email": "not an address"}, {"days": ""}],
)
def test_an_odd_invitation_is_refused(
    signed_in: Browser, team: Team, owner: User, bad: dict[str, str]
) -> None:
    assert signed_in(owner).post("/acme/-/invitations/", SEND | bad).status_code == 400
    assert not Invitation.objects.exists()


def test_taking_back_a_link(signed_in: Browser, link: str, team: Team, owner: User, stranger: User) -> None:
    invitation = Invitation.objects.get()
    for _ in range(2):
        assert signed_in(owner).post(f"/acme/-/invitations/{invitation.pk}/revoke/").status_code == 302
    assert signed_in(stranger).get(link).status_code == 404
    assert AuditEntry.objects.filter(action="invitation.revoke").count() == 1


@pytest.mark.parametrize(("who", "status"), [("developer", 403), ("viewer", 403), ("stranger", 404)])
def test_who_may_not_take_back(
    signed_in: Browser, link: str, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    path = f"/acme/-/invitations/{Invitation.objects.get().pk}/revoke/"
    assert signed_in(request.getfixturevalue(who)).post(path).status_code == status
    assert Invitation.objects.open().exists()


def test_another_team_s_owner_can_t_take_back(signed_in: Browser, link: str, stranger: User) -> None:
    path = f"/elsewhere/-/invitations/{Invitation.objects.get().pk}/revoke/"
    assert signed_in(stranger).post(path).status_code == 404


def test_a_demoted_member_s_links_end(team: Team, owner: User, maintainer: User) -> None:
    from apps.teams.actions import change_role

    invite(place(team, maintainer), Role.VIEWER)
    change_role(owner, place(team, maintainer), Role.VIEWER)
    assert not Invitation.objects.open().exists()


def test_a_visitor_signs_up_by_the_link_and_joins(signed_in: Browser, link: str, team: Team) -> None:
    visitor = signed_in(None)
    page = visitor.get(link).content.decode()
    assert "Create an account" in page
    assert f"?next={link}" in page
    assert visitor.post(link).status_code == 200
    answer = visitor.post(
        "/accounts/signup/",
        {"name": "Nina", "email": "nina@example.com", "password1": PASSWORD, "next": link},
    )
    assert (answer.status_code, answer["Location"]) == (302, link)
    visitor.post(link)
    assert place(team, User.objects.get(email="nina@example.com")).role == Role.DEVELOPER


def test_a_visitor_who_signs_in_comes_back_without_next(
    signed_in: Browser, link: str, stranger: User
) -> None:
    visitor = signed_in(None)
    visitor.get(link)
    answer = visitor.post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    assert answer["Location"] == link


def test_the_link_opens_a_closed_door(signed_in: Browser, link: str, settings: object) -> None:
    settings.OPEN_SIGNUP = False  # type: ignore[attr-defined]
    visitor = signed_in(None)
    person = {"name": "Nina", "email": "nina@example.com", "password1": PASSWORD}
    assert "by invitation" in visitor.get("/accounts/signup/").content.decode()
    visitor.post("/accounts/signup/", person)
    assert not User.objects.filter(email="nina@example.com").exists()
    visitor.get(link)
    visitor.post("/accounts/signup/", person)
    assert User.objects.filter(email="nina@example.com").exists()


def test_names_can_t_smuggle_lines_into_the_mail(
    team: Team, owner: User, django_capture_on_commit_callbacks: Callable
) -> None:
    User.objects.filter(pk=owner.pk).update(name="Olga\nBcc: all@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        invite(place(team, owner), Role.VIEWER, email="gina@example.com")
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["gina@example.com"]


def test_an_account_is_no_way_to_mail_the_world(
    team: Team, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.teams import inviting

    monkeypatch.setattr(inviting, "MAILS_PER_HOUR", 2)
    for number in range(2):
        revoke_invitation(
            owner, invite(place(team, owner), Role.VIEWER, email=f"g{number}@example.com").invitation
        )
    with pytest.raises(RefusedError, match="within an hour"):
        invite(place(team, owner), Role.VIEWER, email="g3@example.com")
    assert invite(place(team, owner), Role.VIEWER)
    Invitation.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert invite(place(team, owner), Role.VIEWER, email="g3@example.com")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("uses", [1, 3])
def test_many_guests_at_once_use_a_link_no_more_than_allowed(team: Team, owner: User, uses: int) -> None:
    created = invite(place(team, owner), Role.VIEWER, max_uses=uses)
    guests = [make_person(f"Guest{number}") for number in range(6)]
    answers = run_at_once(*(lambda g=g: accept_invitation(g, created.invitation) for g in guests))
    assert sum(isinstance(answer, Membership) for answer in answers) == uses
    assert Invitation.objects.get().uses == uses
    assert team.members.count() == uses + 1


@pytest.mark.django_db(transaction=True)
def test_one_guest_who_clicks_twice_joins_once(team: Team, owner: User, stranger: User) -> None:
    created = invite(place(team, owner), Role.VIEWER, max_uses=5)
    answers = run_at_once(*(lambda: accept_invitation(stranger, created.invitation) for _ in range(4)))
    assert sum(isinstance(answer, Membership) for answer in answers) == 1
    assert Invitation.objects.get().uses == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_and_taking_back_at_once_agree(team: Team, owner: User, stranger: User) -> None:
    created = invite(place(team, owner), Role.VIEWER)
    run_at_once(
        lambda: accept_invitation(stranger, created.invitation),
        lambda: revoke_invitation(owner, created.invitation),
    )
    joined = Membership.objects.filter(team=team, user=stranger).exists()
    assert Invitation.objects.get().uses == int(joined)
