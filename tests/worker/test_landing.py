"""The merge commit that would land: its files, its message, and what an empty database makes of it."""

import json
import subprocess

import psycopg
import pytest

from apps.repositories.commits import branch_head, find_commit
from apps.repositories.landing import is_in_branch, move_branch
from apps.repositories.storage import open_repository
from tests.worker.landings import LETTER, advance, branch
from worker.candidates import LandedName, Refused
from worker.landing import _renames, prove

INIT = "create table users (id bigint primary key, email text not null);\n"
PRISMA = """datasource db {{
  provider = "postgresql"
}}

// People.
model users {{
  id    BigInt @id
  email String
{}}}
"""


@pytest.fixture(autouse=True)
def _rows(transactional_db, memory_queue):
    pass


def paths(tree):
    return [file.path for file in tree.files()]


def schema(*lines):
    return PRISMA.format("".join(f"  {line}\n" for line in lines))


def test_a_branch_lands_restamped_with_its_down_file_and_tells_how_to_mend(workspace, build_on):
    advance(workspace, {"migrations/0001_users.up.sql": INIT, "app.py": "a = 1\n\n\nb = 2\n"})
    head = branch(
        workspace,
        "feature",
        {
            "migrations/0002_b.up.sql": "alter table users add column b int;\n",
            "migrations/0002_b.down.sql": "alter table users drop column b;\n",
            "app.py": "a = 1\n\n\nb = 3\n",
        },
    )
    target = advance(
        workspace,
        {"migrations/0002_a.up.sql": "alter table users add column a int;\n", "app.py": "a = 2\n\n\nb = 2\n"},
    )
    candidate, tree = build_on()
    assert paths(tree) == [
        "app.py",
        "migrations/0001_users.up.sql",
        "migrations/0002_a.up.sql",
        "migrations/0003_b.down.sql",
        "migrations/0003_b.up.sql",
    ]
    assert tree.read("app.py") == b"a = 2\n\n\nb = 3\n"
    prove(workspace.project, candidate)
    commit = find_commit(open_repository(workspace.project), candidate.commit)
    assert commit.parents == (target, head)
    assert (commit.author.name, commit.committer.name) == ("Dora", "Braid")
    assert commit.subject == LETTER.subject
    assert "0002_b -> 0003_b" in commit.body
    assert 'psql "${DATABASE_URL:?}" -v ON_ERROR_STOP=1 -f migrations/0002_a.up.sql' in commit.body
    assert "UPDATE schema_migrations SET version = 3" in commit.body
    assert commit.body.endswith("Approved-by: Olga")


def test_the_same_input_gives_the_same_commit(workspace, build_on):
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    branch(workspace, "feature", {"migrations/0002_b.up.sql": "create table b (id int);\n"})
    assert build_on()[0].commit == build_on()[0].commit


def test_prisma_folders_and_schema_land_together(workspace, build_on):
    lock = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
    first = {"prisma/migrations/20240101000000_init/migration.sql": INIT, "prisma/schema.prisma": schema()}
    advance(workspace, lock | first)
    mine = "prisma/migrations/20240201000000_b"
    branch(
        workspace,
        "feature",
        {
            f"{mine}/migration.sql": "alter table users add column b integer;\n",
            f"{mine}/notes.md": "Why.\n",
            "prisma/schema.prisma": schema("b     Int?"),
        },
    )
    advance(
        workspace,
        {
            "prisma/migrations/20240301000000_a/migration.sql": "alter table users add column a integer;\n",
            "prisma/schema.prisma": schema("a     Int?"),
        },
    )
    candidate, tree = build_on()
    prove(workspace.project, candidate)
    assert [path for path in paths(tree) if "_b" in path] == [
        "prisma/migrations/20240301000001_b/migration.sql",
        "prisma/migrations/20240301000001_b/notes.md",
    ]
    text = tree.read("prisma/schema.prisma").decode()
    assert "  a     Int?\n" in text
    assert "  b     Int?\n" in text
    assert [step.text for step in candidate.mending.steps] == [
        "npx prisma migrate resolve --applied 20240301000001_b",
        "DELETE FROM _prisma_migrations WHERE migration_name = '20240201000000_b';",
        "npx prisma migrate deploy",
    ]


