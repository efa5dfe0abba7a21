"""What the forge shows: statuses, the comment, and what becomes of them when the forge fails."""

import json
from datetime import timedelta

import pytest
from django.db import connection as database
from django.db.models import F
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from apps.forges import outbox
from apps.forges.models import Connection, Entry, PullRequest
from apps.forges.reporting import Check, checks_of, facts_of
from apps.forges.reporting.markdown import code, plain
from apps.forges.retention import forget_old
from apps.merges.models import Footprint
from forges import Level, Outcome
from worker.reporting import _report, report

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}
BROKEN = {"migrations/0002_name.up.sql": "-- A name.\nalter table users\n  add column name txt;\n"}
WIDE = {"migrations/0002_wide.up.sql": "alter table users alter column email type varchar(200);\n"}
NARROW = {"migrations/0002_narrow.up.sql": "alter table users alter column email type varchar(80);\n"}


@pytest.fixture
def opened(connection, forge, dora, deliver, work):
    """`opened("name", files)`: a pull request, looked at."""
    work()

    def make(branch, files):
        dora.push(branch, files)
        pull = forge.open_pull(branch, f"Change {branch}")
        deliver(forge.pull_delivery(pull, "opened"))
        work()
        return pull

    return make


def test_a_migration_that_fails_is_told_at_its_line(opened, connection, forge):
    pull = opened("name", BROKEN)
    head = forge.sha(pull)
    assert [forge.status(head, name) for name in ("braid/migrations", "braid")] == ["failure", "failure"]
    first = checks_of(facts_of(connection, head))[0]
    assert [(each.path, each.line, each.level) for each in first.annotations] == [
        ("migrations/0002_name.up.sql", 3, Level.FAILURE)
    ]
    comment = forge.comment(pull.number)
    assert "`migrations/0002_name.up.sql:3`" in comment
    assert "/acme/shop/branch/name/)" in comment, "the page that shows the statement"
    assert "theirs" not in comment
    assert "ran both orders" not in comment
    assert "does not exist. This ran on Postgres" in comment
    assert "Mend the migration and push again" in forge.comment(pull.number)


def test_statuses_are_pending_first_and_never_go_back(opened, forge):
    head = forge.sha(opened("name", NAME_COLUMN))
    for context in ("braid/migrations", "braid"):
        told = [each["state"] for each in forge.statuses if (each["sha"], each["context"]) == (head, context)]
        assert told[-1] == "success"
        assert "pending" not in told[told.index("success") :]
    descriptions = [each["description"] for each in forge.statuses]
    assert all(len(each) <= 140 for each in descriptions)


def test_a_collision_is_told_on_both_pull_requests(opened, forge, work):
    one, other = opened("wide", WIDE), opened("narrow", NARROW)
    assert "with `narrow` on `column public.users.email" in forge.comment(one.number)
    assert "with `wide` on `column public.users.email" in forge.comment(other.number)
    assert forge.status(forge.sha(one), "braid/collisions") == "success"
    found = [
        each
        for each in forge.statuses
        if each["context"] == "braid/collisions" and each["sha"] == forge.sha(one)
    ]
    assert found[-1]["description"].startswith("collides with narrow on column public.users.email")


def test_a_conflict_with_the_default_branch_fails(opened, forge, dora, deliver, work):
    pull = opened("wide", WIDE)
    dora.push("main", NARROW)
    deliver(forge.push_delivery("main"))
    work()
    assert forge.status(forge.sha(pull), "braid/merge") == "failure"
    assert forge.status(forge.sha(pull), "braid") == "failure"
    assert "Resolve the conflicts" in forge.comment(pull.number)


def test_nobody_is_said_to_collide_with_nobody_before_that_is_known(connection, forge, dora, deliver, work):
    work()
    head = dora.push("name", NAME_COLUMN)
    deliver(forge.pull_delivery(forge.open_pull("name", "Add a name"), "opened"))
    work()
    Footprint.objects.filter(branch__name="name").delete()
    outbox.want_commits(connection, [head])
    report(connection.pk)
    told = {name: forge.status(head, f"braid{name}") for name in ("/migrations", "/merge", "/collisions", "")}
    assert told == {"/migrations": "success", "/merge": "success", "/collisions": "pending", "": "pending"}
    work()
    assert forge.status(head, "braid") == "success"


