"""Whether a proposal may land, requirement by requirement, each with what is still missing in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.checks.models import State as VerdictState
from apps.merges.models import Outcome
from apps.merges.models import State as MeetingState
from apps.proposals.models import Answer, Bypass
from apps.proposals.owners import Line, Target, owned
from apps.proposals.people import Person
from apps.proposals.policy import Check, OwnersText
from apps.proposals.situation import Situation
from apps.teams.models import Role

MERGES = (Outcome.CLEAN, Outcome.REWRITTEN)
MOST_NAMED = 8
COMPARING = "the schema file is being compared with the migrations"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must hold. `detail` says what holds or is missing, `waits_for` whose answer it is that is.

    `is_policy`: people asked for it, so those who may can pass it by; the others are facts.
    """

    key: str
    title: str
    is_met: bool
    detail: str = ""
    is_policy: bool = True
    waits_for: tuple[Person, ...] = ()

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}" if self.detail else self.title

    @property
    def is_of_the_verdict(self) -> bool:
        """Whether the branch's verdict has the details."""
        return self.key in (Check.REPLAY, Check.WARNINGS, Check.DRIFT)


@dataclass(frozen=True, slots=True)
class Readiness:
    """All requirements, and the bypass that stands in for those of the policy, where one counts."""

    requirements: tuple[Requirement, ...]
    change_hash: str = ""
    bypass: Bypass | None = None

    @property
    def unmet(self) -> tuple[Requirement, ...]:
        return tuple(each for each in self.requirements if not each.is_met)

    @property
    def passed_by(self) -> tuple[Requirement, ...]:
        """What the bypass stands in for."""
        return tuple(each for each in self.unmet if each.is_policy) if self.bypass else ()

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps it from landing, in words."""
        return tuple(str(each) for each in self.unmet if each not in self.passed_by)

    @property
    def ready(self) -> bool:
        return not self.missing

    @property
    def waits_for(self) -> tuple[Person, ...]:
        """Everybody whose answer would bring it further, each once."""
        people = (person for each in self.unmet for person in each.waits_for)
        return tuple(dict.fromkeys(people))


def readiness_of(at: Situation) -> Readiness:
    """The verdict on a proposal as it stands."""
    requirements = (
        _asking(at),
        _merges(at),
        *_policy_readable(at),
        *_checks(at),
        _no_objection(at),
        _approved(at),
        *_owners_agree(at),
        *_policy_change(at),
    )
    found = tuple(each for each in requirements if each is not None)
    return Readiness(found, at.merge.change_hash if at.merge else "", _bypass(at))


def _asking(at: Situation) -> Requirement | None:
    proposal = at.proposal
    if not proposal.is_asking:
        return Requirement("open", "Open", False, f"it is {proposal.state}", is_policy=False)
    if proposal.is_draft:
        return Requirement("open", "Ready for review", False, "it is a draft", is_policy=False)
    return None


def _merges(at: Situation) -> Requirement:
    merge = at.merge
    if merge is None:
        return Requirement("merge", "Merges", False, _why_unknown(at), is_policy=False)
    met = merge.outcome in MERGES
    return Requirement("merge", "Merges", met, merge.headline, is_policy=False)


def _why_unknown(at: Situation) -> str:
    if at.target is None:
        return f"there is no branch {at.proposal.project.default_branch} to merge into"
    if at.meeting and at.meeting.state == MeetingState.ERROR:
        return at.meeting.error
    return "Braid is merging the newest heads"


def _policy_readable(at: Situation) -> Iterator[Requirement]:
    """Only where it is not: what can't be read is never taken for nothing asked."""
    if at.rules.problems:
        yield Requirement("policy", "The policy can be read", False, "; ".join(at.rules.problems))
    if at.proposed.problems and at.proposed != at.forked:
        yield Requirement(
            "policy-proposed", "The policy on the branch can be read", False, "; ".join(at.proposed.problems)
        )


def _checks(at: Situation) -> Iterator[Requirement]:
    for check in at.rules.required_checks:
        yield _CHECKS[check](at)


def _replays(at: Situation) -> Requirement:
    verdict = at.verdict
    if verdict is None:
        return Requirement("replay", "Verdict", False, "the branch's newest commit is being judged")
    return Requirement(
        "replay", "Verdict", verdict.state == VerdictState.PASSED, verdict.headline or verdict.error
    )


def _warns_not(at: Situation) -> Requirement:
    judgement = at.verdict.judgement if at.verdict else None
    if judgement is None:
        return Requirement("warnings", "No warnings", False, "the branch's newest commit is being judged")
    if judgement.awaits_drift:
        return Requirement("warnings", "No warnings", False, COMPARING)
    count = judgement.warnings
    detail = f"{count} warning{'' if count == 1 else 's'}" if count else ""
    return Requirement("warnings", "No warnings", not count, detail)


def _order_is_free(at: Situation) -> Requirement:
    if at.merge is None or at.merge.outcome not in MERGES:
        return Requirement("order", "Order does not matter", False, "that is known once it merges")
    detail = (
        "databases that ran the branch's migrations first end otherwise" if at.merge.order_matters else ""
    )
    return Requirement("order", "Order does not matter", not at.merge.order_matters, detail)


