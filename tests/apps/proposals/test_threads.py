"""People and pushes at the same moment: real threads on real rows, each with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.accounts.errors import RefusedError
from apps.proposals.actions import lifecycle
from apps.proposals.actions.commenting import comment
from apps.proposals.models import Event, Proposal
from apps.repositories.models import Branch
from tests.rounds import rounds

pytestmark = pytest.mark.timeout(7200)
ROUNDS = rounds(6)
BRANCHES = 6


@pytest.fixture
def at_once(transactional_db):
    """`at_once(f, g, ...)`: all of them in threads; what each returned, or was refused with."""

    def run(*functions):
        def alone(function):
            try:
                return function()
            except RefusedError as refused:
                return refused
            finally:
                connection.close()

        with ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(alone, functions))

    return run


def test_every_proposal_gets_a_number_of_its_own(at_once, shop, push_branch, developer):
    branches = [push_branch(f"b{n}", f"create table t{n} (id int);\n") for n in range(BRANCHES)]
    at_once(*(lambda b=b: lifecycle.open_proposal(developer, b, "x") for b in branches))
    assert sorted(Proposal.objects.values_list("number", flat=True)) == list(range(1, BRANCHES + 1))


def test_a_branch_is_proposed_once(at_once, push_branch, developer, owner):
    branch = push_branch("feature")
    for _ in range(ROUNDS):
        people = [developer, owner, developer, owner]
        found = at_once(*(lambda p=p: lifecycle.open_proposal(p, branch, "x") for p in people))
        assert sum(isinstance(each, Proposal) for each in found) == 1
        lifecycle.close(owner, Proposal.objects.get(state="open"))


def test_an_end_is_written_once_whoever_is_first(at_once, proposal, shop, developer, owner):
    for _ in range(ROUNDS):
        found = at_once(
            lambda: lifecycle.close(developer, proposal),
            lambda: lifecycle.close(owner, proposal),
            lambda: lifecycle.set_draft(owner, proposal, True),
        )
        assert sum(isinstance(each, RefusedError) for each in found[:2]) == 1
        lifecycle.reopen(owner, proposal)
    closed = Event.objects.filter(proposal=proposal, kind="closed").count()
    assert closed == Event.objects.filter(proposal=proposal, kind="reopened").count() == ROUNDS


def test_pushes_and_edits_lose_nothing(at_once, proposal, shop, developer, owner):
    for number in range(ROUNDS):
        head = shop.commit({"README": str(number)})
        at_once(
            lambda: shop.push("0002_name", by=developer),
            lambda n=number: lifecycle.edit(owner, proposal, title=f"Title {n}", description=f"Text {n}"),
            lambda n=number: comment(owner, proposal, f"Comment {n}"),
        )
        now = Proposal.objects.get(pk=proposal.pk)
        assert (now.head, now.title, now.description) == (head, f"Title {number}", f"Text {number}")
        assert Branch.objects.get(name="0002_name").head == head
    kinds = list(proposal.events.values_list("kind", flat=True))
    for kind in ("pushed", "renamed", "described", "commented"):
        assert kinds.count(kind) == ROUNDS, kind
