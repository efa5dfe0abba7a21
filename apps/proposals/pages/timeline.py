"""The timeline as sentences: who did what, with the commits, texts and comments that belong to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.proposals.models import Event
from apps.proposals.pages.threads import CommentView, ThreadView, threads_of
from apps.proposals.risk import REWRITE

# Said elsewhere already: beside the comment itself.
UNSAID = {"comment_changed"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `text` follows the actor's name; `body` is Markdown that they wrote with it.

    `commits` are (id, subject) and `more` how many others came with them; a comment has its `comment`, the
    first of a thread the `thread` too.
    """

    event: Event
    icon: str
    text: str
    body: str = ""
    commits: tuple[tuple[str, str], ...] = ()
    more: int = 0
    comment: CommentView | None = None
    thread: ThreadView | None = None
    is_warning: bool = False


def arrange(events: Iterable[Event], comments: Sequence[CommentView]) -> tuple[Entry, ...]:
    """The entries in the order in which it happened."""
    by_id = {view.comment.pk: view for view in comments}
    begun = {each.comments[0].comment.pk: each for each in threads_of(comments)}
    return tuple(entry for event in events for entry in _entries(event, by_id, begun))


def sentence(event: Event) -> str:
    """What happened, as words that follow the actor's name."""
    say = SENTENCES.get(event.kind)
    return say(event.data) if say else _plain(event)


def _entries(
    event: Event, comments: Mapping[int, CommentView], begun: Mapping[int, ThreadView]
) -> Iterator[Entry]:
    if event.kind in UNSAID:
        return
    data = event.data
    if event.kind == "commented":
        number = data.get("comment", 0)
        comment = comments.get(number)
        text = sentence(event) if comment else "commented; the comment is deleted"
        yield Entry(event, "edit", text, comment=comment, thread=begun.get(number))
        return
    commits = tuple((c["id"], c["subject"]) for c in data.get("commits", ()))
    yield Entry(
        event,
        ICONS.get(event.kind, "dash"),
        sentence(event),
        body=str(data.get("body", "")),
        commits=commits,
        more=max(int(data.get("count", 0)) - len(commits), 0) if commits else 0,
        is_warning=bool(data.get("forced")) or event.kind in WARNINGS,
    )


def _plain(event: Event) -> str:
    """A kind that has no sentence of its own, by its name and its reason."""
    reason = event.data.get("reason") or event.data.get("because")
    return event.kind.replace("_", " ") + (f": {reason}" if reason else "")


def _pushed(data: Mapping[str, Any]) -> str:
    before, after, count = data["before"][:10], data["after"][:10], data["count"]
    if data["forced"]:
        return f"force-pushed the branch from {before} to {after}"
    return f"pushed {count} commit{'' if count == 1 else 's'}"


def _labelled(data: Mapping[str, Any]) -> str:
    added, removed = ", ".join(data["added"]), ", ".join(data["removed"])
    said = [f"added the label{_s(data['added'])} {added}" if added else ""]
    said.append(f"removed {removed}" if removed else "")
    return " and ".join(filter(None, said))


def _commented(data: Mapping[str, Any]) -> str:
    if data.get("conflict"):
        return "commented on a conflict"
    return f"commented on {data['address']}" if data.get("address") else "commented"


def _about(data: Mapping[str, Any]) -> str:
    if data.get("conflict"):
        return " about a conflict"
    return f" about {data['address']}" if data.get("address") else ""


def _merged(data: Mapping[str, Any]) -> str:
    commit = str(data.get("commit", ""))[:10]
    if data.get("by_push"):
        return f"merged it by pushing {commit} to the default branch"
    said = f"merged it as {commit}" if commit else "merged it"
    sizes = dict.fromkeys(each["size"] for each in data.get("risk", ()) if each["kind"] == REWRITE)
    return f"{said}; of what it rewrites was known: {', '.join(sizes)}" if sizes else said


def _s(names: Sequence[object]) -> str:
    return "" if len(names) == 1 else "s"


def _because(text: str) -> Callable[[Mapping[str, Any]], str]:
    def say(data: Mapping[str, Any]) -> str:
        reason = data.get("because") or data.get("reason")
        return f"{text}: {reason}" if reason else text

    return say


SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "opened": lambda data: "proposed this" + (" as a draft" if data.get("draft") else ""),
    "renamed": lambda data: f"changed the title from “{data['before']}” to “{data['after']}”",
    "branch_renamed": lambda data: f"renamed the branch from {data['before']} to {data['after']}",
    "described": lambda data: "changed the description",
    "author_named": lambda data: f"was told that {data['name']} asks for this",
    "drafted": lambda data: "made it a draft",
    "readied": lambda data: "marked it as ready",
    "closed": _because("closed it"),
    "reopened": lambda data: "opened it again",
    "pushed": _pushed,
    "merged": _merged,
    "labelled": _labelled,
    "commented": _commented,
    "comment_deleted": lambda data: "deleted a comment",
    "thread_resolved": lambda data: f"resolved the thread{_about(data)}",
    "thread_reopened": lambda data: f"opened the thread{_about(data)} again",
    "approved": lambda data: "approved the change",
    "changes_requested": lambda data: "requested changes",
    "reviewed": lambda data: "reviewed it",
    "dismissed": _because("dismissed a review"),
    "review_requested": lambda data: f"asked {data.get('name', 'somebody')} for a review",
    "review_request_withdrawn": lambda data: f"no longer asks {data.get('name', 'somebody')} for a review",
    "approvals_kept": lambda data: (
        f"kept {data['count']} approval{'' if data['count'] == 1 else 's'}, since the change is the same"
    ),
    "bypassed": _because("bypassed the policy"),
    "queued": _because("queued it to land"),
    "handed_over": _because("handed it to the forge"),
    "fell_behind": _because("warns"),
    "withdrawn": lambda data: _because(
        "took it back from the forge" if data.get("was_handed") else "took it out of the queue"
    )(data),
    "refused": _because("could not land it"),
    "revert_wanted": lambda data: "asked for a way back",
    "reverted": lambda data: f"proposed the way back as #{data['number']}",
    "revert_refused": _because("found no way back"),
    "resolved": lambda data: f"chose {data['choice']} for {data['object']}",
    "unresolved": lambda data: f"took the choice for {data['object']} back",
}
WARNINGS = frozenset(
    {"changes_requested", "dismissed", "bypassed", "fell_behind", "refused", "revert_refused"}
)
ICONS = {
    "thread_resolved": "check",
    "thread_reopened": "arrow",
    "queued": "clock",
    "handed_over": "arrow",
    "fell_behind": "alert",
    "withdrawn": "dash",
    "refused": "cross",
    "revert_wanted": "arrow",
    "reverted": "arrow",
    "revert_refused": "cross",
    "opened": "arrow",
    "reopened": "arrow",
    "closed": "dash",
    "pushed": "push",
    "merged": "check",
    "approved": "check",
    "approvals_kept": "check",
    "changes_requested": "cross",
    "dismissed": "cross",
    "bypassed": "alert",
    "renamed": "edit",
    "branch_renamed": "edit",
    "described": "edit",
    "drafted": "edit",
    "readied": "check",
    "review_requested": "people",
    "labelled": "list",
    "comment_deleted": "dash",
    "resolved": "check",
    "unresolved": "dash",
}
