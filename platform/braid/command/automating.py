"""What can be typed at the commands that run where nobody types: in continuous integration and in git's hooks."""

import argparse

from braid.command.options import SECONDS, Commands, add_replaying, major_version, positive_seconds

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

_HOOK = """\
git's pre-push hook: before a push it merges the pushed commits with the default branch
of where they go, and says what collides, with the statements of both sides. Where BRAID_URL
and BRAID_TOKEN name a Braid server, it also says what the branch collided with when it was
pushed last. It warns, takes at most a few seconds, and never stops a push unless told to.
"""

_HOOK_END = """\
examples:
  braid hook install                 warn
  braid hook install --block         stop what collides, or can't be told in time
  braid hook uninstall

A pre-push hook that is there already is kept and goes first.
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


def add_hook(commands: Commands) -> None:
    hook = commands.add_parser(
        "hook",
        help="say before a push what collides",
        description=_HOOK,
        epilog=_HOOK_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = hook.add_subparsers(title="commands", metavar="install | uninstall | run", required=True)
    install = verbs.add_parser("install", help="write the hook")
    install.set_defaults(run=_run_install)
    verbs.add_parser("uninstall", help="take it out").set_defaults(run=_run_uninstall)
    run = verbs.add_parser("run", help="what the hook calls, with what git gives it")
    run.add_argument("remote", metavar="REMOTE")
    run.add_argument("url", metavar="URL")
    run.set_defaults(run=_run_push, deadline=SECONDS)
    for each in (install, run):
        each.add_argument("--block", action="store_true", help="stop a push that collides or can't be judged")
        each.add_argument(
            "--timeout",
            metavar="S",
            type=positive_seconds,
            default=10.0,
            help="give up after S seconds (default: 10)",
        )
        each.add_argument("--base", metavar="BRANCH", help="compare with it (default: what the remote says)")
        each.add_argument("--root", metavar="FOLDER", help="where the migrations are, if there are several")
        each.add_argument("--postgres", metavar="N", type=major_version, help="major version of Postgres")


def _run_install(given: argparse.Namespace) -> int:
    from braid.command.hook.installing import install

    return install(given)


def _run_uninstall(given: argparse.Namespace) -> int:
    from braid.command.hook.installing import uninstall

    return uninstall(given)


def _run_push(given: argparse.Namespace) -> int:
    from braid.command.hook.pushing import run

    return run(given)
