"""What a verdict tells about its commit besides the schema: author, subject, ahead, behind, where it forked."""

from dataclasses import dataclass

import pygit2

from apps.checks.models import Verdict

LONGEST = 200


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """Columns of `Verdict`; the counts are None where there is no base to count against."""

    author: str
    subject: str
    ahead: int | None
    behind: int | None


def facts_of(repository: pygit2.Repository, verdict: Verdict) -> CommitFacts:
    commit = repository.get(verdict.commit)
    if not isinstance(commit, pygit2.Commit):
        return CommitFacts("", "", None, None)
    ahead, behind = _distance(repository, verdict)
    subject = commit.message.strip().partition("\n")[0]
    return CommitFacts(_clean(commit.author.name), _clean(subject), ahead, behind)


def fork_of(repository: pygit2.Repository, verdict: Verdict) -> str:
    """The commit where the branch left its base; empty where there is none, or it is the base itself."""
    if not _both_there(repository, verdict):
        return ""
    found = repository.merge_base(verdict.commit, verdict.base_commit)
    return "" if found is None or str(found) == verdict.base_commit else str(found)


def _distance(repository: pygit2.Repository, verdict: Verdict) -> tuple[int | None, int | None]:
    if not _both_there(repository, verdict):
        return None, None
    return repository.ahead_behind(verdict.commit, verdict.base_commit)


def _both_there(repository: pygit2.Repository, verdict: Verdict) -> bool:
    return bool(verdict.base_commit) and verdict.base_commit in repository and verdict.commit in repository


def _clean(text: str) -> str:
    """One printable line; Postgres takes no NUL, and nobody wants a terminal's control codes."""
    return "".join(c for c in text if c.isprintable())[:LONGEST]
