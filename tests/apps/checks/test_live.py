"""Following a verdict: one listener for everybody, the newest step for each, and an end."""

import asyncio

import pytest
from django.db import connection

from apps.checks import live
from apps.checks.actions import claim, give_up, heartbeat, request_verdict
from apps.checks.models import Verdict

LISTENERS = """
select count(*) from pg_stat_activity where datname = current_database() and query = 'listen braid_verdict'
"""


@pytest.fixture
def verdict(transactional_db, make_branch):
    branch = make_branch("main")
    return request_verdict(branch, branch.head, enqueue=False)


def aside(function, *arguments):
    """Run blocking code beside the event loop, as a worker would, with a connection of its own."""

    def run():
        try:
            return function(*arguments)
        finally:
            connection.close()

    return asyncio.get_running_loop().run_in_executor(None, run)


def count_listeners():
    with connection.cursor() as cursor:
        cursor.execute(LISTENERS)
        return cursor.fetchone()[0]


async def collect(verdict_id):
    return [step async for step in live.watch().follow(verdict_id)]


async def work(verdict):
    """What a worker does, slowly enough to be watched."""
    await asyncio.sleep(0.5)
    claimed = await aside(claim, verdict.pk, "one")
    await aside(heartbeat, claimed, {"done": 3, "total": 12, "migration": "0004_orders"})
    await asyncio.sleep(0.5)
    listeners = await aside(count_listeners)
    await aside(give_up, claimed, "the disk is full")
    return listeners


def test_everybody_hears_of_each_step_through_one_listener(verdict):
    async def follow():
        followers = [asyncio.create_task(collect(verdict.pk)) for _ in range(200)]
        listeners = await work(verdict)
        return listeners, await asyncio.wait_for(asyncio.gather(*followers), 30)

    listeners, heard = asyncio.run(follow())
    assert listeners == 1
    assert len(heard) == 200
    for steps in heard:
        assert [step.is_finished for step in steps] == [False] * (len(steps) - 1) + [True]
        assert "0004_orders" in steps[-2].html


def test_a_lost_notification_costs_a_moment_only(verdict, monkeypatch):
    monkeypatch.setattr(live, "REREAD_S", 0.3)

    async def follow():
        follower = asyncio.create_task(collect(verdict.pk))
        await asyncio.sleep(0.5)
        await aside(lambda: Verdict.objects.filter(pk=verdict.pk).update(state="error"))
        return await asyncio.wait_for(follower, 30)

    assert asyncio.run(follow())[-1].is_finished


def test_a_verdict_that_is_deleted_ends(verdict, monkeypatch):
    monkeypatch.setattr(live, "REREAD_S", 0.3)

    async def follow():
        follower = asyncio.create_task(collect(verdict.pk))
        await asyncio.sleep(0.5)
        await aside(verdict.delete)
        return await asyncio.wait_for(follower, 30)

    assert asyncio.run(follow())[-1].is_finished


def test_the_last_follower_takes_the_listener_along(verdict):
    async def leave():
        steps = live.watch().follow(verdict.pk)
        await anext(steps)
        await steps.aclose()
        await asyncio.sleep(1)
        return await aside(count_listeners)

    assert asyncio.run(leave()) == 0


def test_one_follower_too_many_is_refused(verdict, monkeypatch):
    monkeypatch.setattr(live, "MAX_FOLLOWERS", 1)

    async def crowd():
        first = live.watch().follow(verdict.pk)
        await anext(first)
        with pytest.raises(live.TooManyFollowersError):
            await anext(live.watch().follow(verdict.pk))
        await first.aclose()

    asyncio.run(crowd())