def _drifts_not(at: Situation) -> Requirement:
    """Of the commit that would land, where that is tested, else of the branch."""
    title = "No drift of the schema file"
    if at.landing_drift is not None:
        return Requirement("drift", title, not at.landing_drift, _listed(list(at.landing_drift)))
    judgement = at.verdict.judgement if at.verdict else None
    if judgement is None:
        return Requirement("drift", title, False, "the branch's newest commit is being judged")
    if judgement.awaits_drift:
        return Requirement("drift", title, False, COMPARING)
    if judgement.drift is None:
        return Requirement("drift", title, False, "it was not compared with the migrations; see the verdict")
    count = judgement.drift
    detail = (
        f"the branch adds {count} difference{'' if count == 1 else 's'}; see the verdict" if count else ""
    )
    return Requirement("drift", title, not count, detail)


def _talked_over(at: Situation) -> Requirement:
    count = at.open_threads
    detail = f"{count} {'is' if count == 1 else 'are'} not" if count else ""
    return Requirement("threads", "Threads resolved", not count, detail)


_CHECKS = {
    Check.REPLAY: _replays,
    Check.WARNINGS: _warns_not,
    Check.ORDER: _order_is_free,
    Check.DRIFT: _drifts_not,
    Check.THREADS: _talked_over,
}


def _no_objection(at: Situation) -> Requirement | None:
    objections = [review for review in at.deciding if review.answer == Answer.REQUEST_CHANGES]
    if not objections:
        return None
    people = tuple(at.people.by_id[review.author_id] for review in objections if review.author_id)
    return Requirement(
        "objections", "No changes requested", False, f"requested by {_names(people)}", waits_for=people
    )


def _approved(at: Situation) -> Requirement:
    risk = at.risk
    risky = at.merge is not None and risk.is_high
    needed, given = at.rules.needed(risky=risky), len(at.approvals)
    detail = f"{given} of {needed}"
    if risky and needed > at.rules.approvals:
        detail += f", more than {at.rules.approvals} because of the risk ({_listed(list(risk.reasons))})"
    elif not risky and risk.spared and at.rules.needed(risky=True) > needed:
        sizes = dict.fromkeys(danger.size for danger in risk.spared)
        detail += f", not more as what is rewritten is small ({_listed(list(sizes))})"
    if given >= needed:
        return Requirement("approvals", "Approvals", True, detail)
    asked = _could_approve(at, at.people.reviewers)
    if len(asked) + given < needed:
        detail += "; the team has not enough other members who may approve: change the policy, or bypass it"
    return Requirement("approvals", "Approvals", False, detail, waits_for=asked)


def _could_approve(at: Situation, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Those of the people whose approval would count and is not given."""
    approved = {review.author_id for review in at.approvals}
    own = set() if at.rules.self_approval else {at.proposal.author_id, *at.authors}
    return tuple(person for person in people if person.id not in approved | own)


def _owners_agree(at: Situation) -> Iterator[Requirement]:
    for text in at.rules.owners:
        for line, targets in owned(text.owners, at.targets):
            yield _owner_agrees(at, text, line, targets)


def _owner_agrees(at: Situation, text: OwnersText, line: Line, targets: tuple[Target, ...]) -> Requirement:
    """One of those who own what the line matches must have approved."""
    key, title = f"owners:{text.place}:{line.number}", f"Owners of {line}"
    opened = text.owners.opened(line.owners)
    people = at.people.find_all(opened)
    approved = [person for person in people if any(person.id == each.author_id for each in at.approvals)]
    if approved:
        return Requirement(key, title, True, f"approved by {_names(approved)}")
    asked = _could_approve(at, people)
    detail = f"{_named(targets)}, {text.place} line {line.number}: {_whom(at, asked, people, opened)}"
    return Requirement(key, title, False, detail, waits_for=asked)


def _whom(
    at: Situation, asked: tuple[Person, ...], people: tuple[Person, ...], opened: tuple[str, ...]
) -> str:
    if asked:
        return f"one of {_names(asked)}" if len(asked) > 1 else str(asked[0])
    if people:
        return f"{_names(people)} can't approve their own work; name another owner, or bypass the policy"
    unknown = ", ".join(at.people.unknown(opened))
    return f"{unknown} is no member of the team who may review"


def _policy_change(at: Situation) -> Iterator[Requirement]:
    """A proposal that changes what braid.toml asks for: a maintainer must have approved that very text."""
    if at.proposed == at.forked:
        return
    maintainers = tuple(person for person in at.people.members if person.role >= Role.MAINTAINER)
    ids = {person.id for person in maintainers}
    agreed = [
        review
        for review in at.approvals
        if review.author_id in ids and at.policies_seen.get(review.head) == at.proposed
    ]
    detail = "" if agreed else "it changes [policy] in braid.toml: a maintainer must approve that"
    asked = () if agreed else _could_approve(at, maintainers)
    yield Requirement("policy-change", "Change of the policy", bool(agreed), detail, waits_for=asked)


def _bypass(at: Situation) -> Bypass | None:
    """The newest bypass of this very change by somebody who still may."""
    if at.merge is None:
        return None
    for bypass in reversed(at.bypasses):
        person = at.people.by_id.get(bypass.by_id or 0)
        if bypass.change_hash == at.merge.change_hash and person and person.role >= at.rules.bypass:
            return bypass
    return None


def _names(people: tuple[Person, ...] | list[Person]) -> str:
    return _listed([str(person) for person in people])


def _named(targets: tuple[Target, ...]) -> str:
    """The objects, without parts of those that are named themselves."""
    wholes = {(target.kind, target.path) for target in targets}
    shown = (each for each in targets if (each.whole_kind, each.whole_path) not in wholes)
    return _listed([str(target) for target in shown])


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    return ", ".join(words[:MOST_NAMED]) + more