def test_drizzle_keeps_its_books(workspace, build_on):
    def files(*tags):
        entries = [
            {"idx": i, "version": "7", "when": when, "tag": tag, "breakpoints": True}
            for i, (tag, when) in enumerate(tags)
        ]
        journal = {"version": "7", "dialect": "postgresql", "entries": entries}
        return {"drizzle/meta/_journal.json": json.dumps(journal, indent=2)}

    init = ("0000_init", 1000)
    advance(workspace, files(init) | {"drizzle/0000_init.sql": INIT})
    mine = {"drizzle/0001_b.sql": "alter table users add column b int;\n"}
    branch(workspace, "feature", files(init, ("0001_b", 2000)) | mine)
    other = {"drizzle/0001_a.sql": "alter table users add column a int;\n"}
    advance(workspace, files(init, ("0001_a", 3000)) | other)
    candidate, tree = build_on()
    prove(workspace.project, candidate)
    journal = json.loads(tree.read("drizzle/meta/_journal.json"))
    assert [(each["idx"], each["tag"]) for each in journal["entries"]] == [
        (0, "0000_init"),
        (1, "0001_a"),
        (2, "0002_b"),
    ]
    assert "drizzle/0001_b.sql" not in paths(tree)
    (by_hand, update) = candidate.mending.steps
    assert "drizzle/0001_a.sql" in by_hand.text
    assert "SET created_at = 3001" in update.text
    assert "created_at = 2000" in update.text


def test_one_name_for_two_migrations_lands_the_later_one_anew(workspace, build_on):
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    branch(workspace, "feature", {"migrations/0002_more.up.sql": "alter table users add column b int;\n"})
    advance(workspace, {"migrations/0002_more.up.sql": "alter table users add column a int;\n"})
    candidate, tree = build_on()
    prove(workspace.project, candidate)
    assert tree.read("migrations/0002_more.up.sql") == b"alter table users add column a int;\n"
    assert tree.read("migrations/0003_more.up.sql") == b"alter table users add column b int;\n"


def test_what_collides_outside_the_schema_is_named(workspace, build_on):
    advance(workspace, {"migrations/0001_users.up.sql": INIT, "app.py": "a = 1\n"})
    branch(
        workspace, "feature", {"migrations/0002_b.up.sql": "create table b (id int);\n", "app.py": "a = 2\n"}
    )
    advance(workspace, {"app.py": "a = 3\n"})
    with pytest.raises(Refused, match=r"changed app\.py; merge the default branch"):
        build_on()


def test_a_name_that_could_pass_for_a_line_of_the_message_is_refused(workspace, build_on):
    lock = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
    advance(workspace, lock | {"prisma/migrations/20240101000000_init/migration.sql": INIT})
    odd = "20240201000000_b\nApproved-by: Olga"
    branch(workspace, "feature", {f"prisma/migrations/{odd}/migration.sql": "create table b (id int);\n"})
    with pytest.raises(Refused, match="can't be shown"):
        build_on()


def test_a_collision_is_refused_until_somebody_chose(workspace, build_on):
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    branch(
        workspace, "feature", {"migrations/0002_b.up.sql": "alter table users alter email type varchar(9);\n"}
    )
    advance(workspace, {"migrations/0002_a.up.sql": "alter table users alter email type varchar(7);\n"})
    with pytest.raises(Refused, match="collides on column") as refused:
        build_on()
    (conflict,) = refused.value.conflicts
    candidate, _tree = build_on(choices={conflict: {"choose": "theirs"}, "gone": {"choose": "ours"}})
    prove(workspace.project, candidate)
    # Run after the branch's, main's own would cut the values down to seven: the SQL stands for both.
    assert [step.text for step in candidate.mending.steps] == [
        "UPDATE schema_migrations SET version = 3, dirty = false;"
    ]


def test_a_branch_that_edits_what_landed_leaves_it_as_it_is(workspace, build_on):
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    branch(
        workspace,
        "feature",
        {
            "migrations/0001_users.up.sql": "-- Better.\n" + INIT,
            "migrations/0002_b.up.sql": "create table b (id int);\n",
        },
    )
    candidate, tree = build_on()
    prove(workspace.project, candidate)
    assert tree.read("migrations/0001_users.up.sql").decode() == INIT


