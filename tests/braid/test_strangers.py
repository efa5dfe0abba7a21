"""Every URL of the site, walked by people who have no business there.

A stranger must not even learn that something exists: whatever they ask of a real address, the answer is the one that a
made-up address gives. New views are walked as soon as they are in a list of URLs.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from apps.accounts import tokens
from apps.accounts.models import User
from apps.projects.models import Project
from apps.teams import invitations
from apps.teams.inviting import invite
from apps.teams.models import AuditEntry, Membership, Role

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]
COMMIT = "a" * 40
CONFLICT = "c" * 16

# What visitors may open without signing in.
PUBLIC = {
    "home",
    "healthz",
    "forge-hook",
    "invitation",
    "api-schema",
    "api-docs",
    "account_login",
    "account_signup",
    "account_logout",
    "account_inactive",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One URL pattern: its name, and its route with a mark per parameter."""

    name: str
    route: str
    parameters: tuple[str, ...]

    def fill(self, values: dict[str, str]) -> str:
        path = self.route
        for parameter in self.parameters:
            path = path.replace(f"\0{parameter}\0", values[parameter])
        return "/" + path


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            marked = re.sub(r"<(?:\w+:)?(\w+)>", "\0\\1\0", re.sub(r"\(\?P<(\w+)>[^)]*\)|[$^]", _mark, route))
            marked = marked.replace("\\Z", "")
            yield Address(pattern.name or route, marked, tuple(re.findall("\0(\\w+)\0", marked)))


def _mark(found: re.Match[str]) -> str:
    return f"\0{found[1]}\0" if found[1] else ""


# They close the connection, and with it a test's transaction: walked by a test of their own.
STREAMS = {"verdict-events", "api-verdict-events"}


@pytest.fixture(scope="module")
def addresses() -> list[Address]:
    return [each for each in walk(get_resolver().url_patterns) if each.name not in STREAMS]


@pytest.fixture
def real(project: Project, owner: User, viewer: User) -> dict[str, str]:
    """The values of every parameter that lead to something in `acme`."""
    from apps.checks.models import Verdict
    from apps.forges.models import App, Arrival, Connection, Entry, Installation, PullRequest
    from apps.notices.models import Delivery, Webhook
    from apps.proposals.models import Comment, Label, Preview, Proposal, Review, ReviewRequest
    from apps.repositories.models import Branch

    project.name = "Heliotrope"
    project.save()
    place = Membership.objects.get(team=project.team, user=viewer)
    invitation = invite(Membership.objects.get(user=owner), Role.VIEWER, email="guest@example.com")
    branch = Branch.objects.create(
        project=project, name="heliotrope-branch", head=COMMIT, pushed_at=timezone.now()
    )
    verdict = Verdict.objects.create(
        project=project, branch=branch, commit=COMMIT, requested_at=timezone.now()
    )
    proposal = Proposal.objects.create(
        project=project, number=7, branch=branch, title="Heliotrope", head=COMMIT
    )
    review = Review.objects.create(proposal=proposal, author=owner, answer="comment", head=COMMIT)
    comment = Comment.objects.create(proposal=proposal, author=owner, body="Heliotrope", head=COMMIT)
    label = Label.objects.create(project=project, name="Heliotrope")
    tried = Preview.objects.create(
        proposal=proposal, key="k", choices={CONFLICT: {"choose": "ours"}}, asked_at=timezone.now()
    )
    asked = ReviewRequest.objects.create(proposal=proposal, user=viewer)
    webhook = Webhook.objects.create(project=project, url="https://chat.example.com/", secret="sealed")
    delivery = Delivery.objects.create(
        project=project,
        webhook=webhook,
        kind="ping",
        payload={"subject": "Heliotrope"},
        next_at=timezone.now(),
    )
    connection = Connection.objects.create(
        project=project, kind="gitea", base_url="https://git.example.com", name="Heliotrope/x", token="sealed"
    )
    arrival = Arrival.objects.create(
        connection=connection, identity="1", event="Heliotrope", subject="ping", body=b"Heliotrope"
    )
    entry = Entry.objects.create(
        connection=connection, sha=COMMIT, wanted_at=timezone.now(), due_at=timezone.now()
    )
    app = App.objects.create(
        team=project.team, base_url="https://github.com", number="1", slug="x", name="Heliotrope"
    )
    installation = Installation.objects.create(app=app, number="1", account="Heliotrope")
    pull = PullRequest.objects.create(
        connection=connection, number=1, title="Heliotrope", state="open", base_ref="main", is_waiting=True
    )
    return {
        "app_id": str(app.pk),
        "installation_id": str(installation.pk),
        "kind": "gitea",
        "arrival_id": str(arrival.pk),
        "entry_id": str(entry.pk),
        "pull_id": str(pull.pk),
        "webhook_id": str(webhook.pk),
        "delivery_id": str(delivery.pk),
        "verb": "ping",
        "number": str(proposal.number),
        "comment_id": str(comment.pk),
        "label_id": str(label.pk),
        "review_id": str(review.pk),
        "request_id": str(asked.pk),
        "conflict": CONFLICT,
        "preview_id": str(tried.pk),
        "team_slug": "acme",
        "project_slug": "shop",
        "branch_name": "heliotrope-branch",
        "branch": "heliotrope-branch",
        "commit": COMMIT,
        "verdict_id": str(verdict.pk),
        "member_id": str(place.pk),
        "invitation_id": str(invitation.invitation.pk),
        "token_id": str(tokens.create(owner, "private").token.pk),
        "schema": "public",
        "table": "users",
        "secret": invitations.new_secret(),
        "uidb36": "1",
        "key": "x",
    }


