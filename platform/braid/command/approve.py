"""`braid approve`: answer a proposal, and see what it still needs."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from braid.command.exits import Exit
from braid.command.printing import printable
from braid.command.remote import SHORT, Remote, find_number, remote_of, seen_change
from braid.command.style import Style


def run(given: argparse.Namespace) -> Exit:
    """Give the review (or bypass the policy), then print what is met and what is missing."""
    remote = remote_of(given.project or "")
    number = find_number(remote, given.proposal or "")
    address = f"proposals/{number}/"
    seen = remote.get(f"{address}readiness/")
    if not given.look:
        _answer(remote, address, given, seen_change(given.change, seen))
        seen = remote.get(f"{address}readiness/")
    if given.json:
        print(json.dumps({"number": number, **seen}, indent=2, ensure_ascii=False))
    else:
        style = Style(sys.stdout)
        sys.stdout.write(printable("\n".join(_report(number, seen, given, style)), style) + "\n")
    return Exit.FINE if seen["ready"] else Exit.BLOCKED


def _answer(remote: Remote, address: str, given: argparse.Namespace, change_hash: str) -> None:
    if given.bypass:
        remote.post(f"{address}bypass/", {"reason": given.bypass, "change_hash": change_hash})
        return
    answer = "request_changes" if given.request_changes else "comment" if given.comment else "approve"
    sent = {"answer": answer, "body": given.message or "", "change_hash": change_hash}
    remote.post(f"{address}reviews/", sent)


def _report(number: int, seen: Mapping[str, Any], given: argparse.Namespace, style: Style) -> Iterator[str]:
    done = "" if given.look else f"{_done(given)}, "
    ready = style.green("ready to land") if seen["ready"] else style.red("not ready yet")
    change = style.dim(f"(change {seen['change_hash'][:SHORT]})") if seen["change_hash"] else ""
    yield f"{style.bold(f'#{number}')} {done}{ready} {change}".rstrip()
    passed_by = bool(seen["bypass"])
    for each in seen["requirements"]:
        told = f": {each['detail']}" if each["detail"] else ""
        yield f"  {_mark(each, passed_by, style)} {each['title']}{told}"
    for danger in seen["risk"]:
        size = f"; {danger['size']}" if danger["size"] else ""
        yield f"  {style.yellow('!')} {danger['message']}{size}"
    if passed_by:
        yield f"  bypassed by {_name(seen['bypass']['by'])}: {seen['bypass']['reason']}"


def _done(given: argparse.Namespace) -> str:
    if given.bypass:
        return "policy bypassed"
    return "changes requested" if given.request_changes else "commented" if given.comment else "approved"


def _mark(requirement: Mapping[str, Any], passed_by: bool, style: Style) -> str:
    if requirement["met"]:
        return style.green("✓")
    return style.yellow("-") if passed_by and requirement["policy"] else style.red("✗")


def _name(person: Mapping[str, Any] | None) -> str:
    return str(person["name"] or person["email"]) if person else "somebody"