def test_a_branch_moves_only_from_where_it_was(workspace):
    one = advance(workspace, {"migrations/0001_users.up.sql": INIT})
    two = branch(workspace, "feature", {"migrations/0002_b.up.sql": "create table b (id int);\n"})
    repository = open_repository(workspace.project)
    assert not move_branch(workspace.project, "main", two, two)
    assert branch_head(repository, "main") == one
    assert move_branch(workspace.project, "main", one, two)
    assert not move_branch(workspace.project, "main", one, one)
    assert branch_head(repository, "main") == two
    assert is_in_branch(repository, one, "main")
    assert move_branch(workspace.project, "feature", two, "")
    assert branch_head(open_repository(workspace.project), "feature") == ""


def test_the_commands_bring_over_a_database_that_ran_the_branch(workspace, build_on, database_url, postgres):
    """In a shell, as a teammate runs them: afterwards the tool has nothing left to do."""
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    mine = "alter table users add column b int;\n"
    branch(workspace, "feature", {"migrations/0002_b.up.sql": mine})
    advance(workspace, {"migrations/0002_a.up.sql": "alter table users add column a int;\n"})
    candidate, tree = build_on()
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute(INIT + mine + "create table schema_migrations (version bigint, dirty boolean);")
        database.execute("insert into schema_migrations values (2, true)")
        for file in tree.files():
            (workspace.folder / file.path).write_bytes(tree.read(file.path))
        for step in candidate.mending.steps:
            subprocess.run(
                step.shown(),
                shell=True,
                check=True,
                cwd=workspace.folder,
                env={"DATABASE_URL": database_url, "PATH": f"{postgres.installation.bin}:/usr/bin:/bin"},
            )
        columns = database.execute(
            "select attname from pg_attribute where attrelid = 'users'::regclass and attnum > 0 order by 1"
        ).fetchall()
        assert [name for (name,) in columns] == ["a", "b", "email", "id"]
        assert database.execute("select * from schema_migrations").fetchall() == [(3, False)]


@pytest.fixture
def as_teammate(database_url, postgres, workspace):
    """`as_teammate(tree, mending)`: the commands in a shell, in a clone of the tree; the columns that come of it."""

    def run(tree, mending):
        for file in tree.files():
            path = workspace.folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tree.read(file.path))
        for step in mending.steps:
            if not step.text.startswith("npx "):
                subprocess.run(
                    step.shown(),
                    shell=True,
                    check=True,
                    cwd=workspace.folder,
                    env={"DATABASE_URL": database_url, "PATH": f"{postgres.installation.bin}:/usr/bin:/bin"},
                )
        with psycopg.connect(database_url, autocommit=True) as database:
            return database.execute(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute "
                "where attrelid = 'users'::regclass and attnum > 0 and not attisdropped order by 1"
            ).fetchall()

    return run


def test_rewritten_migrations_come_with_sql_that_keeps_rows(workspace, build_on, database_url, as_teammate):
    """Both sides add the column; people chose main's type. What the teammate wrote into theirs stays."""
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    mine = "alter table users add column age smallint;\nalter table users add column name text;\n"
    branch(workspace, "feature", {"migrations/0002_b.up.sql": mine})
    advance(workspace, {"migrations/0002_a.up.sql": "alter table users add column age bigint;\n"})
    with pytest.raises(Refused) as refused:
        build_on()
    candidate, tree = build_on(choices={each: {"choose": "ours"} for each in refused.value.conflicts})
    prove(workspace.project, candidate)
    assert [each.origin for each in candidate.migrations] == ["rewritten"]
    assert candidate.mending.is_proved
    commit = find_commit(open_repository(workspace.project), candidate.commit)
    assert '  psql "${DATABASE_URL:?}" -c \'ALTER TABLE public.users' in commit.body
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute(INIT + mine + "create table schema_migrations (version bigint, dirty boolean);")
        database.execute("insert into schema_migrations values (2, false)")
        database.execute("insert into users values (1, 'o@example.com', 44, 'Olga')")
    assert as_teammate(tree, candidate.mending) == [
        ("age", "bigint"),
        ("email", "text"),
        ("id", "bigint"),
        ("name", "text"),
    ]
    with psycopg.connect(database_url) as database:
        assert database.execute("select age, name from users").fetchall() == [(44, "Olga")]
        assert database.execute("select * from schema_migrations").fetchall() == [(3, False)]


