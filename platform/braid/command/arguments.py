"""What can be typed: subcommands, options and their help."""

import argparse
from collections.abc import Sequence

from braid.command.asking import add_approve, add_propose, add_queue, add_resolve, add_status
from braid.command.automating import add_ci, add_hook
from braid.command.formats import Format, add_formats
from braid.command.measuring import add_sizes
from braid.command.options import Commands, add_replaying

_CHECK = """\
Replay the migrations of DIR on a throw-away Postgres and say what they do to
the database: which statement fails, or what differs from the base.

DIR and BASE are folders, or commits of a git repository as GITDIR:REV[:PATH].
BASE may also be any revision of the repository that DIR lies in (main,
origin/main, HEAD~1, a tag): then the same folder is read at that commit.
"""

_CHECK_END = """\
examples:
  braid check                          the folder you are in
  braid check . --base main            what this branch does to main's schema
  braid check packages/db --base v1.2  a schema deep in a monorepo
  braid check srv/app.git:feature --base main --json

exit codes:
  0  nothing blocks
  1  a finding blocks: a migration fails, or one that had landed was changed
  2  unusable input: no migrations found, a revision that does not exist
  3  not judged: no sandbox server could be had
"""


_MERGE = """\
Merge the migrations of THEIRS into OURS, two sides that began at BASE, by running
them on throw-away databases: say whether they fit, rewrite what does not, or name
what people must decide (docs/merge.md).

Each side is a folder or a commit as GITDIR:REV[:PATH]; BASE and THEIRS may also be
any revision of the repository that OURS lies in.
"""

_MERGE_END = """\
examples:
  braid merge --base v1 --ours . --theirs feature
  braid merge --base app.git:main~9 --ours app.git:main --theirs app.git:feature --json
  braid merge --base old/ --ours main/ --theirs branch/ --out merged/
  braid merge --batch cases.jsonl > results.jsonl

exit codes:
  0  clean or rewritten: theirs can land as printed
  1  conflict: people must decide (--resolutions FILE takes what they chose)
  2  broken: a side does not replay; or unusable input
  3  not merged: no sandbox server could be had, or a limit was hit
"""


_DRIFT = """\
Say where a Prisma schema file and the database that its migrations make disagree,
by object and with the line in the file. What the schema language could say is an
error; what it has no words for (checks, functions, partial indexes...) is a notice.

DIR is a folder, or a commit of a git repository as GITDIR:REV[:PATH].
"""

_DRIFT_END = """\
examples:
  braid drift                        the folder you are in
  braid drift packages/db --json
  braid drift app.git:main --schema prisma/schema

exit codes:
  0  the file says what the database is
  1  it does not, somewhere
  2  unusable input: the file or the migrations are broken, or there are none
  3  not compared: no sandbox server could be had, or a limit was hit
"""


_DIFF = """\
Say what differs between two databases, from A to B. Each is a folder of migrations,
a commit as GITDIR:REV[:PATH], or a live database as postgres://...; B may also be any
revision of the repository that A lies in. Migrations are replayed on a throw-away
Postgres, a live database is only read.
"""

_DIFF_END = """\
examples:
  braid diff main .                        what the folder has beyond branch main
  braid diff app.git:v1 app.git:v2 --sql   the SQL between two releases
  braid diff postgres://app@db/app .       what production lacks, or has of its own

exit codes:
  0  compared (with --exit-code only if the two are equal)
  1  --sql: the script does not lead all the way, and says so; --exit-code: they differ
  2  unusable input: a migration fails, no migrations, a database that can't be reached
  3  not compared: no sandbox server could be had, or a limit was hit
"""

_PLAN = """\
Print the SQL that turns the database A into the database B, in an order that Postgres
accepts, with what each statement may cost as comments; it is run on a throw-away copy
of A before it is shown. A and B are as in `braid diff`.
"""

