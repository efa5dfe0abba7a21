"""The way back from a merged proposal: a branch on its merge commit, with a migration that undoes it, proposed.

The branch begins where the proposal landed, so whatever was built on it since meets the way back as any two
branches meet: what still stands on it is a conflict that people decide, and nothing is undone behind their back.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import pygit2
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction

from apps.jobs import claims
from apps.proposals.actions import reverting
from apps.proposals.actions.lifecycle import open_proposal
from apps.proposals.landing import lock_project
from apps.proposals.models import Proposal, Revert
from apps.repositories.actions import HEADS, RefChange, record_push
from apps.repositories.commits import branch_head
from apps.repositories.landing import Author, commit_tree, move_branch, replace_files
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree, TreeError
from sandbox.errors import SandboxError
from sandbox.replays import Replay
from schemata.history import History, Migration
from schemata.landing import Landing, LandingError, Trees, land
from schemata.landing.drizzle import snapshot_again
from schemata.landing.generated import generated_name, generated_text
from schemata.landing.owned import owned_paths
from schemata.layouts import LayoutError
from schemata.merge.proof import schema_hash
from schemata.plan import HazardKind, Plan, way_back
from schemata.statements import changes_data
from worker.candidates import Refused
from worker.heartbeat import ClaimLost, Heartbeat
from worker.histories import Histories
from worker.process import new_claim, sandboxes

logger = logging.getLogger(__name__)

SHOWN = 12


@dataclass(frozen=True, slots=True)
class WayBack:
    """The commit with it, and what it does not bring back, in sentences."""

    commit: str
    losses: tuple[str, ...]


def revert(revert_id: int) -> None:
    """Propose the way back, unless another worker has the wish or it is fulfilled."""
    wanted = reverting.claim(revert_id, new_claim())
    if wanted is None:
        return
    try:
        with Heartbeat(f"revert {wanted.pk}", partial(claims.heartbeat, wanted)) as heartbeat:
            found = _Undoing.of(wanted).run()
            heartbeat.check()
        _propose(wanted, found)
    except ClaimLost:
        logger.info("revert %s was taken back", wanted.pk)
    except (Refused, LandingError, LayoutError, TreeError) as error:
        reverting.refuse(wanted, str(error))
    except SandboxError as error:
        reverting.postpone(wanted, str(error))
    except SoftTimeLimitExceeded:
        reverting.refuse(wanted, f"It took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} s.")
    except Exception:
        logger.exception("revert %s", wanted.pk)
        reverting.refuse(
            wanted, "Braid failed while it looked for the way back; the worker's log has the reason."
        )


@dataclass(frozen=True, slots=True)
class _Undoing:
    """One merge commit, `landed`, and the commit that it landed on, `target`."""

    wanted: Revert
    histories: Histories
    landed: str
    target: str
    before: History
    after: History

    @classmethod
    def of(cls, wanted: Revert) -> "_Undoing":
        proposal = wanted.proposal
        histories = Histories(proposal.project)
        commit = histories.repository.get(proposal.merged_commit)
        # A forge may have moved the default branch to Braid's commit on the branch: its first parent is the branch.
        is_handed = proposal.queue_entries.filter(delivered=proposal.merged_commit).exists()
        if is_handed or not isinstance(commit, pygit2.Commit) or len(commit.parent_ids) != 2:
            raise Refused("It was not merged by Braid, so there is no commit that holds it and nothing else.")
        target = str(commit.parent_ids[0])
        before, after = (histories.read(each).history for each in (target, proposal.merged_commit))
        return cls(wanted, histories, proposal.merged_commit, target, before, after)

    def run(self) -> WayBack:
        before, after = self._replay_pair()
        plan = way_back(before.catalog, after.catalog, same_origin=True, trunk=after.trunk)
        if plan.unsupported:
            raise Refused(
                f"No statement is known for {', '.join(plan.unsupported)}; write the way back by hand."
            )
        losses = (*_losses(plan), *self._rows())
        commit = self._commit(plan, losses)
        self._prove(commit, before)
        return WayBack(commit, losses)

    def _replay_pair(self) -> tuple[Replay, Replay]:
        project = self.wanted.proposal.project
        pair = sandboxes().replay_pair(
            self.before,
            self.after,
            owner=project.key.hex,
            postgres=self.after.postgres or project.postgres,
            deadline_s=settings.CHECK_DEADLINE_S,
        )
        for replay in pair:
            if replay.failure:
                raise Refused(f"{replay.failure.migration} fails: {replay.failure.message}")
        return pair

    def _prove(self, commit: str, before: Replay) -> None:
        """The commit, read as whoever clones it reads it, must give what was there before the proposal landed."""
        project = self.wanted.proposal.project
        history = self.histories.read(commit).history
        replay = sandboxes().replay(
            history,
            owner=project.key.hex,
            postgres=history.postgres or project.postgres,
            deadline_s=settings.CHECK_DEADLINE_S,
        )
        if replay.failure:
            raise Refused(f"The way back fails in the sandbox: {replay.failure.message}; write it by hand.")
        if schema_hash(replay.catalog) != schema_hash(before.catalog):
            raise Refused("The way back that Braid knows does not lead all the way; write it by hand.")

    def _rows(self) -> Iterator[str]:
        for migration in self._landed():
            if any(changes_data(statement) for statement in migration.statements):
                yield f"what {migration.name} does to rows is not undone"

    def _landed(self) -> tuple[Migration, ...]:
        known = {each.name for each in self.before.migrations}
        return tuple(each for each in self.after.migrations if each.name not in known)

    def _commit(self, plan: Plan, losses: tuple[str, ...]) -> str:
        repository, by = self.histories.repository, self.wanted.by
        trees = [CommitTree(repository, each) for each in (self.target, self.landed)]
        written = self._files(plan, losses, trees[0], trees[1])
        owned = owned_paths(trees[0], self.before) | owned_paths(trees[1], self.after)
        schema = {file.path for side in (self.before, self.after) for file in side.schema_files}
        tree = replace_files(repository, self.landed, self.target, owned - schema, written)
        author = Author(by.name, by.email) if by else None
        message = "\n\n".join([_title(self.wanted.proposal), *_listed(losses)]) + "\n"
        return commit_tree(repository, tree, (self.landed,), message, author, self.wanted.created_at)

    def _files(
        self, plan: Plan, losses: tuple[str, ...], before: CommitTree, after: CommitTree
    ) -> Mapping[str, bytes]:
        """The migration with the way back, and what its tool notes of it; nothing where the schema is as it was."""
        if not plan.statements:
            return {}
        name = generated_name(self.after, f"revert_{self.wanted.proposal.number}")
        if not name:
            raise Refused("The migrations have no numbers after which another one could be named.")
        head = "".join(f"-- Note: {each}.\n" for each in losses)
        text = generated_text(self.after.layout, [each.sql for each in plan.statements], head)
        trees, same = Trees(after, after, after), (self.after, self.after, self.after)
        landed = land(trees, *same, [Landing(name, text)])
        newest = (_newest(self.before), _newest(self.after))
        again = snapshot_again(before, after, self.after.root, newest, name)
        return {**{change.path: change.content for change in landed.changes}, **again}


def _newest(history: History) -> str:
    return history.migrations[-1].name if history.migrations else ""


def _losses(plan: Plan) -> Iterator[str]:
    for statement in plan.statements:
        for each in statement.hazards:
            if each.kind in (HazardKind.IRREVERSIBLE, HazardKind.DATA_LOSS):
                yield each.message


def _title(proposal: Proposal) -> str:
    return f"Revert #{proposal.number}: {' '.join(proposal.title.split())}"


def _listed(losses: tuple[str, ...]) -> list[str]:
    if not losses:
        return []
    more = [f"- and {len(losses) - SHOWN} more"] if len(losses) > SHOWN else []
    return [
        "What it does not bring back, or takes with it:",
        "\n".join([*(f"- {each}" for each in losses[:SHOWN]), *more]),
    ]


@transaction.atomic
def _propose(wanted: Revert, found: WayBack) -> None:
    """Make the branch and its proposal. A branch that an earlier try has made is taken as it is."""
    project = lock_project(wanted.proposal.project_id)
    name = _branch_name(wanted, found)
    head = branch_head(open_repository(project), name)
    if head != found.commit and not move_branch(project, name, "", found.commit):
        raise ClaimLost("another branch took the name; the next try takes another one")
    record_push(project, wanted.by, [RefChange(HEADS + name, "", found.commit)])
    branch = Branch.objects.select_related("project__team").get(project=project, name=name)
    text = "\n\n".join([f"Reverts #{wanted.proposal.number}.", *_listed(found.losses)])
    made = open_proposal(
        wanted.by, branch, _title(wanted.proposal), description=text, reverts=wanted.proposal
    )
    if not reverting.fulfil(wanted, made):
        raise ClaimLost("the wish was taken back")


def _branch_name(wanted: Revert, found: WayBack) -> str:
    """`revert-12`, or with a further number where that is another branch's."""
    repository = open_repository(wanted.proposal.project)
    stem = f"revert-{wanted.proposal.number}"
    names = [stem, *(f"{stem}-{count}" for count in range(2, 100))]
    free = (each for each in names if branch_head(repository, each) in ("", found.commit))
    return next(free, f"{stem}-{wanted.pk}")
