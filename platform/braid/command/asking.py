"""What can be typed at the commands that ask a running Braid about proposals."""

import argparse

from braid.command.options import Commands

_PROPOSE = """\
Ask that BRANCH be merged into the project's default branch. The branch must have been
pushed; `git push -o braid.propose` does both at once. BRAID_URL and BRAID_TOKEN say
where and as whom (docs/command.md).
"""

_PROPOSE_END = """\
examples:
  braid propose                             the branch you are on
  braid propose add-email --title "Keep emails" -m "For the newsletter." --draft

exit codes:
  0  proposed
  1  refused: it is proposed already, or there is nothing to merge
  2  unusable input: no such branch, or you may not
  3  your Braid does not answer
"""

_STATUS = """\
Say how a proposal stands: how it merges with the default branch, what it collides on,
and what it still needs. PROPOSAL is a number or a branch. BRAID_URL and BRAID_TOKEN say
where and as whom (docs/command.md).
"""

_STATUS_END = """\
examples:
  braid status                 the proposal of the branch you are on
  braid status 7 --wait        once its merge is known
  braid status --all           every open proposal of the project

exit codes:
  0  merged, or ready to land; with --all always
  1  something is missing, in conflict or still being merged; or it is closed
  2  unusable input: no such proposal, or you may not
  3  your Braid does not answer
"""

_QUEUE = """\
Queue a proposal that is ready: Braid tests it on what those ahead of it make of the
default branch, and lands it as one merge commit. PROPOSAL is a number or a branch.
BRAID_URL and BRAID_TOKEN say where and as whom (docs/command.md).
"""

_QUEUE_END = """\
examples:
  braid queue                            the proposal of the branch you are on
  braid queue 7 --delete-branch --wait   until it has landed or left
  braid queue 7 --change 3f9a12c         if that is still the change you saw
  braid queue 7 --leave                  take it out again
  braid queue --list                     who is lined up

exit codes:
  0  queued, handed to the forge or landed; with --leave taken out; with --list always
  1  not ready, or it left the queue unmerged
  2  unusable input: no such proposal, or you may not
  3  your Braid does not answer
"""

_RESOLVE = """\
Show the conflicts of a proposal with the default branch, or choose about one of them.
PROPOSAL is a number or a branch. Where somebody else chose since, nothing is saved and
you are told. BRAID_URL and BRAID_TOKEN say where and as whom (docs/command.md).
"""

_RESOLVE_END = """\
examples:
  braid resolve                                     the conflicts of your branch's proposal
  braid resolve 7 --conflict 3f2a --theirs -m "Long addresses exist."
  braid resolve 7 --conflict public.users.email --value "character varying(150)" --wait
  braid resolve 7 --conflict 3f2a --back            take the choice back

exit codes:
  0  nothing is open
  1  a conflict is open, or somebody else chose meanwhile, or that is not offered
  2  unusable input: no such proposal or conflict, or you may not
  3  your Braid does not answer
"""

_APPROVE = """\
Answer a proposal on your Braid: approve the schema change as it is now, ask for
changes, or comment; then print what it still needs before it lands.

An approval is for the change and not for the commit: a push that leaves the change
as it is keeps it. BRAID_URL and BRAID_TOKEN say where and as whom (docs/command.md).
"""

_APPROVE_END = """\
examples:
  braid approve --look                 what the proposal of this branch needs
  braid approve 7 --change 3f9a12c     approve, if that is still the change you saw
  braid approve 7 --request-changes -m "email must stay unique"
  braid approve 7 --bypass "production is down, reviewed by phone"

exit codes:
  0  ready to land
  1  something is missing, or the answer is refused
  2  unusable input: no such proposal, or you may not
  3  your Braid does not answer
"""


def add_propose(commands: Commands) -> None:
    propose = _added(commands, "propose", "ask that a branch be merged", _PROPOSE, _PROPOSE_END)
    propose.add_argument("branch", metavar="BRANCH", nargs="?", help="default: the one you are on")
    propose.add_argument("--title", metavar="TEXT", help="default: the commit's subject, or the branch")
    propose.add_argument("-m", "--message", metavar="TEXT", help="the description, in Markdown")
    propose.add_argument("--draft", action="store_true", help="not ready to be merged yet")
    propose.set_defaults(run=_run_propose)


