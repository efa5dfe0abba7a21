"""What a push may do to refs, decided before git takes it: one sentence for each thing it may not.

What the files hold is no matter of these rules: a layout that can't be read is a
finding on the branch's page, never a reason to refuse work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.githost.hooks import MAX_REFS
from apps.repositories.actions import HEADS, RefChange
from apps.repositories.names import trouble_with

TAGS = "refs/tags/"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rules ask about the repository: its default branch, whether it holds migrations yet, size and quota."""

    default_branch: str
    default_filled: bool
    size_mb: int
    quota_mb: int


def refusals(changes: Sequence[RefChange], ground: Ground) -> tuple[str, ...]:
    """Why the push can't be taken; empty when it can."""
    if len(changes) > MAX_REFS:
        return (f"A push may move {MAX_REFS:,} refs at once. Push fewer branches or tags at a time.",)
    found = [sentence for change in changes for sentence in _of_ref(change, ground)]
    if ground.size_mb > ground.quota_mb and any(change.after for change in changes):
        found.append(
            f"The repository would take {ground.size_mb:,} MB, and {ground.quota_mb:,} MB are allowed. "
            "Push less history, or ask whoever runs this server for more room."
        )
    return tuple(_shortened(found))


def _of_ref(change: RefChange, ground: Ground) -> Iterator[str]:
    yield from _of_name(change)
    if change.ref == HEADS + ground.default_branch:
        yield from _of_default_branch(change, ground)


def _of_name(change: RefChange) -> Iterator[str]:
    kind, _, name = change.ref.partition("/")[2].partition("/")
    if not change.after:
        return  # Whatever is there may be removed.
    if change.ref == "refs/heads/HEAD":
        yield "A branch can't be named HEAD."
    elif kind not in ("heads", "tags"):
        yield f"{change.ref} is neither a branch nor a tag; Braid keeps refs/heads/ and refs/tags/ only."
    elif trouble := trouble_with(name):
        yield f"{change.ref}: {trouble}"


def _of_default_branch(change: RefChange, ground: Ground) -> Iterator[str]:
    name = ground.default_branch
    if not change.after:
        yield f"{name} is the default branch and can't be deleted."
    elif ground.default_filled:
        yield (
            f"{name} is the default branch: only a merge writes it. Push your work to a branch of its own: "
            "git push <remote> HEAD:refs/heads/<name>"
        )


def _shortened(found: list[str]) -> Iterator[str]:
    yield from found[:_SHOWN]
    if len(found) > _SHOWN:
        yield f"And {len(found) - _SHOWN} more of this kind."
