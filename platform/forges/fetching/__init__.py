"""Commits from a forge and back to it, by git over HTTPS, from servers that nobody vouches for.

The name is looked up once, its address is checked and every connection of git's goes to
that one; redirects, other protocols, the machine's own settings, hooks and submodules are
off. The credential goes to the one repository that it was given for and stands in no
command line, log or error. What is fetched lies in a quarantine until all of it is there
and in order; then it is kept and all refs move at once, or nothing is changed.
"""

from forges.fetching.limits import LIMITS, Limits
from forges.fetching.listing import list_refs
from forges.fetching.pushing import Update, push
from forges.fetching.quarantine import fetch

__all__ = ["LIMITS", "Limits", "Update", "fetch", "list_refs", "push"]
