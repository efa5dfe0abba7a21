"""The laws of merging on drawn catalogs; `laws` runs many more of them."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schemata.merge.laws import draw, hold


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_laws_hold(random: Random) -> None:
    hold(draw(random))


def test_drawn_sides_collide_often_enough_to_say_something() -> None:
    outcomes = [bool(hold(draw(Random(seed))).conflicts) for seed in range(300)]
    assert 10 < sum(outcomes) < 150
