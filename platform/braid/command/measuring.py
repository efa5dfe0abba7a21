"""What can be typed at `braid sizes`."""

import argparse
from typing import Any

from braid.command.options import Commands

_SIZES = """\
Read how large the project's tables are in a live database, as Postgres estimates it,
and send that to your Braid, where the rewrite of a small table is no risk then. No rows
are read; docs/command.md has the SQL and the rights that it takes. BRAID_URL and
BRAID_TOKEN say where and as whom: a maintainer's token with the scope `write`.
"""

_SIZES_END = """\
examples:
  braid sizes --url postgres://monitor@db/app             every night, from CI
  braid sizes --url "$DATABASE_URL" --dry-run             only print what would be sent
  braid sizes --url postgres://db/app --schema public --schema billing

exit codes:
  0  sent; with --dry-run read
  1  refused: your Braid knows newer sizes
  2  unusable input: a database that can't be reached, no tables, or you may not
  3  your Braid does not answer, or a lock or a limit was hit
"""


def add_sizes(commands: Commands) -> None:
    sizes = commands.add_parser(
        "sizes",
        help="tell your Braid how large tables are",
        description=_SIZES,
        epilog=_SIZES_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sizes.add_argument("--url", metavar="URL", required=True, help="the database, as postgres://...")
    sizes.add_argument(
        "--schema",
        metavar="NAME",
        action=_Also,
        default=(),
        dest="schemas",
        help="only this one, and others by more of these (default: those of the default branch)",
    )
    sizes.add_argument("--dry-run", action="store_true", help="print what would be sent, and send nothing")
    sizes.add_argument("--json", action="store_true", help="print it as JSON (docs/command.md)")
    sizes.add_argument("--project", metavar="TEAM/PROJECT", help="default: what a git remote here leads to")
    sizes.set_defaults(run=_run_sizes)


class _Also(argparse.Action):
    """Collects the names, each of which must be one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        given: argparse.Namespace,
        value: Any,
        option: str | None = None,
    ) -> None:
        if not isinstance(value, str) or not value:
            parser.error(f"{option} needs the name of a schema")
        setattr(given, self.dest, (*getattr(given, self.dest), value))


def _run_sizes(given: argparse.Namespace) -> int:
    from braid.command.sizes import run

    return run(given)
