"""A proved merge on its way back into files: schema files merged, and what to write where."""

from sandbox.merging.values import MergeResult
from schemata.history import History
from schemata.landing import Landed, Landing, Trees, land
from schemata.prisma import MergedSchema, merge_schemas


def merged_schema(base: History, ours: History, theirs: History) -> MergedSchema | None:
    """The schema files of both sides merged; None where the layout has none."""
    files = [{file.path: file.text for file in side.schema_files} for side in (base, ours, theirs)]
    return merge_schemas(*files) if any(files) else None


def landed_files(
    trees: Trees,
    base: History,
    ours: History,
    theirs: History,
    result: MergeResult,
    schema: MergedSchema | None,
) -> Landed:
    """What to write into ours' tree for a clean or rewritten merge to land. Raises LandingError.

    Schema files with conflicts are left as ours has them.
    """
    files = dict(schema.files) if schema and not (schema.conflicts or schema.unreadable) else {}
    landings = [Landing(each.name, each.sql, each.replaces) for each in result.migrations]
    return land(trees, base, ours, theirs, landings, files)
