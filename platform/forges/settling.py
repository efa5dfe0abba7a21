"""What became of a merge that a forge did not make; asked for again, it may have been made before."""

import re
from http import HTTPStatus

from forges.errors import ForgeError, Moved, NotYet, Refused
from forges.values import Pull, PullState

# What GitHub and Gitea say of checks and reviews that a protected branch asks for.
_RULES = re.compile(r"status check|required check|approv|review", re.IGNORECASE)


def by_rules(error: Refused) -> Refused:
    """As NotYet, where it speaks of rules that others may meet yet."""
    is_rule = error.status == HTTPStatus.METHOD_NOT_ALLOWED and _RULES.search(str(error))
    return NotYet(str(error), error.status) if is_rule else error


def settled(pull: Pull, head: str, error: ForgeError) -> str:
    """The commit, where `pull`, read after the refusal, is merged from `head`. Raises Moved, or else `error`."""
    if pull.head_sha != head:
        raise Moved(
            f"Pull request {pull.number} has moved on to {pull.head_sha[:12]}; it was not merged."
        ) from None
    if pull.state is PullState.MERGED:
        return pull.merge_commit
    raise error
