"""All that is known of a commit of a connected repository; nothing is worded here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from apps.checks.access import ObjectChanges, object_changes
from apps.checks.content import findings_of
from apps.checks.models import State, Verdict
from apps.forges.models import Connection, PullRequest
from apps.merges.access import Pair, Standing, is_settled, pairs_of
from apps.merges.models import Meeting, Merge, Outcome
from apps.proposals.access import diff_of, meeting_of
from apps.proposals.models import Proposal, QueueEntry
from apps.proposals.queued import handed_entry
from apps.proposals.readiness import Readiness, readiness_of
from apps.proposals.resolutions import Disputed, conflicts_of
from apps.proposals.situation import read_situation
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository
from forges import PullState
from schemata.findings import Finding

GROUPS = "gh-readonly-queue/"
_GROUP = re.compile(re.escape(GROUPS) + r".+/pr-(\d{1,9})-[0-9a-f]{40}")


@dataclass(frozen=True)
class Group:
    """What GitHub's merge queue is about to land: the pull request of which it is, and `ahead` with which of those
    that are in the same commit that collides."""

    pull: "Facts"
    ahead: tuple[Pair, ...]


@dataclass(frozen=True)
class Facts:
    """`branch` stands on `sha`; None of what follows it where the commit is no branch's head any more.

    `group` is of a branch of a merge queue. `merge` is the one with the default branch as it is now, None while that
    is not known. `refused` says why the commit can't be had from the forge, `is_waiting` that it is held back.
    """

    connection: Connection
    sha: str
    branch: Branch | None = None
    verdict: Verdict | None = None
    findings: tuple[Finding, ...] = ()
    changes: tuple[ObjectChanges, ...] = ()
    pull: PullRequest | None = None
    proposal: Proposal | None = None
    handed: QueueEntry | None = None
    meeting: Meeting | None = None
    merge: Merge | None = None
    readiness: Readiness | None = None
    conflicts: tuple[Disputed, ...] = ()
    collisions: tuple[Pair, ...] = ()
    is_charted: bool = False
    refused: str = ""
    is_waiting: bool = False
    group: Group | None = None

    @property
    def other_target(self) -> str:
        """The branch that the pull request is for, where Braid does not merge into that."""
        asked = self.pull.base_ref if self.pull else ""
        return "" if asked == self.connection.project.default_branch else asked

    @property
    def url(self) -> str:
        """The page that shows it all."""
        if self.proposal is not None:
            return f"{settings.BASE_URL}{self.proposal.get_absolute_url()}"
        project = f"{settings.BASE_URL}{self.connection.project.get_absolute_url()}"
        if self.refused or self.is_waiting:
            return project
        return f"{project}branch/{self.branch.name}/" if self.branch else f"{project}commit/{self.sha}/"


def branch_url(facts: Facts) -> str:
    """The page that shows what the branch's own migrations did."""
    project = f"{settings.BASE_URL}{facts.connection.project.get_absolute_url()}"
    return f"{project}branch/{facts.branch.name}/" if facts.branch else facts.url


