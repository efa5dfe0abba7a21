"""From three histories to one verdict, by running them (docs/merge.md has the table)."""

from collections.abc import Mapping
from dataclasses import replace

from sandbox.merging.choices import Choices
from sandbox.merging.following import NoWay
from sandbox.merging.lab import Lab, Spent
from sandbox.merging.proving import Proving
from sandbox.merging.sides import Reaching, Sides
from sandbox.merging.values import MergeResult
from sandbox.pool import Sandboxes
from sandbox.replaying import Replaying
from sandbox.replays import OnProgress
from schemata.catalog.collector import collector_paused
from schemata.history import History
from schemata.merge.resolutions import Resolution


def merge_histories(
    sandboxes: Sandboxes,
    base: History,
    ours: History,
    theirs: History,
    *,
    owner: str,
    resolutions: Mapping[str, Resolution] | None = None,
    postgres: int | None = None,
    deadline_s: float,
    on_progress: OnProgress | None = None,
    rehearses: bool = True,
) -> MergeResult:
    """Merge `theirs` into `ours`, two commits whose common ancestor is `base`, on the server of `owner`.

    All three are runnable histories of one layout. `resolutions` are what people chose, by conflict
    id. `rehearses`: on large schemas, orders are run in transactions that are rolled back, where they do
    the same there (`sandbox.rehearsal`). Raises ResolutionError for choices that fit nothing, SandboxError
    for what a deadline or a limit stopped: that is no verdict.
    """

    choices = resolutions or {}

    def work(replaying: Replaying) -> MergeResult:
        # Five catalogs are held at once here, and each pass of the collector would walk through all of them.
        with collector_paused():
            try:
                return reach_and_prove(replaying, keeps_all=False)
            except Spent:
                return reach_and_prove(replaying, keeps_all=True)

    def reach_and_prove(replaying: Replaying, *, keeps_all: bool) -> MergeResult:
        with Lab(replaying, ours, keeps_all=keeps_all, rehearses=rehearses) as lab:
            reaching = Reaching(lab, base, ours, theirs)
            try:
                return _prove(lab, reaching.run(), choices)
            except NoWay:
                return _prove(lab, reaching.run_apart(), choices)

    return sandboxes.perform(owner, postgres, deadline_s, on_progress, work)


def _prove(lab: Lab, sides: Sides | MergeResult, resolutions: Mapping[str, Resolution]) -> MergeResult:
    if isinstance(sides, MergeResult):
        return sides
    choices = Choices(resolutions)
    result = replace(Proving(lab, sides, choices).run(), settled=choices.settled)
    choices.refuse_unused(result)
    return result
