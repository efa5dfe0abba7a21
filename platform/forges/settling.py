"""What became of a merge that a forge did not make; asked for again, it may have been made before."""

from forges.errors import ForgeError, Moved
from forges.values import Pull, PullState


def settled(pull: Pull, head: str, error: ForgeError) -> str:
    """The commit, where `pull`, read after the refusal, is merged from `head`. Raises Moved, or else `error`."""
    if pull.head_sha != head:
        raise Moved(
            f"Pull request {pull.number} has moved on to {pull.head_sha[:12]}; it was not merged."
        ) from None
    if pull.state is PullState.MERGED:
        return pull.merge_commit
    raise error
