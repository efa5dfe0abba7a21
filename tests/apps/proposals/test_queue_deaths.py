"""Workers that are killed at every step of the queue, and people who act while it runs: nothing is lost or done twice.

BRAID_ROUNDS=300 plays that many deaths and races instead of a few, BRAID_SEED others.
"""

import itertools
import json
import os
import random
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.jobs import claims
from apps.proposals.actions import line
from apps.proposals.actions.lifecycle import close
from apps.proposals.actions.queueing import withdraw
from apps.proposals.actions.reviewing import dismiss
from apps.proposals.models import Event, Proposal, QueueEntry, Review, Stage, State
from apps.repositories.actions import reconcile
from apps.repositories.commits import branch_head, find_commit, list_commits
from apps.repositories.landing import is_in_branch
from apps.repositories.models import Branch, Push
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree
from schemata.layouts import read_project
from tests.apps.proposals.queues import approve, ask_for, queue, run
from tests.live import _database_url, _environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(7200)]
ROUNDS = int(os.environ.get("BRAID_ROUNDS", "0"))
SEED = int(os.environ.get("BRAID_SEED", "1"))
FUNCTIONS = [
    ("apps.proposals.actions.line", "arrange"),
    ("apps.proposals.actions.line", "claim"),
    ("worker.queueing", "build"),
    ("worker.landing", "commit_tree"),
    ("apps.proposals.actions.line", "offer"),
    ("worker.queueing", "prove"),
    ("apps.proposals.actions.line", "prove"),
    ("apps.proposals.landing", "is_ready"),
    ("apps.proposals.landing", "move_branch"),
    ("apps.proposals.landing", "end"),
    ("apps.proposals.landing", "record_push"),
    ("apps.proposals.landing", "settle"),
    ("worker.merging_back", "land"),
]
STEPS = [(*function, moment) for function in FUNCTIONS for moment in ("before", "after")]
# After one function is mostly before the next: what is played every time.
CHOSEN = [step for step in STEPS if step[2] == "after" or step[1] == "move_branch"]


