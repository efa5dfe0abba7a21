"""Buttons of check runs on a GitHub of the tests' own: what they offer, who may press them, what becomes of a press."""

import pytest
from django.test import Client

from apps.forges.buttons import Press, buttons_of, digest_of, one_press, read_press
from apps.forges.models import Arrival, Connection
from apps.proposals.models import Resolution
from apps.proposals.resolutions import Disputed
from apps.teams.models import Membership, Role
from tests.forges import github_site
from tests.forges.following import follow_by_app
from worker.pressing import NO_PULL, NOT_OURS

NARROW = {"migrations/0002_narrow.up.sql": "alter table users alter column email type varchar(80);\n"}
WIDE = {"migrations/0002_wide.up.sql": "alter table users alter column email type varchar(200);\n"}


@pytest.fixture
def forge(tmp_path, settings):
    with github_site.serve(tmp_path / "github") as running:
        settings.EGRESS_ALLOW = [running.host]
        settings.REPOSITORIES = tmp_path / "repositories"
        yield running


@pytest.fixture
def connection(transactional_db, project, owner, forge, dora, developer):
    made = follow_by_app(forge, owner, project)
    Connection.objects.update(people={"dora": developer.email})
    made.refresh_from_db()
    return made


@pytest.fixture
def deliver(connection):
    def send(delivery):
        body, headers = delivery
        path = f"/hooks/github/{connection.installation.app.key}/"
        return Client().post(path, body, content_type="application/json", headers=headers).status_code

    return send


@pytest.fixture
def conflict(connection, forge, dora, deliver, work):
    """`conflict(ours, theirs)`: a pull request that conflicts with what has come to main since."""

    def make(ours, theirs):
        work()
        dora.push("change", theirs)
        pull = forge.open_pull("change", "Change it")
        deliver(forge.pull_delivery(pull, "opened"))
        work()
        dora.push("main", ours)
        deliver(forge.push_delivery("main"))
        work()
        return pull

    return make


def buttons(forge, pull, name="braid/merge"):
    return {each["label"]: each for each in forge.run(forge.sha(pull), name)["actions"]}


def press(forge, pull, deliver, work, label, login="Dora", account=0):
    run = forge.run(forge.sha(pull), "braid/merge")
    pressed = forge.press_delivery(run, buttons(forge, pull)[label]["identifier"], login, account)
    assert deliver(pressed) == 202
    work()
    return Arrival.objects.order_by("id").last().outcome


def test_a_press_of_a_member_who_may_resolve_settles_the_one_conflict(
    conflict, forge, deliver, work, developer
):
    pull = conflict(WIDE, NARROW)
    run, shown = forge.run(forge.sha(pull), "braid/merge"), buttons(forge, pull)
    assert (run["conclusion"], run["details_url"][-23:]) == ("failure", "/proposals/1/conflicts/")
    assert {label: each["description"] for label, each in shown.items()} == {
        "Take main's side": "type character varying(200)",
        "Take this branch's": "type character varying(80)",
    }
    assert list(buttons(forge, pull, "braid")) == ["Run again", *shown]
    told = "- `column public.users.email (type)`: before `text`, main `character varying(200)`"
    assert told in run["output"]["summary"]
    assert told in forge.comment(1)
    assert "**Collisions**" not in forge.comment(1), "the conflict says it already"
    refused = _presses_that_do_nothing(forge, pull, deliver, work, developer)
    assert all(refused), refused
    assert not Resolution.objects.exists()
    before = len(forge.shown)
    deliver(forge.press_delivery(forge.run(forge.sha(pull), "braid"), "rerun", "eve"))
    work()
    assert len(forge.shown) > before
    outcome = press(forge, pull, deliver, work, "Take this branch's")
    assert outcome == "Dora took theirs of column public.users.email (type)."
    chosen = Resolution.objects.get(is_current=True)
    assert (chosen.author, chosen.choice) == (developer, {"choose": "theirs"})
    assert forge.run(forge.sha(pull), "braid")["conclusion"] == "success"
    assert list(buttons(forge, pull, "braid")) == ["Run again"]
    assert "did nothing" not in forge.comment(1)


