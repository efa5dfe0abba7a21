"""Sizes of tables: who sends and removes them, and what they make of a proposal that rewrites a table."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.proposals.actions import line, policing
from apps.proposals.actions.reviewing import is_ready
from apps.proposals.actions.sizing import forget_sizes, replace_sizes
from apps.proposals.landing import land
from apps.proposals.models import Measurement, Proposal, Stage, State, TableSize
from apps.proposals.pages.timeline import sentence
from apps.teams.models import AuditEntry
from schemata.sizes import Measured, columns_mark
from tests.apps.proposals.queues import approve, entry_of, queue, run, state_of

SIZES = "/api/v1/teams/acme/projects/shop/sizes/"
MARK = columns_mark(["id", "email"])
REWRITE = "alter table users add column low text generated always as (lower(email)) stored;\n"


def users(rows=12, size=16384, **more):
    return {"schema": "public", "name": "users", "rows": rows, "bytes": size, "columns": MARK, **more}


def body(*tables, days=3):
    return {
        "measured_at": (timezone.now() - timedelta(days=days)).isoformat(),
        "tables": tables or (users(),),
    }


@pytest.fixture
def send(project, owner):
    """`send(rows, days)`: the sizes of one table, `users`, in place of all others."""

    def sent(rows=12, days=3, name="users", size=16384, columns=MARK):
        forget_sizes(owner, project)
        measured = Measured(rows, size, columns)
        moment = timezone.now() - timedelta(days=days)
        return replace_sizes(owner, project, moment, [(("public", name), measured)])

    return sent


@pytest.fixture
def rewriting(transactional_db, owner, maintainer, propose, run_meetings, project):
    """A proposal that rewrites `users` and loses nothing; two must approve what is risky."""
    policing.change_policy(owner, project, required_checks=[], risky_approvals=2)
    found = propose("0002_low", REWRITE)
    run_meetings()
    return found


@pytest.mark.django_db
def test_who_may_send_see_and_remove_them(project, api, maintainer, developer, viewer, stranger):
    assert api(stranger).get(SIZES).status_code == 404
    empty = api(viewer, "read").get(SIZES).json()
    assert (empty["measured_at"], empty["tables"], empty["largest"], empty["schemas"]) == (None, 0, [], [])
    for user, status in ((stranger, 404), (viewer, 403), (developer, 403)):
        assert api(user).put(SIZES, body(), format="json").status_code == status
        assert api(user).delete(SIZES).status_code == status
    assert api(maintainer, "read").put(SIZES, body(), format="json").status_code == 403
    assert api(None).put(SIZES, body(), format="json").status_code == 401
    sent = body(users(), users(rows=None, size=1, name='odd "name. '))
    made = api(maintainer, "write").put(SIZES, sent, format="json")
    assert (made.status_code, made.json()["tables"], made.json()["sent_by"]["name"]) == (200, 2, "Mark")
    assert [each["name"] for each in api(viewer).get(SIZES).json()["largest"]] == ["users", 'odd "name. ']
    assert api(viewer).delete(SIZES).status_code == 403
    assert api(maintainer, "write").delete(SIZES).status_code == 204
    assert api(maintainer).delete(SIZES).status_code == 204
    assert not TableSize.objects.exists()
    log = AuditEntry.objects.filter(action__startswith="sizes.").order_by("id")
    assert [(each.action, each.data["tables"]) for each in log] == [("sizes.replace", 2), ("sizes.forget", 2)]


@pytest.mark.django_db
def test_they_are_replaced_as_a_whole_or_not_at_all(project, api, maintainer):
    client = api(maintainer)
    assert client.put(SIZES, body(users(), users(name="orders")), format="json").status_code == 200
    wrong = [
        ({}, 400),
        ({**body(), "measured_at": "yesterday"}, 400),
        ({**body(), "tables": []}, 400),
        (body(users(rows=-1)), 400),
        (body(users(size=None)), 400),
        (body(users(size=2**63)), 400),
        (body(users(name="n" * 64)), 400),
        (body(users(name="ü" * 32)), 400),
        (body(users(name="a\x00b")), 400),
        (body(users(columns="nothing")), 400),
        (body(*[users(name=str(n)) for n in range(10_001)]), 400),
        (body(users(), users(rows=13)), 409),
        (body(days=-1), 409),
        (body(days=4), 409),
    ]
    for sent, status in wrong:
        assert client.put(SIZES, sent, format="json").status_code == status, sent
    half = json.dumps(body(users(name="\ud800")))
    assert client.put(SIZES, half, content_type="application/json").status_code == 400
    assert set(TableSize.objects.values_list("name", flat=True)) == {"users", "orders"}
    assert client.put(SIZES, body(users(name="other"), days=2), format="json").status_code == 200
    assert [each.name for each in TableSize.objects.all()] == ["other"]
    assert Measurement.objects.get().count == 1


def test_a_rewrite_is_weighed_by_what_is_known_now(rewriting, send, api, viewer, owner, project):
    def readiness():
        found = (
            api(viewer)
            .get(f"/api/v1/teams/acme/projects/shop/proposals/{rewriting.number}/readiness/")
            .json()
        )
        (danger,) = found["risk"]
        (needs,) = [each["detail"] for each in found["requirements"] if each["key"] == "approvals"]
        return danger["grave"], danger["large"], danger["size"], needs

    unknown = "no sizes of tables were sent, so it counts as large"
    assert readiness() == (
        True,
        None,
        unknown,
        f"0 of 2, more than 1 because of the risk (rewrite of a table: {unknown})",
    )
    send(rows=12)
    small = "about 12 rows, 16.0 kB, measured 3 days ago"
    assert readiness() == (False, False, small, f"0 of 1, not more as what is rewritten is small ({small})")
    send(rows=2_300_000, size=1288490189)
    assert readiness()[:3] == (True, True, "about 2.3 million rows, 1.2 GB, measured 3 days ago")
    policing.change_policy(owner, project, large_rows=3_000_000, large_megabytes=2000)
    assert readiness()[:2] == (False, False)
    policing.change_policy(owner, project, large_megabytes=1000)
    assert readiness()[:2] == (True, True)
    send(rows=12, days=31)
    assert readiness()[:3] == (
        True,
        None,
        "sizes were measured 31 days ago, more than 30 days, so it counts as large",
    )
    send(rows=None)
    assert readiness()[:2] == (True, None)
    send(name="people")
    assert readiness()[2] == "public.users is not among the sizes measured 3 days ago, so it counts as large"
    send(columns=columns_mark(["id"]))
    assert readiness()[:2] == (True, None)
    send(rows=0)
    policing.change_policy(owner, project, large_rows=0)
    assert readiness()[:2] == (True, True)


def test_a_table_with_another_name_on_the_branch_is_the_one_that_was_measured(
    transactional_db, owner, propose, run_meetings, project, send, api, viewer
):
    """And never the small one that has that name where it was measured."""
    policing.change_policy(owner, project, required_checks=[], risky_approvals=2)
    propose("0002_people", "alter table users rename to people;\n" + REWRITE.replace("users", "people"))
    run_meetings()
    address = "/api/v1/teams/acme/projects/shop/proposals/1/readiness/"
    send(name="people")
    assert [each["large"] for each in api(viewer).get(address).json()["risk"]] == [None]
    send(rows=10**7)
    assert [each["large"] for each in api(viewer).get(address).json()["risk"]] == [True]


def test_a_long_lock_counts_only_where_its_table_is_known_to_be_large(
    transactional_db, owner, propose, run_meetings, project, send, api, viewer
):
    policing.change_policy(owner, project, required_checks=[], risky_approvals=2)
    propose("0002_index", "create index users_email on users (email);\n")
    run_meetings()

    def seen():
        (danger,) = api(viewer).get("/api/v1/teams/acme/projects/shop/proposals/1/readiness/").json()["risk"]
        return danger["kind"], danger["grave"], danger["large"]

    assert seen() == ("long-lock", False, None)
    send(rows=12)
    assert seen() == ("long-lock", False, False)
    send(rows=10**7, days=99)
    assert seen() == ("long-lock", True, True)


def test_what_is_queued_is_weighed_anew_before_it_lands(rewriting, send, maintainer, developer, project):
    send(rows=12)
    approve(maintainer, rewriting)
    queue(developer, rewriting)
    _prove(project)
    send(rows=10**7)
    assert not land(entry_of(rewriting))
    entry = entry_of(rewriting)
    assert (entry.stage, state_of(rewriting)) == (Stage.WITHDRAWN, State.OPEN)
    assert (
        "1 of 2, more than 1 because of the risk (rewrite of a table: about 10.0 million rows" in entry.reason
    )


def _prove(project):
    """Test the first in line, and do not land it."""
    from worker import queueing

    assert queueing._test(line.arrange(project.pk).tests[0])


def test_the_timeline_keeps_what_it_landed_by(rewriting, send, signed_in, maintainer, developer, project):
    send(rows=12)
    approve(maintainer, rewriting)
    queue(developer, rewriting)
    run(project, 2)
    assert state_of(rewriting) == State.MERGED
    send(rows=10**7)
    said = sentence(rewriting.events.get(kind="merged"))
    assert said.endswith("; of what it rewrites was known: about 12 rows, 16.0 kB, measured 3 days ago")
    page = signed_in(maintainer).get(f"/acme/shop/proposals/{rewriting.number}/checks/").content.decode()
    assert "about 12 rows" in page
    assert "million" not in page


def test_sizes_that_arrive_meanwhile_wait_for_who_asks_under_lock(rewriting, together, project, owner):
    """Whoever lands holds the policy, so an answer that was given stays true until they are done."""
    moment = timezone.now() - timedelta(days=1)

    def asks():
        return [requirement.detail for requirement in is_ready(Proposal.objects.get()).unmet]

    for number in range(5):
        sizes = [(("public", "users"), Measured(12 + number, 8192, MARK))]
        answer, made = together(asks, lambda sizes=sizes: replace_sizes(owner, project, moment, sizes))
        assert isinstance(made, Measurement)
        assert len(answer) == 1
    assert Measurement.objects.count() == TableSize.objects.count() == 1
    with pytest.raises(RefusedError, match="Newer sizes are known"):
        replace_sizes(owner, project, moment - timedelta(days=1), sizes)


def test_the_checks_tab_says_so(rewriting, send, signed_in, viewer, django_assert_max_num_queries):
    send(rows=2_300_000, size=1288490189)
    browser = signed_in(viewer)
    with django_assert_max_num_queries(25):
        page = browser.get(f"/acme/shop/proposals/{rewriting.number}/checks/").content.decode()
    assert "about 2.3 million rows, 1.2 GB, measured 3 days ago" in page
    assert '<span class="tag tag-bad">high</span>' in page
    send(rows=12)
    page = browser.get(f"/acme/shop/proposals/{rewriting.number}/checks/").content.decode()
    assert '<span class="tag tag-warn">low</span>' in page


@pytest.mark.django_db
def test_the_settings_page_shows_and_removes_them(
    project, send, signed_in, owner, maintainer, developer, stranger
):
    settings = reverse("project-settings", args=["acme", "shop"])
    remove = reverse("sizes-forget", args=["acme", "shop"])
    browser = signed_in(maintainer)
    page = browser.get(settings).content.decode()
    assert "braid sizes --url" in page
    assert "Remove the sizes" not in page
    send(rows=None, days=40, name="<b>x")
    page = browser.get(settings).content.decode()
    assert "&lt;b&gt;x" in page
    assert "never analysed, 16.0 kB" in page
    assert "more than 30 days old" in page
    assert signed_in(developer).post(remove).status_code == 403
    assert signed_in(stranger).post(remove).status_code == 404
    assert browser.get(remove).status_code == 405
    assert Measurement.objects.exists()
    for _ in range(2):
        assert browser.post(remove).status_code == 302
    assert not Measurement.objects.exists()
    assert "sent the sizes of tables of" in signed_in(owner).get("/acme/-/audit/").content.decode()
