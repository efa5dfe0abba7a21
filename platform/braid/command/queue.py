"""`braid queue`: let a proposal land, take it out again, or see who is lined up."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from braid.command.exits import Exit, Stop
from braid.command.printing import printable
from braid.command.remote import SHORT, Remote, find_number, remote_of, seen_change
from braid.command.style import Style

WAIT_S, LOOK_S = 1800, 1.0
LINED_UP = ("waiting", "testing", "proved")
# Neither landed nor left: the forge is to merge what was proved.
ONGOING = (*LINED_UP, "handed")


def run(given: argparse.Namespace) -> Exit:
    """Act, then print where it stands; the exit code says whether it has left the queue unmerged."""
    remote = remote_of(given.project or "")
    if given.list:
        return _show_all(remote, given)
    number = find_number(remote, given.proposal or "")
    address = f"proposals/{number}/queue/"
    seen = _act(remote, number, address, given)
    if given.wait:
        seen = _wait(remote, address, number)
    _write(json.dumps(seen, indent=2, ensure_ascii=False) if given.json else "\n".join(_report(seen)))
    if given.leave:
        return Exit.FINE if seen["stage"] == "withdrawn" else Exit.BLOCKED
    return Exit.FINE if seen["stage"] in (*ONGOING, "landed") else Exit.BLOCKED


def _act(remote: Remote, number: int, address: str, given: argparse.Namespace) -> Any:
    if given.leave:
        return remote.ask("DELETE", address)
    if given.look:
        return remote.get(address)
    seen = remote.get(f"proposals/{number}/readiness/")
    change = seen_change(given.change, seen)
    asked = {"deletes_branch": bool(given.delete_branch), **({"change_hash": change} if change else {})}
    return remote.post(address, asked)


def _wait(remote: Remote, address: str, number: int) -> Any:
    """Where it stands once it has landed or left."""
    deadline = time.monotonic() + WAIT_S
    while (seen := remote.get(address))["stage"] in ONGOING:
        if time.monotonic() > deadline:
            where = "queued" if seen["stage"] in LINED_UP else "to be merged by the forge"
            raise Stop(f"#{number} is still {where} after {WAIT_S // 60} minutes", Exit.NOT_JUDGED)
        time.sleep(LOOK_S)
    return seen


def _show_all(remote: Remote, given: argparse.Namespace) -> Exit:
    found = remote.get("queue/")
    if given.json:
        _write(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        ongoing = [*found["line"], *found["handed"]]
        _write("\n".join(line for each in ongoing for line in _line(each)) or "nobody is lined up")
    return Exit.FINE


def _report(seen: Mapping[str, Any]) -> Iterator[str]:
    yield from _line(seen)
    if seen["change_hash"]:
        yield f"  change {seen['change_hash'][:SHORT]}"
    for each in seen["migrations"]:
        rewritten = ", rewritten" if each["is_rewritten"] else ""
        yield f"  {each['was'] or '(new)'} lands as {each['name']}{rewritten}"
    if seen["stage"] == "landed" and seen["mend_anew"]:
        yield f"  make databases anew that ran the branch: {seen['mend_anew']}"
    elif seen["stage"] == "landed" and seen["mend"]:
        yield "  a database that ran the branch is mended by"
        yield from (f"    {each}" for each in seen["mend"])


def _line(seen: Mapping[str, Any]) -> Iterator[str]:
    style = Style(sys.stdout)
    stage = str(seen["stage"])
    word = "handed to the forge" if stage == "handed" else stage
    colour = {"landed": style.green, "proved": style.green, "refused": style.red}.get(stage, style.yellow)
    place = f"{seen['place']}. " if seen["place"] else ""
    landed = f" as {seen['candidate'][:10]}" if stage == "landed" else ""
    yield f"{place}{style.bold('#' + str(seen['proposal']))} {seen['title']}  {colour(word)}{landed}"
    if seen["detail"]:
        yield f"  {seen['detail']}"


def _write(text: str) -> None:
    sys.stdout.write(printable(text, Style(sys.stdout)) + "\n")
