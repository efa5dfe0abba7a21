"""Choices about conflicts: versions, what a push leaves of them, and two people at once."""

import pytest
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.jobs import claims
from apps.merges.models import Outcome
from apps.proposals.access import meeting_of
from apps.proposals.actions import lifecycle, previewing
from apps.proposals.actions.resolving import ChosenMeanwhileError, choose, take_back
from apps.proposals.models import Event, Resolution, Trial
from apps.proposals.resolutions import conflicts_of
from tests.apps.proposals.conftest import advance
from tests.rounds import rounds
from worker.previewing import make_preview

THEIRS = {"choose": "theirs"}
ROUNDS = rounds(20)


def only(proposal):
    (found,) = conflicts_of(proposal).conflicts
    return found


def test_a_choice_settles_the_conflict_and_stays_to_be_seen(collide, run_meetings, maintainer):
    proposal = collide()
    found = only(proposal)
    assert (found.about["name"], found.is_open, found.chosen) == (
        "column public.users.email (type)",
        True,
        None,
    )
    assert (
        found.exhibit["theirs"]
        == "ALTER TABLE public.users ADD COLUMN email character varying(200) NOT NULL;"
    )
    choose(maintainer, proposal, found.id, THEIRS, seen=0, note="Long ones exist.")
    assert only(proposal).is_waiting
    run_meetings()
    settled = only(proposal)
    assert (settled.is_open, settled.chosen.choice, settled.version) == (False, THEIRS, 1)
    assert settled.about["where"] == found.about["where"]
    assert settled.exhibit["merged"] == settled.exhibit["theirs"]
    assert meeting_of(proposal).result.outcome in (Outcome.CLEAN, Outcome.REWRITTEN)
    line = Event.objects.get(proposal=proposal, kind="resolved")
    assert (line.actor, line.data["choice"]) == (maintainer, "theirs")


def test_every_choice_is_a_version_and_can_be_taken_back(collide, run_meetings, maintainer, developer):
    proposal = collide()
    key = only(proposal).id
    choose(maintainer, proposal, key, THEIRS, seen=0)
    choose(developer, proposal, key, {"choose": "value", "value": "character varying(150)"}, seen=1)
    assert (
        choose(
            developer, proposal, key, {"choose": "value", "value": "character varying(150)"}, seen=2
        ).version
        == 2
    )
    run_meetings()
    assert "character varying(150)" in only(proposal).exhibit["merged"]
    take_back(developer, proposal, key, seen=2)
    run_meetings()
    assert (only(proposal).is_open, only(proposal).version) == (True, 3)
    assert list(Resolution.objects.order_by("version").values_list("is_current", flat=True)) == [
        False,
        False,
        True,
    ]
    with pytest.raises(RefusedError, match="Nothing is chosen"):
        take_back(developer, proposal, key, seen=3)


NOT_OFFERED = (
    ({"choose": "both", "name": "x"}, "both can't be chosen here, only ours, theirs, value, sql"),
    ({}, "Nothing can't be chosen"),
    ({"choose": "sql", "sql": " "}, "Write the statement"),
    ({"choose": "value", "value": 7}, 'The value must be like "character varying'),
    ({"choose": "value"}, "The value must be like"),
    ({"choose": "value", "value": "3 letters"}, "3 letters is no type that Postgres could read"),
)


def test_what_is_not_offered_is_refused(collide, maintainer):
    proposal = collide()
    key = only(proposal).id
    for choice, message in NOT_OFFERED:
        with pytest.raises(RefusedError, match=message):
            choose(maintainer, proposal, key, choice, seen=0)
    with pytest.raises(RefusedError, match="no such conflict"):
        choose(maintainer, proposal, "0" * 16, THEIRS, seen=0)
    lifecycle.close(maintainer, proposal)
    with pytest.raises(RefusedError, match="is closed"):
        choose(maintainer, proposal, key, THEIRS, seen=0)
    assert not Resolution.objects.exists()


@pytest.mark.timeout(7200)
def test_two_people_at_once_never_lose_a_choice(collide, together, maintainer, developer):
    """Whoever comes second is told what the other chose, and nothing of theirs is written."""
    proposal = collide()
    key = only(proposal).id

    def save(person, seen):
        answer = {"choose": "sql", "sql": f"select '{person} {seen}';"}
        return lambda: choose(person, proposal, key, answer, seen=seen)

    for seen in range(ROUNDS):
        results = together(save(maintainer, seen), save(developer, seen))
        (saved,) = [each for each in results if isinstance(each, Resolution)]
        (late,) = [each for each in results if isinstance(each, ChosenMeanwhileError)]
        assert saved.version == seen + 1
        assert late.current == saved
        assert f"{saved.author} has chosen SQL of their own" in str(late)
        assert meeting_of(proposal).choices == {key: saved.choice}
    assert Resolution.objects.count() == ROUNDS


