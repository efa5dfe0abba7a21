"""`braid status`: how a proposal stands, or all that are open."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from braid.command.exits import Exit, Stop
from braid.command.printing import counted, printable
from braid.command.remote import SHORT, Remote, find_number, remote_of
from braid.command.style import Style

WAIT_S, LOOK_S = 600, 1.0
MOST_OBJECTS = 10


def run(given: argparse.Namespace) -> Exit:
    """Print how it stands; the exit code says whether it is merged or ready."""
    remote = remote_of(given.project or "")
    if given.all:
        _print_all(remote, given)
        return Exit.FINE
    number = find_number(remote, given.proposal or "")
    seen = _wait(remote, number) if given.wait else remote.get(f"proposals/{number}/")
    needs = remote.get(f"proposals/{number}/readiness/")
    if given.json:
        print(json.dumps({**seen, "readiness": needs}, indent=2, ensure_ascii=False))
    else:
        _write(_report(seen, needs, Style(sys.stdout)))
    fine = seen["state"] == "merged" or (seen["state"] in ("open", "queued") and needs["ready"])
    return Exit.FINE if fine else Exit.BLOCKED


def _print_all(remote: Remote, given: argparse.Namespace) -> None:
    found: list[Any] = []
    page: int | None = 1
    while page:
        answer = remote.get("proposals/", state="open", page=page, page_size=200)
        found += answer["results"]
        page = page + 1 if answer["next"] else None
    if given.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    style = Style(sys.stdout)
    _write(line for each in found for line in _line(each, style))
    if not found:
        print("no open proposals")


def _wait(remote: Remote, number: int) -> Any:
    """The proposal once the merge of its head is known."""
    deadline = time.monotonic() + WAIT_S
    while True:
        seen = remote.get(f"proposals/{number}/")
        merge = seen["merge"]
        if seen["state"] not in ("open", "queued") or not (merge["running"] or merge["stale"]):
            return seen
        if time.monotonic() > deadline:
            raise Stop(f"#{number} is still being merged after {WAIT_S // 60} minutes", Exit.NOT_JUDGED)
        time.sleep(LOOK_S)


def _report(seen: Mapping[str, Any], needs: Mapping[str, Any], style: Style) -> Iterator[str]:
    yield from _line(seen, style)
    if seen["state"] in ("open", "queued"):
        for name in seen["merge"]["conflicts"][:MOST_OBJECTS]:
            yield f"    {style.red('✗')} {name}"
        yield from (f"  {style.red('✗')} {each}" for each in needs["missing"])
        if needs["ready"]:
            change = style.dim(f"(change {needs['change_hash'][:SHORT]})")
            yield f"  {style.green('✓')} ready to land {change}"
        yield f"  {counted(seen['comments'], 'comment')}"
    elif seen["merged_commit"]:
        yield f"  {style.green('✓')} merged as {seen['merged_commit'][:10]}"
    yield f"  {style.dim(seen['url'])}"


def _line(seen: Mapping[str, Any], style: Style) -> Iterator[str]:
    draft = ", draft" if seen["draft"] else ""
    number, branch = style.bold(f"#{seen['number']}"), style.dim(seen["branch"])
    yield f"{number} {seen['title']}  {branch} ({seen['state']}{draft})"
    if seen["state"] in ("open", "queued"):
        merge = seen["merge"]
        bad = merge["outcome"] in ("conflict", "broken", "unusable")
        said = style.red(merge["headline"]) if bad else merge["headline"]
        older = style.dim(" (of an older head)") if merge["stale"] else ""
        yield f"  {said}{older}"


def _write(lines: Iterator[str]) -> None:
    style = Style(sys.stdout)
    text = "".join(f"{line}\n" for line in lines)
    sys.stdout.write(printable(text, style))