def test_prisma_is_told_which_names_are_run_and_which_are_gone(
    workspace, build_on, database_url, as_teammate
):
    lock = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
    advance(workspace, lock | {"prisma/migrations/20240101000000_init/migration.sql": INIT})
    mine = "alter table users add column age smallint;\n"
    branch(workspace, "feature", {"prisma/migrations/20240201000000_b/migration.sql": mine})
    advance(
        workspace,
        {"prisma/migrations/20240301000000_a/migration.sql": "alter table users add column age bigint;\n"},
    )
    with pytest.raises(Refused) as refused:
        build_on()
    candidate, tree = build_on(choices={each: {"choose": "theirs"} for each in refused.value.conflicts})
    prove(workspace.project, candidate)
    # Main's own can't run after the branch's, so the SQL stands for it, and it is noted as run.
    assert [step.text for step in candidate.mending.steps] == [
        "npx prisma migrate resolve --applied 20240301000001_b",
        "DELETE FROM _prisma_migrations WHERE migration_name = '20240201000000_b';",
        "npx prisma migrate resolve --applied 20240301000000_a",
    ]
    assert candidate.mending.is_proved
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute(INIT + mine + "create table _prisma_migrations (migration_name text);")
    assert ("age", "smallint") in as_teammate(tree, candidate.mending)


def test_what_the_tool_can_run_first_it_runs_and_the_sql_does_the_rest(
    workspace, build_on, database_url, as_teammate
):
    """Main's default comes last in such a database, the branch's was chosen."""
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    mine = "alter table users alter email set default 'b';\n"
    branch(workspace, "feature", {"migrations/0002_b.up.sql": mine})
    main = "alter table users alter email set default 'a';\nupdate users set email = lower(email);\n"
    advance(workspace, {"migrations/0002_a.up.sql": main})
    with pytest.raises(Refused) as refused:
        build_on()
    candidate, tree = build_on(choices={each: {"choose": "theirs"} for each in refused.value.conflicts})
    prove(workspace.project, candidate)
    first, *_, last = candidate.mending.steps
    assert "migrations/0002_a.up.sql" in first.text
    assert "SET DEFAULT 'b'" in last.text
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute(INIT + mine + "create table schema_migrations (version bigint, dirty boolean);")
        database.execute("insert into schema_migrations values (2, false)")
        database.execute("insert into users values (1, 'O@example.com')")
    as_teammate(tree, candidate.mending)
    with psycopg.connect(database_url) as database:
        database.execute("insert into users (id) values (2)")
        assert database.execute("select email from users order by id").fetchall() == [
            ("o@example.com",),
            ("b",),
        ]


@pytest.mark.parametrize(
    ("mine", "main", "choice", "why"),
    [
        (
            "alter table users add column age smallint;\n",
            "alter table users add column age bigint;\ninsert into users values (1, 'a', 4);\n",
            {"choose": "ours"},
            "0002_a changes rows",
        ),
        (
            "alter table users add column age smallint;\n",
            "alter table users add column age bigint;\n",
            {"choose": "both", "name": "age2"},
            "was kept of both sides",
        ),
        (
            "alter table users add column age smallint;\n",
            "alter table users drop column email;\nalter table users add column age bigint;\n",
            {"choose": "ours"},
            "would lose data",
        ),
    ],
    ids=["rows", "both", "dropped"],
)
def test_where_no_way_keeps_data_it_is_said_why(workspace, build_on, mine, main, choice, why):
    advance(workspace, {"migrations/0001_users.up.sql": INIT})
    branch(workspace, "feature", {"migrations/0002_b.up.sql": mine})
    advance(workspace, {"migrations/0002_a.up.sql": main})
    with pytest.raises(Refused) as refused:
        build_on()
    candidate, _tree = build_on(choices=dict.fromkeys(refused.value.conflicts, choice))
    prove(workspace.project, candidate)
    assert why in candidate.mending.anew
    commit = find_commit(open_repository(workspace.project), candidate.commit)
    assert "best made anew" in commit.body


def test_a_migration_that_keeps_its_name_is_said_to_be_rewritten_alone():
    names = [
        LandedName("1", "1", "theirs"),
        LandedName("2", "2", "rewritten"),
        LandedName("4", "3", "restamped"),
    ]
    told = "Migrations that land otherwise than on the branch\n  2 (rewritten)\n  3 -> 4"
    assert (_renames(names), _renames(names[:1])) == (told, "")
