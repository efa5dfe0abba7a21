"""What people are shown of a conflict, from databases that were really merged."""

from sandbox import Sandboxes
from sandbox.merging import merge_histories
from sandbox.merging.exhibits import Exhibit, exhibits
from schemata.history import History, migration_of
from schemata.merge.resolutions import Resolution

BASE = (
    "create table users (id int primary key, email text, role text);\n"
    "create view mails as select email from users;\n"
)


def history(*texts: str) -> History:
    named = enumerate((BASE, *texts), start=1)
    return History("prisma", "", tuple(migration_of(f"{number}", text) for number, text in named))


def shown(
    sandboxes: Sandboxes, owner: str, ours: str, theirs: str, choice: Resolution | None = None
) -> tuple[str, Exhibit]:
    """The conflict's id and its exhibit, settled by `choice` where one is given."""
    sides = (history(), history(ours), history(theirs))
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    (conflict,) = result.conflicts
    if choice:
        answers = {conflict.id: choice}
        result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
        assert result.conflicts == ()
    (found,) = exhibits(result)
    assert found.conflict == conflict.id
    return conflict.id, found


def test_three_definitions_and_who_depends_on_it(sandboxes: Sandboxes, owner: str) -> None:
    ours, theirs = (
        "alter table users alter role set default 'a';",
        "alter table users alter role set default 'b';",
    )
    _id, found = shown(sandboxes, owner, ours, theirs + "create index on users (role);")
    assert found.base == "ALTER TABLE public.users ADD COLUMN role text;"
    assert found.ours == """ALTER TABLE public.users ADD COLUMN role text DEFAULT 'a'::text;"""
    assert found.theirs == """ALTER TABLE public.users ADD COLUMN role text DEFAULT 'b'::text;"""
    assert found.merged is None
    assert found.dependents == ("index public.users.users_role_idx",)


def test_what_one_side_renamed_is_found_under_its_new_name(sandboxes: Sandboxes, owner: str) -> None:
    choice = Resolution("value", value="mail_address")
    ours, theirs = "alter table users rename email to mail;", "alter table users rename email to address;"
    _id, found = shown(sandboxes, owner, ours, theirs, choice)
    named = [each.split()[5] for each in (found.base, found.ours, found.theirs, found.merged) if each]
    assert named == ["email", "mail", "address", "mail_address"]
    assert "view public.mails" in found.dependents


def test_both_under_two_names_shows_both(sandboxes: Sandboxes, owner: str) -> None:
    ours, theirs = "create table notes (a int);", "create table notes (b text);"
    _id, found = shown(sandboxes, owner, ours, theirs, Resolution("both", "remarks"))
    assert found.base is None
    assert found.merged is not None
    assert [line for line in found.merged.splitlines() if "CREATE" in line] == [
        "CREATE TABLE public.notes (",
        "CREATE TABLE public.remarks (",
    ]


def test_an_answer_about_what_stood_behind_another_counts(sandboxes: Sandboxes, owner: str) -> None:
    """The name that theirs goes on under is taken as well, which the first answer brings up."""
    ours = "create table notes (a int); create table remarks (a int);"
    sides = (history(), history(ours), history("create table notes (b text);"))
    answers: dict[str, Resolution] = {}
    for name in ("remarks", "hints"):
        result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
        (conflict,) = result.conflicts
        answers[conflict.id] = Resolution("both", name)
    assert len(answers) == 2
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
    assert result.conflicts == ()
    assert [each.conflict.id for each in result.settled] == list(answers)