def facts_of(connection: Connection, sha: str, pull: PullRequest | None = None) -> Facts:
    """Of a commit, or of that as the head of a pull request. A handful of queries, whatever the size of the schema."""
    project = connection.project
    standing = Branch.objects.filter(project=project, head=sha, deleted_at=None).order_by("name")
    branches = {branch.pk: branch for branch in standing.select_related("project__team")}
    if not branches:
        reasons = [why for commit, why in connection.refused.values() if commit == sha]
        waiting = connection.pulls.filter(head_sha=sha, state=PullState.OPEN.value, is_waiting=True)
        why = reasons[0] if reasons else ""
        return Facts(connection, sha, pull=pull, refused=why, is_waiting=waiting.exists())
    pull = pull or _pull_of(connection, branches.keys())
    branch = (
        branches[pull.branch_id] if pull and pull.branch_id in branches else next(iter(branches.values()))
    )
    found = Verdict.objects.filter(branch=branch, commit=sha).exclude(state=State.SUPERSEDED)
    verdict = found.select_related("judgement__diff").order_by("-id").first()
    judgement = verdict.judgement if verdict else None
    proposal = _proposal_of(branch, pull)
    meeting = meeting_of(proposal) if proposal else None
    diff = diff_of(proposal, meeting) if proposal and meeting else judgement.diff if judgement else None
    pairs = () if branch.is_default else pairs_of(branch)
    at = read_situation(proposal) if proposal and proposal.is_asking else None
    merge = at.merge if at and at.proposal.head == sha else None
    return Facts(
        connection=connection,
        sha=sha,
        branch=branch,
        verdict=verdict,
        findings=findings_of(judgement) if judgement else (),
        changes=object_changes(diff),
        pull=pull,
        proposal=proposal,
        handed=handed_entry(proposal) if proposal else None,
        meeting=meeting,
        merge=merge,
        readiness=readiness_of(at) if at else None,
        conflicts=_conflicts_of(proposal, meeting, merge),
        collisions=tuple(pair for pair in pairs if _is_told(pair, branch)),
        is_charted=is_settled(branch, sha),
        group=_group_of(connection, branch),
    )


def _is_told(pair: Pair, branch: Branch) -> bool:
    """A merge queue's branches are made of others, with which the collision is told."""
    return pair.standing is Standing.COLLIDES and not pair.other(branch).name.startswith(GROUPS)


def _group_of(connection: Connection, branch: Branch) -> Group | None:
    """Manual: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository."""
    number = _number_in(branch.name)
    pull = connection.pulls.select_related("branch").filter(number=number).first() if number else None
    if pull is None or pull.branch is None:
        return None
    held = _held(connection, branch)
    pairs = (each for each in pairs_of(pull.branch) if _is_told(each, pull.branch))
    ahead = tuple(each for each in pairs if each.other(pull.branch).pk in held)
    return Group(facts_of(connection, pull.head_sha, pull), ahead)


def _held(connection: Connection, group: Branch) -> frozenset[int]:
    """Branches that a commit of the queue holds: by their own commits, or squashed, by the group made of them."""
    repository = open_repository(connection.project)
    others = Branch.objects.filter(project=connection.project, deleted_at=None).exclude(pk=group.pk)
    inside = [each for each in others if repository.descendant_of(group.head, each.head)]
    numbers = filter(None, (_number_in(each.name) for each in inside))
    squashed = connection.pulls.filter(number__in=[*numbers]).values_list("branch", flat=True)
    return frozenset({*(each.pk for each in inside if not each.is_default), *squashed})


def _number_in(name: str) -> int | None:
    found = _GROUP.fullmatch(name)
    return int(found[1]) if found else None


def _conflicts_of(
    proposal: Proposal | None, meeting: Meeting | None, merge: Merge | None
) -> tuple[Disputed, ...]:
    """With the default branch, where that is what the merge came to."""
    if proposal is None or merge is None or merge.outcome != Outcome.CONFLICT:
        return ()
    return conflicts_of(proposal, meeting).conflicts


def _pull_of(connection: Connection, branches: Iterable[int]) -> PullRequest | None:
    """Of several with one head, that which is merged into the default branch."""
    found = connection.pulls.filter(branch__in=[*branches], state=PullState.OPEN.value)
    rows = list(found.select_related("proposal__branch", "branch").order_by("number"))
    asking = (row for row in rows if row.proposal is not None and row.proposal.is_asking)
    return next(asking, rows[0] if rows else None)


def _proposal_of(branch: Branch, pull: PullRequest | None) -> Proposal | None:
    proposal = pull.proposal if pull else None
    if proposal is None:
        proposal = Proposal.objects.filter(branch=branch, head=branch.head).order_by("-number").first()
    if proposal is not None:
        proposal.branch = branch
        proposal.project = branch.project
    return proposal
