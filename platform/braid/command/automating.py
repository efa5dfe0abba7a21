"""What can be typed at the commands that run where nobody types: in continuous integration and in git's hooks."""

import argparse

from braid.command.options import Commands, add_replaying

_CI = """\
What a job of continuous integration runs: check the branch against its base, and merge
the two if the base has moved on, so that a collision is known before anybody merges.
GitHub Actions (also Gitea's and Forgejo's) and GitLab CI are asked what is compared with
what; commits that a shallow clone lacks are fetched from its remote.

DIR is a folder in the clone; what is committed counts, not what lies there.
"""

_CI_END = """\
examples:
  braid ci                                       in GitHub Actions and GitLab CI
  braid ci --base main --reports out             in any other, with files to keep
  braid ci packages/db --root prisma/migrations

exit codes:
  0  nothing blocks, and it merges
  1  a finding blocks, or the branch collides with its base
  2  a side does not replay on the other; or unusable input, such as a base that can't be had
  3  not judged: no sandbox server could be had, or a limit was hit
"""


def add_ci(commands: Commands) -> None:
    ci = commands.add_parser(
        "ci",
        help="check and merge a branch in continuous integration",
        description=_CI,
        epilog=_CI_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ci.add_argument(
        "folder", metavar="DIR", nargs="?", default=".", help="a folder in the clone (default: .)"
    )
    ci.add_argument(
        "--base", metavar="REV", help="branch, tag or commit to compare with (default: what the forge says)"
    )
    ci.add_argument(
        "--reports", metavar="FOLDER", help="write braid.sarif, braid.junit.xml and braid.md there"
    )
    add_replaying(ci)
    ci.set_defaults(run=_run_ci)


def _run_ci(given: argparse.Namespace) -> int:
    from braid.command.ci.job import run

    return run(given)
