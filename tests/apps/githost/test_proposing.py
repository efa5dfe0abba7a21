"""A push that proposes its branch, with the real git client."""

import pytest

from apps.accounts.models import User
from apps.githost.proposing import Wish, wish_of
from apps.proposals.models import Proposal
from tests.apps.githost.conftest import EMAIL, Clone
from tests.live import LiveBraid


@pytest.mark.parametrize(
    ("options", "wish"),
    [
        ((), Wish()),
        (("other", "ci.skip"), Wish()),
        (("braid.propose",), Wish(proposes=True)),
        (
            ("braid.propose=draft", "braid.title=A = b", "braid.description=Why"),
            Wish(True, True, "A = b", "Why"),
        ),
        (("braid.propose=later",), Wish(proposes=True, unknown=("braid.propose=later",))),
        (("braid.merge", "braid."), Wish(unknown=("braid.merge", "braid."))),
    ],
)
def test_options(options: tuple[str, ...], wish: Wish) -> None:
    assert wish_of(options) == wish


def test_a_push_proposes_and_later_pushes_are_told(
    filled: Clone, developer: User, live_braid: LiveBraid
) -> None:
    filled.git("switch", "--create", "add/email")
    filled.commit("Keep emails", EMAIL)
    plain = filled.git("push", "origin", "add/email")
    assert f"open {live_braid.url}/acme/shop/proposals/new/?branch=add%2Femail" in plain
    filled.commit("More")
    said = filled.git("push", "-o", "braid.propose=draft", "-o", "braid.title=Emails", "origin", "add/email")
    assert f"add/email: now proposed as #1 {live_braid.url}/acme/shop/proposals/1/" in said
    made = Proposal.objects.get()
    assert (made.title, made.author, made.is_draft) == ("Emails", developer, True)
    filled.commit("More yet")
    assert "add/email: proposed as #1" in filled.git("push", "-o", "braid.propose", "origin", "add/email")
    assert Proposal.objects.get().head == filled.git("rev-parse", "HEAD")


def test_what_can_not_be_proposed_is_pushed_and_told(filled: Clone) -> None:
    said = filled.git("push", "-o", "braid.propose", "origin", "main:refs/heads/same")
    assert "same: not proposed. Everything of same is on main already." in said
    said = filled.git("push", "-o", "braid.propose", "origin", "main:refs/tags/v1")
    assert "There is nothing to propose" in said
    assert not Proposal.objects.exists()
