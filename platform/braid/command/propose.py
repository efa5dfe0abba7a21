"""`braid propose`: ask that a branch be merged."""

import argparse
import json
import sys

from braid.command.exits import Exit
from braid.command.printing import printable
from braid.command.remote import current_branch, current_commit, remote_of
from braid.command.style import Style


def run(given: argparse.Namespace) -> Exit:
    """Propose the branch and print where its page is."""
    remote = remote_of(given.project or "")
    branch = given.branch or current_branch()
    sent = {
        "branch": branch,
        "title": given.title or "",
        "description": given.message or "",
        "draft": given.draft,
    }
    made = remote.post("proposals/", sent)
    if not given.branch and current_commit() not in ("", made["head"]):
        print(
            f"braid: {branch} is not pushed as it is here; push it and the proposal follows", file=sys.stderr
        )
    if given.json:
        print(json.dumps(made, indent=2, ensure_ascii=False))
    else:
        style = Style(sys.stdout)
        draft = " as a draft" if made["draft"] else ""
        text = f"{style.bold('#' + str(made['number']))} {made['title']}, proposed{draft}\n{made['url']}\n"
        sys.stdout.write(printable(text, style))
    return Exit.FINE