def _presses_that_do_nothing(forge, pull, deliver, work, developer):
    """Of people who may not, of runs that are not what the delivery says; whether each was answered so."""
    label = "Take main's side"
    answered = ["eve is no member" in press(forge, pull, deliver, work, label, login="eve")]
    run, shown = forge.run(forge.sha(pull), "braid/merge"), buttons(forge, pull)[label]
    answered += ["eve is no member" in each for each in (forge.comment(1), run["output"]["summary"])]
    Connection.objects.update(accounts={"dora": "41"})
    answered.append("Dora is another account" in press(forge, pull, deliver, work, label, account=66))
    member = Membership.objects.filter(user=developer)
    member.update(role=Role.VIEWER)
    answered.append("may look and not resolve" in press(forge, pull, deliver, work, label))
    member.update(role=Role.DEVELOPER)
    forge.runs |= {
        900: {**run, "id": 900, "app": {"id": 1}},
        901: {**run, "id": 901, "external_id": "of somebody else"},
        902: {**run, "id": 902, "head_sha": forge.head("main")},
    }
    # What the payload says of the run is the right one's each time.
    for number, said in ((900, NOT_OURS), (901, NOT_OURS), (999, NOT_OURS), (902, NO_PULL)):
        deliver(forge.press_delivery({**run, "id": number}, shown["identifier"], "dora"))
        work()
        answered.append(said == Arrival.objects.order_by("id").last().outcome)
    for number in (900, 901, 902):
        del forge.runs[number]
    deliver(forge.press_delivery(run, "something else", "dora"))
    work()
    return answered


def test_what_was_seen_is_what_is_taken(conflict, forge, dora, deliver, work):
    pull = conflict(WIDE, NARROW)
    before = forge.run(forge.sha(pull), "braid/merge")
    old = buttons(forge, pull)["Take this branch's"]["identifier"]
    dora.push(
        "main", {"migrations/0003_more.up.sql": "alter table users alter column email type varchar(90);\n"}
    )
    deliver(forge.push_delivery("main"))
    work()
    assert deliver(forge.press_delivery(before, old, "dora")) == 202
    work()
    assert "another one now" in Arrival.objects.order_by("id").last().outcome
    assert not Resolution.objects.exists()
    assert "another one now" in forge.comment(1)
    press(forge, pull, deliver, work, "Take main's side")
    assert Resolution.objects.get().choice == {"choose": "ours"}
    assert "another one now" not in forge.comment(1)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"migrations/0002_gone.up.sql": "alter table users drop column email;\n"}, NARROW),
        (
            {**WIDE, "migrations/0003_more.up.sql": "alter table users alter column id type int;\n"},
            {**NARROW, "migrations/0003_more.up.sql": "alter table users alter column id type smallint;\n"},
        ),
    ],
    ids=["a loss", "two conflicts"],
)
def test_what_one_press_can_t_settle_honestly_leads_to_the_resolver(conflict, forge, ours, theirs):
    pull = conflict(ours, theirs)
    run = forge.run(forge.sha(pull), "braid/merge")
    assert (run["conclusion"], run["actions"]) == ("failure", [])
    assert run["details_url"].endswith("/conflicts/")
    assert "Resolve the conflicts" in forge.comment(1)
    assert list(buttons(forge, pull, "braid")) == ["Run again"]


def disputed(**changes):
    about = {
        "id": "1",
        "kind": "both-changed",
        "attribute": "default",
        "options": ["ours", "theirs", "sql"],
        "base": None,
        "ours": "'x'",
        "theirs": "'y'",
    }
    return Disputed({**about, **changes}, None, None, None, 0, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"theirs": "x" * 33},
        {"theirs": None},
        {"ours": {"a": 1}},
        {"ours": "two\nlines"},
        {"kind": "dropped-against-changed"},
        {"options": ["ours", "sql"]},
    ],
)
def test_only_what_can_be_read_whole_has_buttons(changes):
    assert one_press([disputed()])
    assert one_press([disputed(**changes)]) is None
    assert one_press([]) is None
    assert one_press([disputed(), disputed(id="2")]) is None


def test_a_button_is_about_what_was_seen():
    first, second = buttons_of(disputed(), "release/2026-11")
    assert (first.label, first.description) == ("Take target's side", "default 'x'")
    assert max(len(each.id) for each in (first, second)) <= 20
    assert read_press(second.id) == Press("theirs", digest_of(disputed()))
    assert digest_of(disputed(ours="'z'")) != digest_of(disputed())
    assert [read_press(each) for each in ("", "rerun", "both.0123456789ab", "ours.0123456789AB")] == [
        None
    ] * 4
