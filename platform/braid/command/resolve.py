"""`braid resolve`: look at a proposal's conflicts, and choose."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from braid.command.exits import Exit, Stop
from braid.command.printing import printable
from braid.command.remote import Remote, find_number, remote_of
from braid.command.style import Style

WAIT_S, LOOK_S = 600, 1.0
SIDES = ("base", "ours", "theirs")


def run(given: argparse.Namespace) -> Exit:
    """Choose where something was chosen, then print the conflicts; 1 while one is open."""
    remote = remote_of(given.project or "")
    number = find_number(remote, given.proposal or "")
    address = f"proposals/{number}/conflicts/"
    found = remote.get(address)
    if given.conflict:
        conflict = _named(found, given.conflict)
        _choose(remote, address, conflict, given)
        found = _settled(remote, number) if given.wait else remote.get(address)
    if given.json:
        print(json.dumps({"number": number, "conflicts": found}, indent=2, ensure_ascii=False))
    else:
        style = Style(sys.stdout)
        sys.stdout.write(printable("\n".join(_report(number, found, style)), style) + "\n")
    return Exit.BLOCKED if any(each["open"] for each in found) else Exit.FINE


def _named(found: list[Any], wanted: str) -> Mapping[str, Any]:
    """The conflict by its id, the beginning of it, or its object's name. Raises Stop."""
    matching = [each for each in found if each["id"].startswith(wanted)]
    matching = matching or [each for each in found if wanted in (each["object"]["name"], _name(each))]
    if len(matching) != 1:
        what = "no conflict is" if not matching else "several conflicts are"
        raise Stop(f"{what} called {wanted}; `braid resolve` lists them with their ids")
    return dict(matching[0])


def _choose(remote: Remote, address: str, conflict: Mapping[str, Any], given: argparse.Namespace) -> None:
    one = f"{address}{quote(conflict['id'])}/"
    if given.back:
        remote.ask("DELETE", f"{one}?seen={conflict['version']}")
        return
    remote.post(one, {**_choice(conflict, given), "seen": conflict["version"], "note": given.message or ""})


def _choice(conflict: Mapping[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    if given.both is not None:
        return {"choose": "both", "name": given.both}
    if given.value is not None:
        return {"choose": "value", "value": _value(conflict, given.value)}
    if given.sql is not None:
        return {"choose": "sql", "sql": sys.stdin.read() if given.sql == "-" else given.sql}
    if given.ours or given.theirs:
        return {"choose": "ours" if given.ours else "theirs"}
    raise Stop("say what is chosen: --ours, --theirs, --both NAME, --value VALUE, --sql SQL, or --back")


def _value(conflict: Mapping[str, Any], text: str) -> Any:
    """A text as it is typed where the sides have texts, else JSON."""
    like = next((conflict[side] for side in ("ours", "theirs") if conflict[side] is not None), "")
    if isinstance(like, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise Stop(f"--value is JSON here, like {json.dumps(like)}") from None


def _settled(remote: Remote, number: int) -> Any:
    """The conflicts once the merge with what is chosen is known. Raises Stop."""
    deadline = time.monotonic() + WAIT_S
    while remote.get(f"proposals/{number}/")["merge"]["running"]:
        if time.monotonic() > deadline:
            raise Stop(f"#{number} is still being merged after {WAIT_S // 60} minutes", Exit.NOT_JUDGED)
        time.sleep(LOOK_S)
    return remote.get(f"proposals/{number}/conflicts/")


def _report(number: int, found: list[Any], style: Style) -> Iterator[str]:
    if not found:
        yield f"{style.bold(f'#{number}')} has no conflicts"
        return
    opened = sum(each["open"] for each in found)
    yield f"{style.bold(f'#{number}')} {opened} of {len(found)} open"
    for each in found:
        yield from _conflict(each, style)


def _conflict(found: Mapping[str, Any], style: Style) -> Iterator[str]:
    mark = style.red("✗") if found["open"] else style.green("✓")
    yield f"  {mark} {style.bold(_name(found))}  {found['kind']}  {style.dim(found['id'])}"
    if found["message"]:
        yield f"      {found['message']}"
    for side in SIDES:
        place = found["where"].get(side)
        at = style.dim(f"{place['file']}:{place['line']}") if place else ""
        if found[side] is not None or place:
            yield f"      {side:<7} {_shown(found[side])}  {at}".rstrip()
    if found["resolution"]:
        yield f"      {style.green('chosen')}  {_told(found['resolution'])}"
    elif found["options"]:
        yield f"      choose  {', '.join(found['options'])}"
    if found["offered"]:
        yield f"      {style.yellow('before')}  {_told(found['offered'])}, when a side was another"


def _told(resolution: Mapping[str, Any]) -> str:
    choice, author = resolution["choice"], resolution["author"]
    said = " ".join(str(choice[key]) for key in ("choose", "name", "value", "sql") if choice.get(key))
    who = (author["name"] or author["email"]) if author else "somebody"
    return f"{said} by {who}" + (f": {resolution['note']}" if resolution["note"] else "")


def _name(found: Mapping[str, Any]) -> str:
    name = f"{found['object']['kind']} {found['object']['name']}"
    return f"{name} ({found['attribute']})" if found["attribute"] else name


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    text = " ".join((value if isinstance(value, str) else json.dumps(value)).split())
    return text if len(text) <= 100 else f"{text[:99]}…"
