"""What a verdict says of a branch, by histories alone."""

from collections.abc import Callable

from sandbox import Sandboxes
from sandbox.judge import judge
from schemata.history import History

HistoryOf = Callable[..., History]
MOOD = "create type mood as enum ('good', 'bad'); create table notes (mood mood);"
ANEW = """\
create type mood_new as enum ('good', 'bad', 'so');
alter table notes alter mood type mood_new using (mood::text::mood_new);
drop type mood; alter type mood_new rename to mood;
"""


def test_a_branch_that_landed_in_other_words_does_nothing_to_the_default_branch(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    """It made an enum anew; what landed added the value, and another branch renamed one since."""
    branch = history_of(MOOD, ANEW)
    landed = history_of(
        MOOD, "alter type mood add value 'so';", "alter type mood rename value 'bad' to 'sad';"
    )
    judged = judge(sandboxes, landed, branch, fork=branch, owner=owner, deadline_s=60)
    assert judged.changes
    assert all(change.behind for change in judged.changes)
    assert "sad" not in judged.headline
