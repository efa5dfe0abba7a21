"""What braid.toml and the settings ask for, and both together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.proposals.models import Policy
from apps.proposals.policy import NOBODY, UNASKED, Check, Rules, rules_in, rules_of
from apps.teams.models import Role
from schemata.layouts import MemoryTree
from schemata.sizes import Threshold


def tree(text):
    return MemoryTree({"braid.toml": text.encode()})


def test_a_repository_without_the_file_asks_for_nothing():
    assert rules_in(MemoryTree({})) == UNASKED
    assert rules_in(tree('[schema]\nlayout = "prisma"\n')) == UNASKED


def test_every_key_is_read():
    rules = rules_in(
        tree(
            "[policy]\napprovals = 2\nself_approval = false\nrisky_approvals = 3\nlarge_rows = 0\n"
            'required_checks = ["order", "replay"]\nbypass = "nobody"\nowners = """\ntable x -> @a\n"""\n'
        )
    )
    assert (rules.approvals, rules.self_approval, rules.bypass) == (2, False, NOBODY)
    assert (rules.large.rows, rules.large.bytes) == (0, UNASKED.large.bytes)
    assert (rules.needed(risky=False), rules.needed(risky=True)) == (2, 3)
    assert set(rules.required_checks) == {Check.ORDER, Check.REPLAY}
    assert [str(line) for each in rules.owners for line in each.owners.lines] == ["table x"]
    assert rules.problems == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[policy]\napproval = 1\n", "braid.toml: [policy] has the unknown key approval"),
        ("[policy]\napprovals = true\n", "braid.toml: [policy] has approvals = True"),
        ("[policy]\napprovals = -1\n", "braid.toml: [policy] has approvals = -1"),
        (
            "[policy]\nlarge_rows = -1\n",
            "braid.toml: [policy] has large_rows = -1, which must be a whole number",
        ),
        ('[policy]\nlarge_megabytes = "1 GB"\n', "braid.toml: [policy] has large_megabytes = '1 GB'"),
        ('[policy]\nrequired_checks = ["lint"]\n', "braid.toml: [policy] has required_checks = ['lint']"),
        ('[policy]\nowners = "table x"\n', "braid.toml: owners, line 1: expected"),
        ("[policy\n", "braid.toml:1: braid.toml is not valid TOML"),
        ("policy = 1\n", "braid.toml:1: braid.toml has a value policy"),
    ],
)
def test_what_is_wrong_is_a_problem(text, problem):
    (found,) = rules_in(tree(text)).problems
    assert found.startswith(problem)


def test_the_settings_say_what_they_cannot_read():
    rules = rules_of(Policy(owners="table x", required_checks=["replay", "horoscope"]))
    assert len(rules.problems) == 2
    assert "horoscope" in rules.problems[1]


RULES = st.builds(
    Rules,
    approvals=st.integers(0, 20),
    self_approval=st.booleans(),
    risky_approvals=st.integers(0, 20),
    large=st.builds(Threshold, st.integers(0, UNASKED.large.rows), st.integers(0, UNASKED.large.bytes)),
    required_checks=st.sets(st.sampled_from(Check)).map(
        lambda chosen: tuple(c for c in Check if c in chosen)
    ),
    bypass=st.sampled_from([0, *Role.values, NOBODY]),
)


@given(RULES, RULES)
def test_together_they_never_ask_for_less(first, second):
    both = first.and_also(second)
    for one in (first, second):
        assert both.needed(risky=False) >= one.needed(risky=False)
        assert both.needed(risky=True) >= one.needed(risky=True)
        assert both.large.rows <= one.large.rows
        assert both.large.bytes <= one.large.bytes
        assert both.self_approval <= one.self_approval
        assert set(both.required_checks) >= set(one.required_checks)
        assert both.bypass >= one.bypass
    assert both == second.and_also(first)
    assert first.and_also(UNASKED) == first