def test_two_conflicts_chosen_at_once_are_both_kept(collide, together, run_meetings, maintainer, developer):
    proposal = collide(
        "alter table users alter email type varchar(100), alter email set default 'a';\n",
        "alter table users alter email type varchar(200), alter email set default 'b';\n",
    )
    first, second = (each.id for each in conflicts_of(proposal).conflicts)
    together(
        lambda: choose(maintainer, proposal, first, THEIRS, seen=0),
        lambda: choose(developer, proposal, second, {"choose": "ours"}, seen=0),
    )
    run_meetings()
    assert conflicts_of(proposal).is_settled
    assert set(meeting_of(proposal).choices) == {first, second}


def test_a_choice_is_kept_while_its_sides_are_the_same_and_offered_once_they_are_not(
    collide, shop, run_meetings, maintainer
):
    proposal = collide()
    key = only(proposal).id
    choose(maintainer, proposal, key, THEIRS, seen=0)
    shop.git("switch", "--quiet", "0003_theirs")
    shop.commit({"migrations/0004_more.up.sql": "create table more (id int);\n"})
    shop.push("0003_theirs")
    run_meetings()
    assert (only(proposal).id, only(proposal).is_open) == (key, False)
    shop.commit({"migrations/0003_theirs.up.sql": "alter table users alter email type varchar(300);\n"})
    shop.push("0003_theirs")
    run_meetings()
    changed = only(proposal)
    assert (changed.id != key, changed.is_open, changed.chosen) == (True, True, None)
    assert changed.offered.choice == THEIRS
    assert changed.offered.about["theirs"] == "character varying(200)"


def test_an_answer_to_nothing_any_more_is_shown_as_that(collide, shop, run_meetings, maintainer):
    proposal = collide()
    choose(maintainer, proposal, only(proposal).id, THEIRS, seen=0)
    shop.git("switch", "--quiet", "0003_theirs")
    shop.commit({"migrations/0003_theirs.up.sql": "create table other (id int);\n"})
    shop.push("0003_theirs")
    run_meetings()
    standing = conflicts_of(proposal)
    assert standing.conflicts == ()
    assert [row.choice for row in standing.stale] == [THEIRS]
    assert meeting_of(proposal).result.outcome == Outcome.CLEAN


def test_a_preview_shows_what_saving_will_give_and_runs_nothing_twice(collide, run_meetings, maintainer):
    proposal = collide()
    key = only(proposal).id
    asked = previewing.ask_preview(proposal, key, THEIRS)
    assert previewing.ask_preview(proposal, key, THEIRS) == asked
    make_preview(asked.pk)
    make_preview(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.merge.outcome) == (Trial.DONE, Outcome.CLEAN)
    assert only(proposal).is_open
    choose(maintainer, proposal, key, THEIRS, seen=0)
    run_meetings()
    assert meeting_of(proposal).resolved == asked.merge


def test_a_preview_whose_worker_dies_is_made_by_another_and_given_up_in_the_end(collide):
    proposal = collide()
    asked = previewing.ask_preview(proposal, only(proposal).id, THEIRS)
    later = timezone.now() + previewing.PATIENCE * 2
    for attempt in range(1, claims.MAX_ATTEMPTS + 1):
        claimed = previewing.claim(asked.pk, f"worker {attempt}")
        assert claimed.attempts == attempt
        assert previewing.claim(asked.pk, "another") is None
        assert previewing.sweep(later) == (attempt < claims.MAX_ATTEMPTS)
        previewing.fail(claimed, "said by a worker that lost it")
    asked.refresh_from_db()
    assert (asked.state, asked.error) == (
        Trial.FAILED,
        "It was started 3 times and the worker died each time.",
    )
    again = previewing.ask_preview(proposal, only(proposal).id, THEIRS)
    assert (again.pk, again.state, again.attempts) == (asked.pk, Trial.WAITING, 0)


def test_a_conflict_that_comes_back_with_the_target(collide, shop, run_meetings, maintainer):
    """The default branch moves: the choice holds while the conflict is the same one."""
    proposal = collide()
    choose(maintainer, proposal, only(proposal).id, THEIRS, seen=0)
    advance(shop, "create table elsewhere (id int);\n", "0005_elsewhere")
    run_meetings()
    assert not only(proposal).is_open
    assert only(proposal).chosen.choice == THEIRS
