"""All that a proposal's readiness depends on, read in a number of queries that nothing makes grow.

`readiness` judges it; this module only reads. Whoever acts on the answer reads under the locks that
`actions.reviewing.is_ready` takes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

import pygit2
from django.db.models import Min, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.models import User
from apps.checks.content.diffs import load_objects
from apps.checks.models import FINISHED, Verdict
from apps.merges.models import Meeting, Merge
from apps.projects.models import Project
from apps.proposals.access import count_open_threads, meeting_of
from apps.proposals.models import Answer, Bypass, Policy, Proposal, Resolution, Review
from apps.proposals.owners import Target
from apps.proposals.people import People, people_of
from apps.proposals.policy import UNASKED, Rules, rules_in, rules_of
from apps.proposals.risk import RiskView, Scale, risk_of
from apps.proposals.sizes import sizes_for
from apps.repositories.commits import merge_base
from apps.repositories.models import Branch, RefUpdate
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree, TreeError
from schemata.catalog import Address, Kind
from schemata.sizes import Sizes

# Of a branch: who pushed to it, and when first.
Authors = dict[int, datetime]


@dataclass(frozen=True)
class Situation:
    """One proposal as it stands. `merge` is what would land, None while it is not known; `meeting` says why.

    `rules` are what is asked, `proposed` what braid.toml of the proposal's head says, and `forked` what it said
    where the branch began. `authors` are those whose own work the change is. `landing_drift` says by what the
    schema file of the commit that is to land drifts, None while there is no such commit. `sizes` are those that are
    known at `now` of the tables that the merge goes through.
    """

    proposal: Proposal
    target: Branch | None
    meeting: Meeting | None
    merge: Merge | None
    verdict: Verdict | None
    rules: Rules
    proposed: Rules
    forked: Rules
    people: People
    reviews: tuple[Review, ...]
    authors: Authors
    bypasses: tuple[Bypass, ...]
    policies_seen: dict[str, Rules] = field(default_factory=dict)
    open_threads: int = 0
    landing_drift: tuple[str, ...] | None = None
    sizes: Sizes = field(default_factory=Sizes)
    now: datetime = field(default_factory=timezone.now)

    @cached_property
    def risk(self) -> RiskView:
        """What landing the merge may cost, by what is known of its tables' sizes now."""
        return risk_of(self.merge, Scale(self.sizes, self.rules.large, self.now))

    @property
    def shown(self) -> Merge | None:
        """The newest merge that Braid knows, be it of an older head: what people see and approve."""
        return self.merge or (self.meeting.result if self.meeting else None)

    @property
    def shown_hash(self) -> str:
        return self.shown.change_hash if self.shown else ""

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """What the merge changes, and the tables whose rows it writes."""
        return targets_of(self.merge) if self.merge else ()

    @cached_property
    def deciding(self) -> tuple[Review, ...]:
        """The last answer of each member who may review, dismissed ones and mere comments left out."""
        last: dict[int | None, Review] = {}
        for review in self.reviews:
            if review.answer != Answer.COMMENT and self.people.may_review(review.author_id):
                last[review.author_id] = review
        return tuple(review for review in last.values() if review.dismissed_at is None)

    @cached_property
    def approvals(self) -> tuple[Review, ...]:
        """The answers that count as approvals of the change as it is now."""
        return tuple(review for review in self.deciding if not self.why_not_counted(review))

    def why_not_counted(self, review: Review) -> str:
        """Why an approval does not count, in words; empty where it does."""
        if review.answer != Answer.APPROVE:
            return "it is no approval"
        if self.merge is None or review.change_hash != self.merge.change_hash:
            return "it was given to another change"
        if self.rules.self_approval:
            return ""
        if review.author_id == self.proposal.author_id:
            return "nobody approves a proposal of their own"
        first = self.authors.get(review.author_id or 0)
        return "it is their own work too" if first and first < review.created_at else ""

    def is_own_work(self, user: User) -> bool:
        """Whether an approval that the user gives now would not count for being of their own work."""
        if self.rules.self_approval:
            return False
        return user.pk == self.proposal.author_id or user.pk in self.authors


def read_situation(
    proposal: Proposal, *, merge: Merge | None = None, on: str = "", policy: Policy | None = None
) -> Situation:
    """The proposal as it stands now. `merge`, where given, is what would land in place of the newest meeting's.

    `on` is the commit that it would land on and whose braid.toml counts, by default the default branch's head;
    `policy` the project's row, where the caller has locked it.
    """
    target, meeting = _default_branch(proposal.project), meeting_of(proposal)
    reviews = tuple(Review.objects.filter(proposal=proposal).select_related("author").order_by("id"))
    asked = _Asked.at(proposal, on or (target.head if target else ""), reviews)
    landing = merge or current_merge(proposal, target, meeting)
    settings = policy or Policy.objects.filter(project=proposal.project_id).first() or Policy()
    return Situation(
        proposal=proposal,
        target=target,
        meeting=meeting,
        merge=landing,
        verdict=_verdict(proposal),
        rules=rules_of(settings).and_also(asked.landed),
        proposed=asked.proposed,
        forked=asked.forked,
        people=people_of(proposal.project.team),
        reviews=reviews,
        authors=_authors(proposal),
        bypasses=tuple(Bypass.objects.filter(proposal=proposal).select_related("by").order_by("id")),
        policies_seen=asked.seen,
        open_threads=count_open_threads(proposal),
        sizes=sizes_for(proposal.project, landing),
    )


