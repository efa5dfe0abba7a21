"""The notes on a merge request (https://docs.gitlab.com/api/notes/)."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from forges.comments import Written, name_if_told
from forges.http import Api, Query

# GitLab takes ten times this, but people read it.
MOST_BODY = 100_000
# With a few notes of a million characters a page must still fit into what is read of one answer.
PER_PAGE = 20


class _Author(msgspec.Struct):
    username: str


class _Note(msgspec.Struct):
    id: int
    body: str = ""
    author: _Author | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """Of one merge request; `path` is that of its notes. A Thread (`forges.comments`)."""

    api: Api
    path: str
    longest: int = MOST_BODY

    def ourselves(self) -> str:
        """A project's token has a user of its own."""
        return name_if_told(lambda: self.api.get("/user", _Author).username)

    def written(self) -> Iterator[Written]:
        query: Query = {"sort": "asc", "order_by": "created_at", "per_page": PER_PAGE}
        for each in self.api.pages(self.path, _Note, query):
            yield Written(str(each.id), each.author.username if each.author else "", each.body)

    def make(self, body: str) -> str:
        return str(self.api.send("POST", self.path, {"body": body}, _Note).id)

    def edit(self, known: str, body: str) -> str:
        return str(self.api.send("PUT", f"{self.path}/{quote(known, safe='')}", {"body": body}, _Note).id)