@pytest.fixture
def made_up() -> dict[str, str]:
    counted = (
        "number",
        "comment_id",
        "label_id",
        "verdict_id",
        "member_id",
        "invitation_id",
        "token_id",
        "webhook_id",
        "review_id",
        "request_id",
        "preview_id",
        "arrival_id",
        "entry_id",
        "pull_id",
        "app_id",
        "installation_id",
    )
    numbers = dict.fromkeys(counted, "99999999") | {"delivery_id": str(uuid.UUID(int=9)), "verb": "ping"}
    words = dict.fromkeys(("branch_name", "branch", "schema", "table", "uidb36", "key"), "zzmissing")
    places = {"team_slug": "nowhere", "project_slug": "zznothing", "commit": "b" * 40, "conflict": "d" * 16}
    places |= {"kind": "gitea"}
    return numbers | words | places | {"secret": invitations.new_secret()}


def answer(browser: Client, method: str, path: str) -> tuple[int, str, str]:
    response = getattr(browser, method)(path)
    body = b"a stream" if response.streaming else response.content
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body.decode())
    return response.status_code, response.headers.get("Location", ""), text


def same_but_for_the_path(text: str, values: dict[str, str]) -> str:
    """The text without the words of the path that was asked for, which the asker knows anyway.

    A number counts as a part of a path only: rows are numbered as they come, and a status is a number too.
    """
    for name, value in sorted(values.items(), key=lambda item: -len(item[1])):
        part = rf"(?:(?<=/)|(?<=%2F)){value}(?=/|%2F)" if value.isdigit() else re.escape(value)
        if len(value) > 2 or value.isdigit():
            text = re.sub(part, f"<{name}>", text)
    return text


def test_every_parameter_is_known(
    addresses: list[Address], real: dict[str, str], made_up: dict[str, str]
) -> None:
    unknown = {name for address in addresses for name in address.parameters} - set(real)
    assert not unknown, "give this test real values for the new parameters"
    assert set(real) == set(made_up)
    assert len(addresses) > 50


@pytest.mark.parametrize("method", METHODS)
def test_a_stranger_can_t_tell_what_exists(
    signed_in: Browser,
    addresses: list[Address],
    stranger: User,
    real: dict[str, str],
    made_up: dict[str, str],
    method: str,
) -> None:
    entries, browser = AuditEntry.objects.count(), signed_in(stranger)
    for address in addresses:
        if not address.parameters or address.name.startswith("account_"):
            continue
        path, nowhere = address.fill(real), address.fill(made_up)
        got, expected = answer(browser, method, path), answer(browser, method, nowhere)
        assert got[0] == expected[0], path
        assert same_but_for_the_path(got[1], real) == same_but_for_the_path(expected[1], made_up), path
        assert same_but_for_the_path(got[2], real) == same_but_for_the_path(expected[2], made_up), path
        assert got[0] in (404, 405) or method == "options", path
        assert not re.search("Heliotrope|Acme|olga|vera|guest@", got[2]), path
    assert AuditEntry.objects.count() == entries
    assert Project.objects.filter(slug="shop").exists()


@pytest.mark.parametrize("method", METHODS)
def test_a_visitor_is_sent_to_sign_in(
    signed_in: Browser,
    addresses: list[Address],
    real: dict[str, str],
    method: str,
) -> None:
    browser = signed_in(None)
    for address in addresses:
        if address.name in PUBLIC:
            continue
        path = address.fill(real)
        status, location, text = answer(browser, method, path)
        if address.route.startswith("api/"):
            assert status == 401, path
        else:
            assert status == 302, path
            assert location.startswith("/accounts/login/"), path
        assert not re.search("Heliotrope|Acme|olga|vera|guest@", text), path


def test_what_is_public_exists(addresses: list[Address]) -> None:
    assert {address.name for address in addresses} >= PUBLIC


def test_members_of_the_team_do_get_there(
    signed_in: Browser, addresses: list[Address], owner: User, real: dict[str, str]
) -> None:
    """The walk proves something: the same addresses open for an owner."""
    browser = signed_in(owner)
    opened = {
        address.name
        for address in addresses
        if "team_slug" in address.parameters and answer(browser, "get", address.fill(real))[0] == 200
    }
    assert opened >= {
        "team",
        "project",
        "project-settings",
        "forge",
        "forge-settings",
        "forge-deliveries",
        "forge-delivery",
        "forge-reports",
        "api-forge",
        "api-forge-deliveries",
        "team-members",
        "team-audit",
        "team-settings",
        "api-team",
        "api-members",
        "api-invitations",
        "api-audit",
        "api-project",
    }


@pytest.mark.django_db(transaction=True)
def test_streams_are_closed_to_strangers_and_visitors(
    signed_in: Browser, stranger: User, real: dict[str, str], made_up: dict[str, str]
) -> None:
    streams = [each for each in walk(get_resolver().url_patterns) if each.name in STREAMS]
    assert {each.name for each in streams} == STREAMS
    for stream in streams:
        got = answer(signed_in(stranger), "get", stream.fill(real))
        expected = answer(signed_in(stranger), "get", stream.fill(made_up))
        assert got[0] == expected[0] == 404
        assert same_but_for_the_path(got[2], real) == same_but_for_the_path(expected[2], made_up)
        assert answer(signed_in(None), "get", stream.fill(real))[0] in (302, 401)
