"""The entity diagram: what it shows of a change, that nothing overlaps, and what it costs."""

import re

import pytest

from apps.proposals.access import diagram_of
from apps.proposals.diagram import Drawing
from apps.proposals.diagram.entities import Mark, find_entities
from apps.proposals.diagram.placing import place
from tests.costs import calls_of

BEFORE = """
create table users (id bigint primary key, email text not null, old text, kept int);
create table teams (id bigint primary key);
create table members (user_id bigint references users, team_id bigint references teams, primary key (user_id, team_id));
create table orders (id bigint primary key, user_id bigint references users, note text);
create table gone (id bigint primary key, user_id bigint references users, why text);
create table apart (id int);
"""
CHANGE = """
alter table users alter email type varchar(200);
alter table users drop column old;
alter table orders rename to purchases;
alter table purchases rename column note to remark;
alter table purchases add column team_id bigint references teams;
drop table gone;
create table "<b>" (id bigint primary key, user_id bigint references users);
"""


@pytest.fixture
def drawn(propose, shop, run_meetings):
    """`drawn(before, change)`: the diff of a proposal that makes the change on a main that is so."""

    def make(before, change):
        shop.commit({"migrations/0001_users.up.sql": before})
        shop.push("main")
        propose("0002_change", change)
        (meeting,) = run_meetings()
        assert meeting.merge.outcome == "clean", meeting.merge.headline
        return meeting.merge.diff

    return make


def _part(diff):
    """What pages read of the later catalog, which must show the same as all of it."""
    from apps.checks.content.diffs import load_objects
    from apps.checks.content.snapshots import load_catalog
    from apps.proposals.diagram import needed_for

    return load_catalog(diff.after_id, needed_for(load_objects(diff)))


def test_what_a_change_shows(drawn, signed_in, viewer):
    from apps.checks.content.diffs import load_objects
    from apps.checks.content.snapshots import load_catalog

    diff = drawn(BEFORE, CHANGE)
    found = find_entities(load_objects(diff), load_catalog(diff.after_id))
    assert find_entities(load_objects(diff), _part(diff)) == found
    marks = {each.name: each.mark for each in found.entities}
    assert marks == {
        '"<b>"': Mark.ADDED,
        "gone": Mark.DROPPED,
        "purchases": Mark.RENAMED,
        "users": Mark.ALTERED,
        "members": Mark.NONE,
        "teams": Mark.NONE,
    }
    rows = {each.name: {row.name: (row.mark.value, row.key) for row in each.rows} for each in found.entities}
    assert rows["users"] == {"id": ("", "PK"), "email": ("altered", ""), "old": ("dropped", "")}
    assert rows["purchases"] == {
        "id": ("", "PK"),
        "user_id": ("", "FK"),
        "remark": ("renamed", ""),
        "team_id": ("added", "FK"),
    }
    assert set(rows["gone"]) == {"id", "user_id", "why"}
    links = {(link.source, link.target): link.mark.value for link in found.links}
    assert links[("purchases", "teams")] == "added"
    assert links[("gone", "users")] == "dropped"
    assert links[("purchases", "users")] == ""
    page = signed_in(viewer).get("/acme/shop/proposals/1/diagram/").content.decode()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    region = signed_in(viewer).get("/acme/shop/proposals/1/diagram/", headers={"HX-Request": "true"})
    assert region.content.strip().startswith(b"<section")


def test_boxes_stand_apart_and_inside(drawn):
    from apps.checks.content.diffs import load_objects
    from apps.checks.content.snapshots import load_catalog

    diff = drawn(BEFORE, CHANGE)
    found = find_entities(load_objects(diff), load_catalog(diff.after_id))
    assert find_entities(load_objects(diff), _part(diff)) == found
    boxes, width, height = place(found)
    found = list(boxes.values())
    assert all(b.x >= 0 and b.x + b.width <= width and b.y + b.height <= height for b in found)
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            above = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or above, (one.entity.name, other.entity.name)


def test_a_change_of_no_table_draws_nothing(drawn):
    assert diagram_of(drawn("create table a (id int);", "create type colour as enum ('red');")) == Drawing("")


@pytest.mark.slow
def test_a_hundred_tables_in_a_cycle_stay_readable(drawn):
    ring = "".join(f"create table t{n} (id int primary key, next int);\n" for n in range(100))
    keys = "".join(
        f"alter table t{n} add foreign key (next) references t{(n + 1) % 100};\n" for n in range(100)
    )
    diff = drawn(ring, keys)
    assert calls_of(lambda: diagram_of(diff)) < 60_000
    found = diagram_of(diff)
    assert len(re.findall('class="entity-box"', found.svg)) == 30
    assert (found.changed_left_out, found.near_left_out) == (70, 0)
