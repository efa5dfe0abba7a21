"""Logins of the forge that are given up, and taken by somebody else: a member is an account, not a name."""

import pytest

from apps.forges.connecting import change
from apps.forges.models import Connection
from tests.apps.forges.landings import NAME_COLUMN, NICK_COLUMN

DORA, EVE = 41, 66


@pytest.fixture
def opened(connection, forge, dora, deliver, work, pull_of):
    """`opened("dora", 41)`: the proposal of a pull request that this account opens."""
    work()

    def make(login, account):
        name = f"change_{len(forge.pulls)}"
        dora.push(name, NICK_COLUMN if forge.pulls else NAME_COLUMN)
        pull = forge.open_pull(name, name, author=login, author_id=account)
        deliver(forge.pull_delivery(pull, "opened"))
        work()
        return pull_of(pull).proposal

    return make


def named(owner, **people):
    return change(
        owner, Connection.objects.get(), people={login: user.email for login, user in people.items()}
    )


def settings_page(signed_in, owner):
    return signed_in(owner).get("/acme/shop/settings/forge/settings/").content.decode()


def test_whoever_takes_a_login_is_not_the_member(opened, owner, developer, signed_in):
    named(owner, dora=developer)
    assert opened("Dora", DORA).author == developer
    assert Connection.objects.get().accounts == {"dora": "41"}
    assert 'Account <bdi class="mono">41</bdi>' in settings_page(signed_in, owner)
    assert opened("dora", EVE).author is None
    assert Connection.objects.get().accounts == {"dora": "41"}, "what was noted stays"
    assert 'Account <bdi class="mono">66</bdi>' in settings_page(signed_in, owner)
    named(owner)
    assert Connection.objects.get().accounts == {}
    assert named(owner, dora=developer).accounts == {"dora": "66"}, "said anew, of who has the login now"


def test_a_member_who_takes_another_login_is_known(opened, owner, developer):
    named(owner, dora=developer)
    opened("dora", DORA)
    assert opened("dorothea", DORA).author == developer


def test_who_was_seen_before_the_name_was_given_is_the_account(opened, owner, developer):
    opened("dora", DORA)
    assert named(owner, dora=developer).accounts == {"dora": "41"}
    assert opened("dora", EVE).author is None


def test_a_login_that_is_given_to_another_member_is_noted_anew(opened, owner, developer):
    named(owner, dora=developer)
    opened("dora", DORA)
    assert named(owner, dora=owner).accounts == {"dora": "41"}
    assert named(owner, dora=owner, leo=developer).accounts == {"dora": "41"}


def test_a_forge_that_tells_no_ids_goes_by_names(opened, owner, developer):
    named(owner, dora=developer)
    assert opened("dora", 0).author == developer
    assert Connection.objects.get().accounts == {}