def test_nothing_is_said_twice(opened, connection, forge):
    pull = opened("name", NAME_COLUMN)
    before = len(forge.statuses), len(forge.requests)
    outbox.want_commits(connection, [forge.sha(pull)])
    report(connection.pk)
    assert len(forge.statuses) == before[0]
    assert Entry.objects.get(sha=forge.sha(pull)).is_due is False


def test_a_forge_that_is_down_gets_the_last_word_when_it_is_back(
    opened, connection, forge, dora, deliver, work
):
    pull = opened("name", NAME_COLUMN)
    forge.faults += [lambda handler: handler.send({"message": "down"}, 503)] * 200
    head = forge.sha(pull)
    before = len(forge.statuses)
    Entry.objects.filter(sha=head).update(written={})
    for _ in range(3):
        outbox.want_commits(connection, [head])
        Entry.objects.update(due_at=timezone.now())
        report(connection.pk)
    waiting = Entry.objects.get(sha=head)
    assert (waiting.is_due, waiting.attempts, len(forge.statuses)) == (True, 3, before)
    assert waiting.error
    assert waiting.due_at > timezone.now()
    forge.faults.clear()
    Entry.objects.update(due_at=timezone.now())
    report(connection.pk)
    assert not Entry.objects.get(sha=head).is_due
    assert len(forge.statuses) == before + 4, "each check once, as it stands now"


def test_rate_limits_are_obeyed(opened, connection, forge):
    pull = opened("name", NAME_COLUMN)
    head = forge.sha(pull)
    Entry.objects.filter(sha=head).update(written={})
    outbox.want_commits(connection, [head])
    forge.faults += [lambda handler: handler.send({"message": "slow down"}, 429, Retry_After="77")]
    asked = len(forge.requests)
    report(connection.pk)
    waiting = Entry.objects.get(sha=head)
    assert 70 < (waiting.due_at - timezone.now()).total_seconds() < 80
    assert len(forge.requests) == asked + 1, "nothing more is tried"
    report(connection.pk)
    assert len(forge.requests) == asked + 1


def test_a_token_that_is_refused_waits_for_a_person(opened, connection, forge):
    pull = opened("name", NAME_COLUMN)
    Entry.objects.filter(sha=forge.sha(pull)).update(written={})
    outbox.want_commits(connection, [forge.sha(pull)])
    forge.faults += [lambda handler: handler.send({"message": "token is gone"}, 401)]
    report(connection.pk)
    assert Entry.objects.get(sha=forge.sha(pull)).is_due
    assert Connection.objects.get().trouble


def refusing(forge, ending, status, message):
    """The forge answers so whenever a path ends so."""

    def watch(handler):
        forge.faults.insert(0, watch)
        if handler.path.partition("?")[0].endswith(ending) and handler.command != "GET":
            handler.send({"message": message}, status)
        else:
            handler._answer_as_usual()

    forge.faults.insert(0, watch)


def test_a_conversation_that_is_locked_is_silent_alone(opened, connection, forge):
    locked, other = opened("name", NAME_COLUMN), opened("wide", WIDE)
    forge.comments.clear()
    refusing(forge, f"/issues/{locked.number}/comments", 403, "this conversation is locked")
    Entry.objects.exclude(pull=None).update(written={}, wanted=F("wanted") + 1, due_at=timezone.now())
    Entry.objects.filter(pull__number=locked.number).update(wanted_at=timezone.now() - timedelta(hours=1))
    report(connection.pk)
    assert forge.comment(other.number)
    waiting = Entry.objects.get(pull__number=locked.number)
    assert (waiting.is_due, "locked" in waiting.error) == (True, True)


def test_what_the_forge_fails_at_each_time_comes_after_all_else(opened, connection, forge):
    heads = [forge.sha(opened("name", NAME_COLUMN)), forge.sha(opened("wide", WIDE))]
    Entry.objects.filter(sha__in=heads).update(written={})
    forge.statuses.clear()
    refusing(forge, f"/statuses/{heads[0]}", 500, "no")
    outbox.want_commits(connection, heads)
    Entry.objects.filter(sha=heads[0]).update(wanted_at=timezone.now() - timedelta(hours=1))
    for _ in range(2):
        Entry.objects.filter(wanted__gt=F("sent")).update(due_at=timezone.now())
        report(connection.pk)
    assert forge.status(heads[1], "braid") == "success"
    assert Entry.objects.get(sha=heads[0]).is_due