def add_status(commands: Commands) -> None:
    status = _added(commands, "status", "say how a proposal stands", _STATUS, _STATUS_END)
    _add_proposal(status)
    status.add_argument("--all", action="store_true", help="every open proposal of the project")
    status.add_argument("--wait", action="store_true", help="until its merge is known, at most 10 minutes")
    status.set_defaults(run=_run_status)


def add_queue(commands: Commands) -> None:
    queue = _added(commands, "queue", "let a proposal land", _QUEUE, _QUEUE_END)
    _add_proposal(queue)
    verb = queue.add_mutually_exclusive_group()
    verb.add_argument("--leave", action="store_true", help="take it out of the queue")
    verb.add_argument("--look", action="store_true", help="only say where it stands")
    verb.add_argument("--list", action="store_true", help="who is lined up in the project")
    queue.add_argument("--change", metavar="HASH", help="refuse if the change is another one by now")
    queue.add_argument("--delete-branch", action="store_true", help="delete the branch once it has landed")
    queue.add_argument("--wait", action="store_true", help="until it has landed or left, at most 30 minutes")
    queue.set_defaults(run=_run_queue)


def add_resolve(commands: Commands) -> None:
    resolve = _added(commands, "resolve", "choose about conflicts", _RESOLVE, _RESOLVE_END)
    _add_proposal(resolve)
    resolve.add_argument("--conflict", metavar="ID", help="which: its id, the beginning of it, or its object")
    answer = resolve.add_mutually_exclusive_group()
    answer.add_argument("--ours", action="store_true", help="as on the default branch")
    answer.add_argument("--theirs", action="store_true", help="as on the proposed branch")
    answer.add_argument("--both", metavar="NAME", help="both, the branch's under this name")
    answer.add_argument("--value", metavar="VALUE", help="another value for the attribute")
    answer.add_argument("--sql", metavar="SQL", help="a statement of your own (- for stdin)")
    answer.add_argument("--back", action="store_true", help="take the choice back")
    resolve.add_argument("-m", "--message", metavar="TEXT", help="why")
    resolve.add_argument("--wait", action="store_true", help="until the merge with it is known")
    resolve.set_defaults(run=_run_resolve)


def add_approve(commands: Commands) -> None:
    approve = _added(commands, "approve", "answer a proposal, and see what it needs", _APPROVE, _APPROVE_END)
    _add_proposal(approve)
    answer = approve.add_mutually_exclusive_group()
    answer.add_argument("--request-changes", action="store_true", help="ask for changes instead")
    answer.add_argument("--comment", action="store_true", help="only say something")
    answer.add_argument("--bypass", metavar="REASON", help="pass the policy by, if it lets you")
    answer.add_argument("--look", action="store_true", help="answer nothing, only print what it needs")
    approve.add_argument("--change", metavar="HASH", help="refuse if the change is another one by now")
    approve.add_argument("-m", "--message", metavar="TEXT", help="what you say to it")
    approve.set_defaults(run=_run_approve)


def _add_proposal(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "proposal",
        metavar="PROPOSAL",
        nargs="?",
        help="its number, or a branch (default: the one you are on)",
    )


def _added(commands: Commands, name: str, about: str, text: str, end: str) -> argparse.ArgumentParser:
    """A subcommand with what all of these can be told."""
    command = commands.add_parser(
        name, help=about, description=text, epilog=end, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--project", metavar="TEAM/PROJECT", help="default: what a git remote here leads to")
    command.add_argument("--json", action="store_true", help="print one JSON document (docs/command.md)")
    return command


def _run_propose(given: argparse.Namespace) -> int:
    from braid.command.propose import run

    return run(given)


def _run_status(given: argparse.Namespace) -> int:
    from braid.command.status import run

    return run(given)


def _run_queue(given: argparse.Namespace) -> int:
    from braid.command.queue import run

    return run(given)


def _run_resolve(given: argparse.Namespace) -> int:
    from braid.command.resolve import run

    return run(given)


def _run_approve(given: argparse.Namespace) -> int:
    from braid.command.approve import run

    return run(given)
