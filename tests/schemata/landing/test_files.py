"""What lands, written into ours' tree, reads back as ours' history and then the landed migrations."""

import json
from typing import Any

import pytest

from schemata.findings import Severity
from schemata.history import History
from schemata.landing import Landing, LandingError, Trees, land, restamp
from schemata.layouts import read_project
from schemata.layouts.trees import MemoryTree

Files = dict[str, str]

BOTH = "-- migrate:up\n{}\n-- migrate:down\n{}\n"
GOOSE = "-- +goose Up\n{}\n-- +goose Down\n{}\n"
LAYOUTS: dict[str, tuple[Files, str, str]] = {
    "prisma": (
        {"db/migrations/migration_lock.toml": 'provider = "postgresql"\n', "db/schema.prisma": ""},
        "db/migrations/{name}/migration.sql",
        "{up}",
    ),
    "dbmate": ({}, "db/migrations/{name}.sql", BOTH.format("{up}", "{down}")),
    "goose": ({}, "migrations/{name}.sql", GOOSE.format("{up}", "{down}")),
    "supabase": ({"supabase/config.toml": ""}, "supabase/migrations/{name}.sql", "{up}"),
    "golang-migrate": ({}, "migrations/{name}.up.sql", "{up}"),
    "diesel": ({"diesel.toml": ""}, "migrations/{name}/up.sql", "{up}"),
}
DOWNS = {"golang-migrate": "migrations/{name}.down.sql", "diesel": "migrations/{name}/down.sql"}


def tree(layout: str, *names: str) -> MemoryTree:
    more, path, text = LAYOUTS[layout]
    files = dict(more)
    for name in names:
        table = name.partition("_")[2]
        up, down = f"create table {table} (id int);", f"drop table {table};"
        files[path.format(name=name)] = text.format(up=up, down=down)
        if layout in DOWNS:
            files[DOWNS[layout].format(name=name)] = down
    return MemoryTree({at: content.encode() for at, content in files.items()})


def overlaid(under: MemoryTree, changes: Any) -> MemoryTree:
    files = {file.path: under.read(file.path) for file in under.files()}
    return MemoryTree(files | {change.path: change.content for change in changes})


def sorted_out(history: History) -> list[str]:
    assert [each for each in history.findings if each.severity is Severity.ERROR] == []
    return [migration.name for migration in history.migrations]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_lands_reads_back_after_ours(layout: str) -> None:
    base = tree(layout, "20240101000000_a")
    ours = tree(layout, "20240101000000_a", "20240301000000_b")
    theirs = tree(layout, "20240101000000_a", "20240201000000_c", "20240401000000_d")
    histories = [read_project(each) for each in (base, ours, theirs)]
    assert histories[1].layout == layout
    new = histories[2].migrations[1:]
    names = restamp([m.name for m in histories[1].migrations], [m.name for m in new])
    landings = [Landing(name, m.text, m.name) for name, m in zip(names, new, strict=True)]
    landed = land(Trees(base, ours, theirs), *histories, landings)
    again = read_project(overlaid(ours, landed.changes))
    assert sorted_out(again) == [*(m.name for m in histories[1].migrations), *names]
    assert [m.text for m in again.migrations[2:]] == [m.text for m in new]
    assert [m.down_text for m in again.migrations[2:]] == [m.down_text for m in new]
    assert [bool(m.down) for m in again.migrations[2:]] == [bool(m.down) for m in new]
    assert landed.problems == ()


def test_an_undo_file_goes_along() -> None:
    def flyway(*versions: int) -> MemoryTree:
        files = {"flyway.toml": ""} | {
            f"sql/V{n}__t{n}.sql": f"create table t{n} (id int);" for n in versions
        }
        return MemoryTree(
            {k: v.encode() for k, v in (files | {f"sql/U{n}__t{n}.sql": "" for n in versions}).items()}
        )

    trees = Trees(flyway(1), flyway(1, 3), flyway(1, 2))
    histories = [read_project(each) for each in (trees.base, trees.ours, trees.theirs)]
    landed = land(trees, *histories, [Landing("V4__t2", "create table t2 (id int);", "V2__t2")])
    assert [change.path for change in landed.changes] == ["sql/U4__t2.sql", "sql/V4__t2.sql"]


