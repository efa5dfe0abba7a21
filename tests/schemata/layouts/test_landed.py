"""What a branch did to migrations that had landed."""

from dataclasses import replace

from schemata.findings import Finding, Severity
from schemata.history import History, migration_of
from schemata.layouts import compare_landed, presumed_fork


def history(*migrations: tuple[str, str], layout: str = "prisma") -> History:
    return History(layout, "migrations", tuple(migration_of(name, text) for name, text in migrations))


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str, int | None]]:
    return [(finding.rule, finding.severity.value, finding.line) for finding in findings]


LANDED = history(("1_a", "CREATE TABLE a ();\n"), ("2_b", "CREATE TABLE b ();\n"), ("3_c", "SELECT 3;\n"))


def test_more_migrations_at_the_end_are_no_finding() -> None:
    head = replace(LANDED, migrations=(*LANDED.migrations, migration_of("4_d", "SELECT 4;")))
    assert compare_landed(LANDED, head) == ()
    assert compare_landed(LANDED, LANDED) == ()


def test_an_edit_blocks_and_names_its_line() -> None:
    head = history(
        ("1_a", "CREATE TABLE a ();\n"), ("2_b", "CREATE TABLE b ();\nSELECT 1;\n"), ("3_c", "SELECT 3;\n")
    )
    assert said(compare_landed(LANDED, head)) == [("landed.edited", "error", 2)]


def test_an_edit_of_comments_and_blanks_only_warns() -> None:
    head = history(("1_a", "-- why\nCREATE  TABLE a ();\n"), *_rest())
    assert said(compare_landed(LANDED, head)) == [("landed.edited", "warning", 1)]


def test_line_ends_are_no_edit() -> None:
    head = history(("1_a", "CREATE TABLE a ();\r\n"), *_rest())
    assert compare_landed(LANDED, head) == ()


def test_a_blank_inside_a_string_is_an_edit() -> None:
    before = history(("1_a", "SELECT 'a b';"))
    after = history(("1_a", "SELECT 'a  b';"))
    assert said(compare_landed(before, after)) == [("landed.edited", "error", 1)]


def test_a_renamed_migration_is_not_removed_and_added() -> None:
    head = history(("1_a", "CREATE TABLE a ();\n"), ("2_bee", "CREATE TABLE b ();\n"), ("3_c", "SELECT 3;\n"))
    rules = [finding.rule for finding in compare_landed(LANDED, head)]
    assert rules == ["landed.renamed"]


def test_a_removed_migration() -> None:
    head = history(*_rest())
    (finding,) = compare_landed(LANDED, head)
    assert (finding.rule, finding.severity) == ("landed.removed", Severity.ERROR)
    assert "1_a" in finding.message


def test_a_new_migration_before_a_landed_one() -> None:
    head = history(("1_a", "CREATE TABLE a ();\n"), ("15_new", "SELECT 15;"), *_rest())
    (finding,) = compare_landed(LANDED, head)
    assert (finding.rule, finding.severity) == ("landed.out-of-order", Severity.WARNING)
    assert "15_new" in finding.message
    assert "2_b" in finding.message


def test_a_branch_that_is_behind_is_not_blamed_for_what_it_lacks() -> None:
    fork = replace(LANDED, migrations=LANDED.migrations[:1])
    assert compare_landed(LANDED, fork, fork) == ()
    head = replace(LANDED, migrations=(*fork.migrations, migration_of("9_new", "SELECT 9;")))
    assert compare_landed(LANDED, head, fork) == ()


def test_a_number_below_one_that_landed_meanwhile() -> None:
    fork = replace(LANDED, migrations=LANDED.migrations[:1])
    head = replace(LANDED, migrations=(*fork.migrations, migration_of("2_a_new", "SELECT 2;")))
    (finding,) = compare_landed(LANDED, head, fork)
    assert finding.rule == "landed.out-of-order"
    assert "3_c" in finding.message


def test_an_edit_on_the_default_branch_is_not_the_branchs() -> None:
    landed = history(("1_a", "CREATE TABLE a (id int);\n"), *_rest())
    assert compare_landed(landed, LANDED, LANDED) == ()


def test_without_commits_newer_migrations_of_the_base_are_not_taken_for_removed() -> None:
    head = replace(LANDED, migrations=(LANDED.migrations[0], migration_of("9_new", "SELECT 9;")))
    fork = presumed_fork(LANDED, head)
    assert [migration.name for migration in fork.migrations] == ["1_a"]
    assert compare_landed(LANDED, head, fork) == ()


def test_without_commits_a_gap_is_still_a_removal() -> None:
    head = history(("1_a", "CREATE TABLE a ();\n"), ("3_c", "SELECT 3;\n"))
    rules = [finding.rule for finding in compare_landed(LANDED, head, presumed_fork(LANDED, head))]
    assert rules == ["landed.removed"]


def test_empty_migrations_are_not_renames_of_each_other() -> None:
    rules = [finding.rule for finding in compare_landed(history(("1_a", "")), history(("2_b", "")))]
    assert rules == ["landed.removed"]


def _rest() -> tuple[tuple[str, str], ...]:
    return (("2_b", "CREATE TABLE b ();\n"), ("3_c", "SELECT 3;\n"))
