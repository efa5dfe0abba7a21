"""What a branch adds to the drift of its schema file, told from what was there before."""

from sandbox import Sandboxes
from sandbox.judge import Judgement, Outcome, judge
from sandbox.new_drift import KNOWN, NOT_COMPARED
from schemata.findings import Severity
from schemata.history import History, SourceFile, migration_of

USERS = "create table users (id integer not null, name text, constraint users_pkey primary key (id));\n"
AGREES = "model users {\n  id   Int     @id\n  name String?\n}\n"
DRIFTED = AGREES.replace("String?", "String")
MORE = "alter table users add column age integer;\n"
FOLLOWED = "  age  Int?\n}\n"


def history(schema: str, *migrations: str, layout: str = "prisma") -> History:
    made = tuple(migration_of(f"{number}.sql", text) for number, text in enumerate(migrations, 1))
    return History(layout, "", made, (SourceFile("schema.prisma", schema),))


def judged(
    sandboxes: Sandboxes, owner: str, base: History | None, head: History, fork: History | None = None
) -> Judgement:
    found = judge(sandboxes, base, head, fork=fork, owner=owner, deadline_s=60)
    assert found.outcome is Outcome.PASSED
    return found


def drift_in(found: Judgement) -> list[tuple[str, str, int | None]]:
    told = (each for each in found.findings if each.rule.startswith(("drift.", "schema.")))
    return [(each.rule, each.severity.value, each.line) for each in told]


def test_a_file_that_follows_adds_nothing(sandboxes: Sandboxes, owner: str) -> None:
    followed = history(AGREES.replace("}\n", FOLLOWED), USERS, MORE)
    found = judged(sandboxes, owner, history(AGREES, USERS), followed)
    assert (found.drift, drift_in(found)) == (0, [])


def test_a_file_that_was_forgotten_is_warned_of(sandboxes: Sandboxes, owner: str) -> None:
    found = judged(sandboxes, owner, history(AGREES, USERS), history(AGREES, USERS, MORE))
    assert (found.drift, drift_in(found)) == (1, [("drift.only-in-database", Severity.WARNING, 1)])


def test_what_had_drifted_before_is_nobodys_doing(sandboxes: Sandboxes, owner: str) -> None:
    old = history(DRIFTED, USERS)
    found = judged(sandboxes, owner, old, history(DRIFTED.replace("}\n", FOLLOWED), USERS, MORE))
    assert (found.drift, drift_in(found)) == (0, [(KNOWN, Severity.NOTICE, 3)])


def test_what_the_default_branch_has_mended_since_is_not_the_branchs_doing(
    sandboxes: Sandboxes, owner: str
) -> None:
    old, mended = history(DRIFTED, USERS), history(AGREES, USERS)
    followed = history(DRIFTED.replace("}\n", FOLLOWED), USERS, MORE)
    assert judged(sandboxes, owner, mended, followed, fork=old).drift == 0
    assert judged(sandboxes, owner, mended, followed).drift == 1


def test_a_first_push_answers_for_all(sandboxes: Sandboxes, owner: str) -> None:
    found = judged(sandboxes, owner, None, history(DRIFTED, USERS))
    assert (found.drift, drift_in(found)) == (1, [("drift.differs", Severity.WARNING, 3)])


def test_a_file_that_cannot_be_read_is_drift(sandboxes: Sandboxes, owner: str) -> None:
    found = judged(sandboxes, owner, history(AGREES, USERS), history("<<<<<<< HEAD\n" + AGREES, USERS))
    assert found.drift
    assert drift_in(found)[0] == ("schema.unreadable", Severity.WARNING, 1)


def test_a_file_without_models_is_named(sandboxes: Sandboxes, owner: str) -> None:
    bare = history('datasource db {\n  provider = "postgresql"\n}\n', USERS)
    found = judged(sandboxes, owner, None, bare)
    assert (found.drift, drift_in(found)) == (None, [(NOT_COMPARED, Severity.NOTICE, None)])


def test_other_layouts_have_nothing_that_drifts(sandboxes: Sandboxes, owner: str) -> None:
    found = judged(sandboxes, owner, None, history(DRIFTED, USERS, layout="drizzle"))
    assert (found.drift, drift_in(found)) == (0, [])
