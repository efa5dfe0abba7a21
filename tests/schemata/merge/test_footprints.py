"""Two sides that collide, rewrite each other or depend on their order have footprints that meet."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemata.merge import merge
from schemata.merge.proof import deviations
from tests.schemata.merge.footprints import met, walked
from tests.schemata.merge.laws import apply, do_commute, draw


def told(random: Random) -> tuple[bool, bool]:
    """Whether two drawn sides have anything to say to each other, and whether their footprints meet."""
    meeting = draw(random)
    worlds = (meeting.base, meeting.ours.world, meeting.theirs.world)
    merged = merge(*(world.catalog() for world in worlds))
    orders = [
        apply(meeting.ours.world, meeting.theirs.steps),
        apply(meeting.theirs.world, meeting.ours.steps),
    ]
    is_plain = not merged.conflicts and not merged.soft and do_commute(orders, merged)
    is_plain = is_plain and orders[0] is not None and not deviations(merged, orders[0])
    return not is_plain, met(walked(meeting.base, meeting.ours), walked(meeting.base, meeting.theirs))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_what_does_not_meet_has_nothing_to_say_to_each_other(random: Random) -> None:
    says, meets = told(random)
    assert meets or not says


def test_drawn_sides_meet_sometimes_and_sometimes_not() -> None:
    outcomes = [told(Random(seed)) for seed in range(200)]
    assert sum(says for says, _ in outcomes) > 20
    assert sum(not meets for _, meets in outcomes) > 20
