"""The comments on a pull request of Bitbucket, which keeps an empty shell where one was deleted.

Manual: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests. Who we are is told to a
person's token only: with an access token a comment whose id was lost is not found again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from forges.bitbucket import answers
from forges.comments import Written, name_if_told
from forges.errors import Gone
from forges.http import Api, Query

# Bitbucket shows HTML comments as text; a link's definition that nothing refers to is not shown.
UNSEEN = "[//]: # ({})"
MOST_BODY = 32_000
# Comments of the greatest length, each as text and as HTML, must still fit into what is read of one answer.
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Comments:
    """Of one pull request; `path` is that of its comments, `pages` gives all of them. A Thread (`forges.comments`)."""

    api: Api
    path: str
    pages: Callable[[str, type[answers.Comment], Query], Iterator[answers.Comment]]
    longest: int = MOST_BODY

    def ourselves(self) -> str:
        return name_if_told(lambda: self.api.get("/user", answers.Author).uuid)

    def written(self) -> Iterator[Written]:
        query: Query = {"sort": "created_on", "pagelen": PER_PAGE}
        for each in self.pages(self.path, answers.Comment, query):
            if not each.deleted:
                author, content = each.user or answers.Author(), each.content or answers.Content()
                yield Written(str(each.id), author.uuid, content.raw)

    def make(self, body: str) -> str:
        return str(self.api.send("POST", self.path, _content(body), answers.Comment).id)

    def edit(self, known: str, body: str) -> str:
        path = f"{self.path}/{quote(known, safe='')}"
        found = self.api.send("PUT", path, _content(body), answers.Comment)
        if found.deleted:
            raise Gone("Somebody has deleted this comment on Bitbucket.", HTTPStatus.GONE)
        return str(found.id)


def _content(body: str) -> dict[str, dict[str, str]]:
    return {"content": {"raw": body}}