_PLAN_END = """\
examples:
  braid plan main . > change.sql
  braid plan main . --down                 the way back
  braid plan postgres://app@db/app . --online

exit codes:
  0  planned
  1  the script does not lead all the way, and says so
  2  unusable input: a migration fails, no migrations, a database that can't be reached
  3  not planned: no sandbox server could be had, or a limit was hit
"""


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The given arguments; `run` of the result is the function to call with it."""
    parser = _parser()
    given = parser.parse_args(arguments)
    for name, value in vars(given).items():
        # argparse takes `--base=--` for an option without a value, and says nothing.
        if isinstance(value, list) or value == "":
            parser.error(f"{name} needs a value")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="braid", description="Where a team's Postgres schema branches meet."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print Braid's version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_check(commands)
    _add_merge(commands)
    _add_drift(commands)
    _add_diff(commands)
    _add_plan(commands)
    add_propose(commands)
    add_status(commands)
    add_queue(commands)
    add_resolve(commands)
    add_approve(commands)
    add_sizes(commands)
    add_ci(commands)
    add_hook(commands)
    return parser


def _add_check(commands: Commands) -> None:
    check = commands.add_parser(
        "check",
        help="replay migrations and say what they do",
        description=_CHECK,
        epilog=_CHECK_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("folder", metavar="DIR", nargs="?", default=".", help="what to check (default: .)")
    check.add_argument("--base", metavar="BASE", help="compare with this folder or revision")
    add_formats(check)
    add_replaying(check)
    check.set_defaults(run=_run_check)


def _run_check(given: argparse.Namespace) -> int:
    from braid.command.check import run

    return run(given)


def _add_merge(commands: Commands) -> None:
    merge = commands.add_parser(
        "merge",
        help="merge two sides and prove it",
        description=_MERGE,
        epilog=_MERGE_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for side in ("base", "ours", "theirs"):
        merge.add_argument(f"--{side}", metavar=side.upper(), help=f"the {side} of the merge")
    add_formats(merge)
    merge.add_argument("--out", metavar="DIR", help="write the merged tree there; it must be empty or new")
    merge.add_argument("--resolutions", metavar="FILE", help="JSON: what people chose, by conflict id")
    merge.add_argument("--batch", metavar="FILE", help="one case a line, one result a line (- for stdin)")
    merge.add_argument(
        "--layout", metavar="NAME", default="auto", help="the layout, where a folder could be read as several"
    )
    add_replaying(merge)
    merge.set_defaults(run=_run_merge, parser=merge)


def _run_merge(given: argparse.Namespace) -> int:
    missing = [side for side in ("base", "ours", "theirs") if getattr(given, side) is None]
    if given.batch and len(missing) < 3:
        given.parser.error("--batch has its sides in FILE; leave --base, --ours and --theirs out")
    if given.batch and (given.output or given.format not in (Format.TEXT, Format.JSON)):
        given.parser.error("--batch prints one JSON object a line; leave --format and --output out")
    if missing and not given.batch:
        given.parser.error(
            f"the following arguments are required: {', '.join(f'--{side}' for side in missing)}"
        )
    from braid.command.merge import run

    return run(given)


def _add_drift(commands: Commands) -> None:
    drift = commands.add_parser(
        "drift",
        help="hold a Prisma schema file against its migrations",
        description=_DRIFT,
        epilog=_DRIFT_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    drift.add_argument("folder", metavar="DIR", nargs="?", default=".", help="what to compare (default: .)")
    drift.add_argument("--json", action="store_true", help="print one JSON document (docs/command.md)")
    drift.add_argument(
        "--schema", metavar="PATH", help="the schema's file or folder in DIR, if not the usual"
    )
    drift.add_argument("--all", action="store_true", help="show everything that is outside the language")
    add_replaying(drift)
    drift.set_defaults(run=_run_drift)


def _run_drift(given: argparse.Namespace) -> int:
    from braid.command.drift import run

    return run(given)


def _add_sides(command: argparse.ArgumentParser) -> None:
    command.add_argument("before", metavar="A", help="folder, GITDIR:REV[:PATH] or postgres:// URL")
    command.add_argument("after", metavar="B", help="the same, or a revision of A's repository")
    command.add_argument("--online", action="store_true", help="forms of SQL that block others less")
    add_replaying(command)


def _add_diff(commands: Commands) -> None:
    diff = commands.add_parser(
        "diff",
        help="say what differs between two databases",
        description=_DIFF,
        epilog=_DIFF_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shown = diff.add_mutually_exclusive_group()
    shown.add_argument("--sql", action="store_true", help="print the SQL that leads from A to B")
    shown.add_argument("--json", action="store_true", help="print one JSON document (docs/command.md)")
    diff.add_argument("--exit-code", action="store_true", help="exit with 1 where the two differ")
    _add_sides(diff)
    diff.set_defaults(run=_run_diff)


def _run_diff(given: argparse.Namespace) -> int:
    from braid.command.diff import run

    return run(given)


def _add_plan(commands: Commands) -> None:
    plan = commands.add_parser(
        "plan",
        help="print the SQL that leads from one database to another",
        description=_PLAN,
        epilog=_PLAN_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plan.add_argument("--down", action="store_true", help="the way back, from B to A")
    plan.add_argument("--json", action="store_true", help="print one JSON document (docs/command.md)")
    _add_sides(plan)
    plan.set_defaults(run=_run_plan)


def _run_plan(given: argparse.Namespace) -> int:
    from braid.command.plan import run

    return run(given)


class _Version(argparse.Action):
    """Looks the version up only when asked, as the look-up is slow."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(f"braid {version('braid')}")
        parser.exit()
