"""A merged schema file held to the migrations that land with it, by running both (`sandbox.drifting`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.drifting import find_drift
from sandbox.merging.values import MergeResult, Verdict
from sandbox.pool import Sandboxes
from schemata.findings import Finding, Severity
from schemata.history import History, SourceFile, migration_of
from schemata.merge.resolutions import Resolution
from schemata.prisma import FileConflict, MergedSchema
from schemata.prisma.members import OURS, THEIRS

TOLD = 3
LAYOUT = "prisma"
Said = tuple[str, str, str]


@dataclass(frozen=True)
class Agreeing:
    """Holds merged files to a merge. `owner`, `postgres` and `deadline_s` as `Sandboxes.replay` takes them."""

    sandboxes: Sandboxes
    ours: History
    theirs: History
    owner: str
    postgres: int | None
    deadline_s: float

    def held(
        self, result: MergeResult, schema: MergedSchema | None, choices: Mapping[str, Resolution]
    ) -> MergedSchema | None:
        """The schema; a file that says otherwise than the migrations, as no side did alone, is a conflict.

        People choose a side's file, or write it themselves; what they write stands as it is. Raises SandboxError.
        """
        if schema is None or not self._is_of_both(result, schema):
            return schema
        wrong = self._new_errors(result, schema)
        conflicts = tuple(self._conflict(path, wrong) for path in sorted({each.path for each in wrong}))
        return self._chosen(replace(schema, conflicts=conflicts), choices)

    def _is_of_both(self, result: MergeResult, schema: MergedSchema) -> bool:
        """Whether anybody's tool ever held these files to these migrations is not known."""
        lands = result.verdict in (Verdict.CLEAN, Verdict.REWRITTEN)
        files = [dict(schema.files), *(_files(side) for side in (self.ours, self.theirs))]
        is_new = files[0] not in files[1:] or bool(result.settled)
        return lands and is_new and self.ours.layout == LAYOUT and not (schema.conflicts or schema.unreadable)

    def _new_errors(self, result: MergeResult, schema: MergedSchema) -> list[Finding]:
        landing = tuple(migration_of(each.name, each.sql) for each in result.migrations)
        files = tuple(SourceFile(path, text) for path, text in schema.files)
        merged = replace(self.ours, migrations=(*self.ours.migrations, *landing), schema_files=files)
        found = self._errors(merged)
        known = (
            {_said(each) for side in (self.ours, self.theirs) for each in self._errors(side)}
            if found
            else set()
        )
        return [each for each in found if _said(each) not in known]

    def _errors(self, history: History) -> list[Finding]:
        run = find_drift(
            self.sandboxes, history, owner=self.owner, postgres=self.postgres, deadline_s=self.deadline_s
        )
        return [each for each in run.findings if each.severity is Severity.ERROR]

    def _conflict(self, path: str, wrong: list[Finding]) -> FileConflict:
        mine = [each.message for each in wrong if each.path == path]
        more = f" And {len(mine) - TOLD} more." if len(mine) > TOLD else ""
        message = f"the merged file would say otherwise than the migrations: {' '.join(mine[:TOLD])}{more}"
        ours, theirs = (_files(side).get(path) for side in (self.ours, self.theirs))
        return FileConflict(path, "", "", "", None, ours, theirs, message=message)

    def _chosen(self, schema: MergedSchema, choices: Mapping[str, Resolution]) -> MergedSchema:
        files, settled, left = dict(schema.files), list(schema.settled), []
        for found in schema.conflicts:
            choice = choices.get(found.id)
            text = _text(found, choice) if choice else None
            if text is None:
                left.append(found)
            else:
                files[found.path] = text
                settled.append(found)
        return replace(
            schema, files=tuple(sorted(files.items())), conflicts=tuple(left), settled=tuple(settled)
        )


def _text(found: FileConflict, choice: Resolution) -> str | None:
    given = None if choice.value is None else str(choice.value)
    return {OURS: found.ours, THEIRS: found.theirs, "value": given}.get(choice.choose)


def _files(history: History) -> dict[str, str]:
    return {file.path: file.text for file in history.schema_files}


def _said(found: Finding) -> Said:
    return found.rule, found.object, found.message
