"""The way back from what has landed, as a proposal like any other."""

import pytest

from apps.accounts.errors import RefusedError
from apps.proposals.actions.reverting import want_revert
from apps.proposals.models import Event, Proposal, RevertState, State
from apps.repositories.commits import branch_head
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree
from tests.apps.proposals.queues import approve, ask_for, queue, run, state_of
from worker.reverting import revert

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def landed(propose, run_meetings, maintainer, developer, project):
    """`landed("0002_a", sql)`: a proposal that is merged."""

    def make(name, sql):
        ask_for(project)
        made = propose(name, sql)
        run_meetings()
        approve(maintainer, made)
        queue(developer, made)
        run(project, 2)
        return Proposal.objects.get(pk=made.pk)

    return make


def undo(user, proposal):
    wanted = want_revert(user, proposal)
    revert(wanted.pk)
    wanted.refresh_from_db()
    return wanted


def test_the_way_back_is_a_proposal_that_lands_like_any_other(
    landed, developer, maintainer, project, run_meetings, shop
):
    one = landed("0002_a", "alter table users add column a int;\nupdate users set a = 1;\n")
    wanted = undo(developer, one)
    assert (wanted.state, wanted.reason) == (RevertState.DONE, "")
    made = wanted.made
    assert (made.title, made.reverts, made.author) == ("Revert #1: Add 0002_a", one, developer)
    assert "column public.users.a goes with what it holds" in made.description
    assert "what 0002_a does to rows is not undone" in made.description
    tree = CommitTree(open_repository(project), made.head)
    text = tree.read("migrations/0003_revert_1.up.sql").decode()
    assert "ALTER TABLE public.users DROP COLUMN a;" in text
    assert text.startswith("-- Note: ")
    run_meetings()
    approve(maintainer, made)
    queue(developer, made)
    run(project, 2)
    assert state_of(made) == State.MERGED
    kinds = list(Event.objects.filter(proposal=one).order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["revert_wanted", "reverted"]


def test_what_was_lost_comes_back_empty_and_says_so(landed, developer, project):
    one = landed("0002_a", "alter table users drop column email;\n")
    wanted = undo(developer, one)
    assert (wanted.state, wanted.reason) == (RevertState.DONE, "")
    assert "no way back brings back what column public.users.email held" in wanted.made.description


def test_only_what_is_merged_is_reverted_and_once(landed, propose, developer):
    one = landed("0002_a", "create table a (id int);\n")
    with pytest.raises(RefusedError, match="only what is merged"):
        want_revert(developer, propose("0004_z", "create table z (id int);\n"))
    undo(developer, one)
    with pytest.raises(RefusedError, match="reverts it already"):
        want_revert(developer, one)


def test_a_second_try_takes_up_the_branch_of_the_first(landed, developer, project):
    """As if the worker had died between the branch and its proposal."""
    from apps.repositories.landing import move_branch
    from worker.reverting import _Undoing

    one = landed("0002_a", "create table a (id int);\n")
    wanted = want_revert(developer, one)
    found = _Undoing.of(wanted).run()
    assert move_branch(project, "revert-1", "", found.commit)
    revert(wanted.pk)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.made.branch.name) == (RevertState.DONE, "revert-1")
    assert branch_head(open_repository(project), "revert-1") == wanted.made.head == found.commit