def current_merge(proposal: Proposal, target: Branch | None, meeting: Meeting | None) -> Merge | None:
    """The merge of the proposal's head with the default branch's, None where the last one is of other heads."""
    if meeting is None or target is None or not meeting.is_current:
        return None
    heads = (meeting.merged_ours, meeting.merged_theirs)
    return meeting.result if heads == (target.head, proposal.head) else None


def targets_of(merge: Merge) -> tuple[Target, ...]:
    """The objects that owners are asked about, under the names that they had before too."""
    found: set[Target] = set()
    for shown in load_objects(merge.diff) if merge.diff else ():
        for change in shown["changes"]:
            if not change["behind"]:
                found.update(_targets_in(change, shown))
    written = (each.rpartition(" ") for each in (merge.risk or {}).get("written", ()))
    return tuple(sorted(found | {Target(kind, path) for kind, _, path in written}))


def _targets_in(change: dict[str, Any], shown: dict[str, Any]) -> Iterable[Target]:
    """What was changed as it is called after, and as it was called before."""
    is_part = change["address"] != shown["address"]
    whole = (shown["kind"], shown["address"].removeprefix(f"{shown['kind']} ")) if is_part else ("", "")
    yield Target(change["kind"], change["name"], *whole)
    if change["previous"]:
        kind, schema, name, parent = change["previous"]
        before = Address(Kind(kind), schema, name, parent)
        whole_before = (shown["kind"], Address(Kind(kind), schema, parent).path) if parent else ("", "")
        yield Target(kind, before.path, *whole_before)


@dataclass(frozen=True, slots=True)
class _Asked:
    """braid.toml's part of the policy at the commits that matter; `seen` by the heads that reviews were given to."""

    landed: Rules
    proposed: Rules
    forked: Rules
    seen: dict[str, Rules]

    @classmethod
    def at(cls, proposal: Proposal, target: str, reviews: Iterable[Review]) -> "_Asked":
        repository = open_repository(proposal.project)
        read = cache(lambda commit: _rules_at(repository, commit))
        fork = merge_base(repository, target, proposal.head) if target else ""
        seen = {review.head: read(review.head) for review in reviews if review.answer == Answer.APPROVE}
        return cls(read(target), read(proposal.head), read(fork), seen)


def _rules_at(repository: pygit2.Repository, commit: str | None) -> Rules:
    if not commit:
        return UNASKED
    try:
        return rules_in(CommitTree(repository, commit))
    except TreeError as error:
        return replace(UNASKED, problems=(str(error),))


def asks_as_seen(proposal: Proposal, target: str, candidate: str) -> bool:
    """Whether `[policy]` of a merge commit is one side's: git may make of two texts a third that nobody saw."""
    repository = open_repository(proposal.project)
    fork = merge_base(repository, target, proposal.head)
    landed, ours, theirs, before = (
        _rules_at(repository, commit) for commit in (candidate, target, proposal.head, fork)
    )
    return landed == ours if theirs == before else landed == theirs


def landed_rules(project: Project) -> Rules:
    """What braid.toml on the project's default branch asks for."""
    target = _default_branch(project)
    return _rules_at(open_repository(project), target.head) if target else UNASKED


def _default_branch(project: Project) -> Branch | None:
    return Branch.objects.filter(project=project, name=project.default_branch, deleted_at=None).first()


def _verdict(proposal: Proposal) -> Verdict | None:
    """The newest finished one of the proposal's head, which stands while the head is judged once more."""
    found = Verdict.objects.filter(branch=proposal.branch_id, commit=proposal.head, state__in=FINISHED)
    return found.select_related("judgement").order_by("-id").first()


def _authors(proposal: Proposal) -> Authors:
    """Who pushed to the branch since it was made, and who settled a conflict by SQL or a value of their own."""
    ref = f"refs/heads/{proposal.branch.name}"
    updates = RefUpdate.objects.filter(ref=ref, push__project=proposal.project_id)
    made = updates.filter(kind=RefUpdate.Kind.CREATED).order_by("-push_id").values_list("push_id", flat=True)
    pushes = updates.filter(push_id__gte=Coalesce(Subquery(made[:1]), 0)).exclude(push__pusher=None)
    found = dict(pushes.values_list("push__pusher").annotate(first=Min("push__received_at")).order_by())
    written = Resolution.objects.filter(
        proposal=proposal, is_current=True, choice__choose__in=("sql", "value")
    ).exclude(author=None)
    for author, at in written.values_list("author_id", "created_at"):
        found[author] = min(at, found.get(author, at))
    return found