def test_whoever_got_the_repositorys_name_is_told_nothing(opened, connection, forge):
    pull = opened("name", NAME_COLUMN)
    forge.statuses.clear()
    forge.comments.clear()
    forge.number = 9
    for entry in Entry.objects.all():
        outbox.send_again(entry)
    report(connection.pk)
    assert (forge.statuses, forge.comments) == ([], {})
    assert Entry.objects.get(sha=forge.sha(pull)).is_due
    assert Connection.objects.get().trouble.startswith("Another repository")


def test_a_worker_that_was_held_up_says_nothing_old(opened, connection, forge):
    head = forge.sha(opened("name", NAME_COLUMN))
    Entry.objects.filter(sha=head).update(written={})
    forge.statuses.clear()
    outbox.want_commits(connection, [head])

    def overtaken(handler):
        Entry.objects.filter(sha=head).update(claimed_by="another worker")
        database.close()
        handler._answer_as_usual()

    forge.faults += [lambda handler: handler._answer_as_usual(), overtaken]
    report(connection.pk)
    assert len(forge.statuses) == 1, "what was under way, and nothing after it"
    assert Entry.objects.get(sha=head).claimed_by == "another worker"


def test_a_repository_that_is_gone_keeps_what_is_to_be_told(opened, connection, forge):
    pull = opened("name", NAME_COLUMN)
    Entry.objects.filter(sha=forge.sha(pull)).update(written={})
    outbox.want_commits(connection, [forge.sha(pull)])
    forge.faults += [lambda handler: handler.send({"message": "no such repository"}, 404)] * 2
    report(connection.pk)
    assert Entry.objects.get(sha=forge.sha(pull)).is_due


def test_a_commit_that_the_forge_lost_is_given_up(opened, connection, forge):
    pull = opened("name", NAME_COLUMN)
    Entry.objects.filter(sha=forge.sha(pull)).update(written={})
    outbox.want_commits(connection, [forge.sha(pull)])
    lost = lambda handler: handler.send({"message": "no such commit"}, 404)  # noqa: E731
    forge.faults += [lambda handler: handler._answer_as_usual(), lost]
    report(connection.pk)
    entry = Entry.objects.get(sha=forge.sha(pull))
    assert (entry.is_due, bool(entry.error)) == (False, True)


@given(st.text(max_size=80))
def test_whatever_a_team_writes_stays_text(text):
    """A forge's own renderer is a CommonMark one with links and mentions added."""
    renderer = MarkdownIt("gfm-like", {"linkify": False})
    html = renderer.render(f"- {plain(text)} {code(text)}")
    assert not any(tag in html for tag in ("<a ", "<img", "<h1", "<script", "<em>", "<strong>", "<table"))
    said = plain(text)
    assert not any(f"{mark}{each}" in said for mark in "@#" for each in "abc123")


def test_entries_are_json(opened, forge):
    opened("name", NAME_COLUMN)
    for entry in Entry.objects.all():
        json.dumps(entry.written)
        assert entry.is_due is False


def test_a_pull_request_reopened_long_after_has_one_comment(opened, connection, forge, deliver, work):
    pull = opened("name", NAME_COLUMN)
    before = forge.comment(pull.number)
    assert before
    pull.state = "closed"
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    long_ago = timezone.now() - timedelta(days=90)
    Entry.objects.update(sent_at=long_ago)
    PullRequest.objects.update(updated_at=long_ago)
    forget_old()
    # Not even the mark in it is needed.
    forge.comments[1]["body"] = "It was closed."
    pull.state = "open"
    deliver(forge.pull_delivery(pull, "reopened"))
    work()
    assert forge.comment(pull.number)
    assert len(forge.comments) == 1


def test_a_line_is_no_markup_where_it_stands_for_a_text(connection):
    line = "20240101_[click](https://evil.example) @team fails"
    shown = _report(Entry(connection=connection, sha="a" * 40), Check("braid", Outcome.FAILURE, line, ""))
    html = MarkdownIt("gfm-like", {"linkify": False}).render(shown.summary)
    assert "<a " not in html
    assert "@team" not in html
    assert (shown.title, "click" in html) == (line, True)
