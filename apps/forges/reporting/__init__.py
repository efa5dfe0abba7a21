"""What a forge is to show of a commit and of a pull request, made from how things stand at this moment."""

from apps.forges.reporting.checks import Check, checks_of, summary_of
from apps.forges.reporting.comment import comment_of
from apps.forges.reporting.ended import ending_of, unfinished_checks
from apps.forges.reporting.facts import Facts, facts_of

__all__ = [
    "Check",
    "Facts",
    "checks_of",
    "comment_of",
    "ending_of",
    "facts_of",
    "summary_of",
    "unfinished_checks",
]
