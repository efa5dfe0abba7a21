"""The one comment on a pull request, found again by a mark in it that is not shown.

Manual: https://docs.github.com/en/rest/issues/comments. Whoever may write there may copy the
mark, so only a comment of our own is taken for ours.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from forges.errors import Gone
from forges.github import answers
from forges.http import Api
from forges.quoting import shortened
from forges.values import Place

# Characters, as GitHub counts them.
MOST_BODY = 65_536
# Comments of the greatest length must still fit into what is read of one answer.
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Comments:
    """Of one repository; `login` gives our own name, empty where the credential does not tell it."""

    api: Api
    path: str
    place: Place
    login: Callable[[], str]

    def put(self, number: int, body: str, known: str) -> str:
        """Edit the comment, or make it; its id. Raises ForgeError."""
        mark = marker(self.place, number)
        content = {"body": shortened(body, MOST_BODY - len(mark) - 2) + f"\n\n{mark}"}
        edited = self._edit(known, content) or self._edit(self._find(number, mark), content)
        if edited:
            return edited
        path = f"{self.path}/issues/{number}/comments"
        return str(self.api.send("POST", path, content, answers.Comment).id)

    def _edit(self, known: str, content: dict[str, str]) -> str:
        """The id; empty where there is no such comment any more."""
        if not known:
            return ""
        path = f"{self.path}/issues/comments/{quote(known, safe='')}"
        try:
            return str(self.api.send("PATCH", path, content, answers.Comment).id)
        except Gone:
            return ""

    def _find(self, number: int, mark: str) -> str:
        login = self.login()
        if not login:
            return ""
        path = f"{self.path}/issues/{number}/comments"
        for comment in self.api.pages(path, answers.Comment, {"per_page": PER_PAGE}):
            is_ours = comment.user is not None and comment.user.login == login
            if is_ours and (comment.body or "").rstrip().endswith(mark):
                return str(comment.id)
        return ""


def marker(place: Place, number: int) -> str:
    """The mark of our comment on a pull request; GitHub shows no HTML comments."""
    name = f"{place.base_url.rstrip('/')}/{place.name}#{number}".lower()
    return f"<!-- braid:{hashlib.sha256(name.encode()).hexdigest()[:16]} -->"
