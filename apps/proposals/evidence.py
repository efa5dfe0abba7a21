"""What the resolver's page reads beside the conflicts: who wrote a statement, the target's schema files, a preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from apps.merges.content import load_document, open_conflicts
from apps.proposals.models import Preview, Proposal, Trial
from apps.proposals.resolutions import Standing, from_file, named
from apps.repositories.commits import CommitInfo, last_writers, merge_base
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree, TreeError

Writers = Mapping[tuple[str, str], CommitInfo]


@dataclass(frozen=True, slots=True)
class PreviewFound:
    """A preview of one choice; `told` is the merge's document, None until a worker has made it."""

    preview: Preview
    choice: Mapping[str, Any]
    told: Mapping[str, Any] | None
    merged: str | None
    opened: tuple[str, ...]
    headline: str

    @property
    def is_running(self) -> bool:
        return self.preview.state in (Trial.WAITING, Trial.RUNNING)

    @property
    def ours(self) -> str:
        return self.preview.ours_commit


def find_preview(proposal: Proposal, conflict: str, preview_id: int) -> PreviewFound:
    """The preview of a choice about `conflict`; raises Http404."""
    found = Preview.objects.filter(proposal=proposal, pk=preview_id).select_related("merge").first()
    if found is None or conflict not in found.choices:
        raise Http404("No such preview")
    told = load_document(found.merge) if found.merge else None
    exhibit = (told or {}).get("exhibits", {}).get(conflict, {})
    return PreviewFound(
        found,
        found.choices[conflict],
        told,
        exhibit.get("merged"),
        open_names(told) if told else (),
        found.merge.headline if found.merge else "",
    )


def open_names(told: Mapping[str, Any]) -> tuple[str, ...]:
    """What a merge still leaves to people, as they say it."""
    wanted = set(open_conflicts(told))
    files = map(from_file, (told.get("schema_file") or {}).get("conflicts", ()))
    return tuple(named(each) for each in (*told.get("conflicts", ()), *files) if each["id"] in wanted)


def writers_of(proposal: Proposal, standing: Standing) -> Writers:
    """By side and file, the commit that wrote the file of a conflict's statement."""
    meeting = standing.meeting
    if meeting is None or not standing.conflicts:
        return {}
    repository = open_repository(proposal.project)
    heads = {"ours": meeting.merged_ours, "theirs": meeting.merged_theirs}
    fork = merge_base(repository, *heads.values()) if all(heads.values()) else ""
    found: dict[tuple[str, str], CommitInfo] = {}
    for side, head in heads.items():
        places = (each.about["where"].get(side) for each in standing.conflicts)
        paths = {place["file"] for place in places if place and place["file"]}
        if paths and fork:
            written = last_writers(repository, head, without=fork, paths=paths)
            found |= {(side, path): commit for path, commit in written.items()}
    return found


def schema_before(proposal: Proposal, told: Mapping[str, Any], commit: str) -> dict[str, str]:
    """The schema files of the merge as the target has them; empty where they can't be read."""
    paths = (told.get("schema_file") or {}).get("files", {})
    if not paths or not commit:
        return {}
    try:
        tree = CommitTree(open_repository(proposal.project), commit)
    except TreeError:
        return {}
    return {path: text for path in paths if (text := _read(tree, path)) is not None}


def _read(tree: CommitTree, path: str) -> str | None:
    try:
        return tree.read(path).decode("utf-8", "replace")
    except (FileNotFoundError, TreeError):
        return None