def drizzle(*tags: str, when: int = 100, tables: tuple[str, ...] = ()) -> MemoryTree:
    entries = [
        {"idx": n, "version": "7", "when": when + n, "tag": tag, "breakpoints": True}
        for n, tag in enumerate(tags)
    ]
    files = {"drizzle/meta/_journal.json": {"version": "7", "dialect": "postgresql", "entries": entries}}
    for number, tag in enumerate(tags):
        known = tables if tag == tags[-1] else ()
        snapshot = {"id": tag, "prevId": "", "tables": {f"public.{each}": {"name": each} for each in known}}
        files[f"drizzle/meta/{number:04}_snapshot.json"] = snapshot
    texts = {path: json.dumps(value, indent=2) for path, value in files.items()}
    texts |= {f"drizzle/{tag}.sql": f"create table {tag} (id int);" for tag in tags}
    return MemoryTree({path: text.encode() for path, text in texts.items()})


def test_drizzles_journal_goes_on_and_snapshots_are_merged() -> None:
    base = drizzle("0000_a", tables=("a",))
    ours = drizzle("0000_a", "0001_b", when=200, tables=("a", "b"))
    theirs = drizzle("0000_a", "0001_c", when=150, tables=("a", "c"))
    trees = Trees(base, ours, theirs)
    histories = [read_project(each) for each in (base, ours, theirs)]
    landed = land(trees, *histories, [Landing("0002_c", histories[2].migrations[1].text, "0001_c")])
    after = overlaid(ours, landed.changes)
    again = read_project(after)
    assert sorted_out(again) == ["0000_a", "0001_b", "0002_c"]
    assert again.findings == ()
    entry = json.loads(after.read("drizzle/meta/_journal.json"))["entries"][2]
    assert (entry["idx"], entry["tag"], entry["when"]) == (2, "0002_c", 202)
    snapshot = json.loads(after.read("drizzle/meta/0002_snapshot.json"))
    assert sorted(snapshot["tables"]) == ["public.a", "public.b", "public.c"]
    assert (snapshot["prevId"], snapshot["id"] not in ("0001_b", "0001_c")) == ("0001_b", True)
    assert landed.problems == ()
    assert b'\n  "entries"' in after.read("drizzle/meta/_journal.json")


def test_a_snapshot_that_both_changed_names_the_place() -> None:
    base, ours, theirs = drizzle("0000_a"), drizzle("0000_a", "0001_b"), drizzle("0000_a", "0001_c")
    changed = {"drizzle/meta/0001_snapshot.json": {"id": "x", "tables": {"public.a": {"name": 1}}}}
    both = [
        overlaid(
            each,
            [type("C", (), {"path": p, "content": json.dumps(v | {"tables": {"public.a": {"name": n}}}).encode()})
             for p, v in changed.items()],
        )
        for n, each in enumerate((ours, theirs))
    ]  # fmt: skip
    histories = [read_project(each) for each in (base, *both)]
    landed = land(Trees(base, *both), *histories, [Landing("0002_c", "select 1;", "0001_c")])
    assert landed.problems == (
        "drizzle/meta/0002_snapshot.json: tables.public.a.name was changed on both sides; ours stands",
    )


@pytest.mark.parametrize(
    "name", ["../../etc/x", "/etc/x", "20240101000000_a", "20240101000000_A", ".git", "a\0b", "x/../../y"]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    base = tree("prisma", "20240101000000_a")
    theirs = tree("prisma", "20240101000000_a", "20240201000000_c")
    histories = [read_project(each) for each in (base, base, theirs)]
    landings = [Landing(name, "", "20240201000000_c"), Landing(name.upper(), "", "20240201000000_c")]
    with pytest.raises(LandingError):
        land(Trees(base, base, theirs), *histories, landings)