@pytest.fixture
def mortals(workspace, settings, tmp_path):
    """`mortals(project, at=...)`: a worker process that dies there, and how it ended."""
    environment = {
        **_environment(tmp_path, "http://localhost", _Listener()),
        "DJANGO_SETTINGS_MODULE": "braid.settings",
        "BRAID_REPOSITORIES": str(settings.REPOSITORIES),
        "DATABASE_URL": _database_url(),
        "BROKER_URL": "memory://",
        "SANDBOX_WARM": "0",
    }
    with (tmp_path / "dying.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.apps.proposals.dying"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def live(project, **told):
        process.stdin.write(json.dumps({"project": project.pk, **told}) + "\n")
        process.stdin.flush()
        ended = process.stdout.readline().strip()
        assert ended in ("killed", "done"), (ended, (tmp_path / "dying.log").read_text()[-3000:])
        return ended

    yield live
    process.stdin.close()
    process.stdout.close()
    process.wait(30)


class _Listener:
    def fileno(self):
        return 0


@pytest.fixture
def grow(push_branch, run_meetings, developer, maintainer, project):
    """`grow(3)`: that many more proposals, each adding a column of its own, approved and queued."""
    from apps.proposals.actions.lifecycle import open_proposal

    numbers = itertools.count(2)
    ask_for(project)

    def more(count, queued=True):
        made = []
        for number in itertools.islice(numbers, count):
            # All of one number, so that all but the first have to be restamped.
            branch = push_branch(
                f"0002_c{number}", f"alter table users add column c{number} int;\n", by=developer
            )
            made.append(open_proposal(developer, branch, f"Add c{number}"))
        run_meetings()
        for each in made:
            approve(maintainer, each)
            if queued:
                queue(developer, each)
        return made

    return more


def lined_up(project):
    return line._lined_up(project)


def test_killed_at_every_step_nothing_is_lost_or_done_twice(mortals, grow, project):
    chance = random.Random(SEED)
    deaths = [{"at": step} for step in (STEPS if ROUNDS else CHOSEN)]
    chance.shuffle(deaths)
    deaths += [
        {"at": chance.choice(STEPS)} if chance.random() < 0.7 else {"in_ms": chance.randint(5, 1500)}
        for _ in range(ROUNDS)
    ]
    start = branch_head(open_repository(project), "main")
    died = 0
    for death in deaths:
        if len(lined_up(project)) < 2:
            grow(2)
        ended = mortals(project, **death)
        died += ended == "killed"
        assert ended == "killed" or "in_ms" in death, death
        hold(project, start)
        # Longer than anybody waits for a silent worker; and as many deaths as it takes are none too many here.
        line.sweep(timezone.now() + timedelta(seconds=claims.SILENCE_S + 1))
        QueueEntry.objects.update(attempts=0)
    run(project, 6)
    hold(project, start)
    reconcile(project, settle_s=0)
    assert lined_up(project) == []
    assert not Proposal.objects.exclude(state=State.MERGED).exists()
    assert Branch.objects.get(name="main").head == branch_head(open_repository(project), "main")
    assert died >= len(CHOSEN)


def test_people_act_while_workers_land(grow, project, developer, maintainer, shop):
    """Two workers run the queue while somebody pushes to main, dismisses approvals, closes, withdraws."""
    chance = random.Random(SEED)
    start = branch_head(open_repository(project), "main")
    for _ in range(max(2, ROUNDS // 10)):
        made = grow(3)
        acts = [
            lambda each=made[0]: dismiss(maintainer, Review.objects.get(proposal=each), "No."),
            lambda each=made[1]: chance.choice([close, withdraw])(developer, each),
            lambda: push_to_main(shop),
        ]
        waits = [chance.uniform(0, 2.5) for _ in acts]
        people = [
            lambda act=act, seconds=seconds: later(seconds, act)
            for act, seconds in zip(acts, waits, strict=True)
        ]
        at_once([lambda: run(project, 4)] * 2 + people)
        run(project, 4)
        hold(project, start)
        assert lined_up(project) == []


def later(seconds, act):
    threading.Event().wait(seconds)
    # It may have landed, or be out of the queue already.
    with suppress(RefusedError):
        act()


def push_to_main(shop):
    """As a developer does who has just fetched: taken only if nobody was faster."""
    from apps.repositories.actions import RefChange, record_push

    shop.git("fetch", "--quiet", str(shop.remote), "main")
    before = shop.git("rev-parse", "FETCH_HEAD")
    shop.git("switch", "--quiet", "--detach", "FETCH_HEAD")
    after = shop.commit({"README": before})
    try:
        shop.git("push", "--quiet", str(shop.remote), "HEAD:refs/heads/main")
    except subprocess.CalledProcessError:
        return
    record_push(shop.project, None, [RefChange("refs/heads/main", before, after)])


def at_once(acts):
    wrong = []

    def one(act):
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert not wrong, wrong


def hold(project, start):
    """What must be so at every moment, whoever died just now."""
    repository = open_repository(project)
    head = branch_head(repository, "main")
    entries = list(QueueEntry.objects.filter(project=project).select_related("merge", "proposal"))
    landed = {each.candidate: each for each in entries if each.stage == Stage.LANDED}
    for each in landed.values():
        assert is_in_branch(repository, each.candidate, "main"), "what is said to have landed is not there"
        assert each.proposal.state == State.MERGED
        assert each.proposal.merged_commit == each.candidate
        lines = Event.objects.filter(proposal=each.proposal)
        merged = lines.get(kind="merged")
        approvals = Review.objects.filter(proposal=each.proposal, change_hash=each.merge.change_hash)
        told = lines.filter(kind="dismissed").values_list("pk", flat=True)
        assert approvals.exists(), "landed without an approval of what landed"
        assert all(pk > merged.pk for pk in told), "landed after its approval was taken back"
    for each in Proposal.objects.filter(project=project, state=State.MERGED):
        assert each.merged_commit in landed, "merged, but nothing landed"
    pending = {each.candidate for each in entries if each.is_lined_up and each.candidate}
    pushed = set(Push.objects.filter(project=project, pusher=None).values_list("updates__after", flat=True))
    commit = head
    while commit != start:
        parents = find_commit(repository, commit).parents
        if len(parents) == 2:
            assert commit in landed or commit in pending, "a merge that nobody noted or will note"
        else:
            assert commit in pushed or parents, commit
        commit = parents[0]
    names = [each.name for each in read_project(CommitTree(repository, head)).migrations]
    assert len(set(names)) == len(names)
    merges = sum(
        len(each.parents) == 2 for each in list_commits(repository, head, without=start, limit=100_000)
    )
    assert len(names) == 1 + merges
