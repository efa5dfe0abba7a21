"""Histories as values: hashes of prefixes, and what changes them."""

import pickle
from dataclasses import replace

from schemata.findings import Finding, Severity
from schemata.history import Batch, History, Transaction, migration_of

ONE, TWO = migration_of("1_a", "SELECT 1;"), migration_of("2_b", "SELECT 2; SELECT 3;")


def test_prefix_hashes_agree_as_far_as_histories_do() -> None:
    short, long = History("prisma", "", (ONE,)), History("prisma", "", (ONE, TWO))
    assert long.prefix_hashes()[:2] == short.prefix_hashes()
    assert len(set(long.prefix_hashes())) == 3
    assert long.hash != short.hash


def test_a_name_does_not_change_the_hash_but_text_rule_and_cuts_do() -> None:
    base = History("prisma", "", (ONE, TWO))
    assert replace(base, migrations=(replace(ONE, name="0_x"), TWO)).hash == base.hash
    changed = (
        migration_of("2_b", "SELECT 2; SELECT 4;"),
        replace(TWO, transaction=Transaction.TRANSACTION),
        replace(TWO, batches=(Batch("SELECT 2;"), Batch(" SELECT 3;", 9, 1, 10))),
    )
    hashes = {replace(base, migrations=(ONE, other)).hash for other in changed}
    assert len(hashes | {base.hash}) == 4


def test_an_error_makes_a_history_unrunnable_and_a_warning_does_not() -> None:
    warned = History("prisma", "", (ONE,), findings=(Finding("x", Severity.WARNING, "m"),))
    assert warned.is_runnable
    assert not replace(warned, findings=(Finding("x", Severity.ERROR, "m"),)).is_runnable


def test_a_text_that_cannot_be_split_is_one_statement() -> None:
    migration = migration_of("1_a", "SELECT 1;\nSELECT 'x")
    assert [each.text for each in migration.statements] == ["SELECT 1;\nSELECT 'x"]
    (error,) = migration.split_errors
    assert (error.line, error.column) == (2, 8)


def test_histories_can_be_sent_to_another_process() -> None:
    history = History("prisma", "", (ONE, TWO))
    assert len(history.migrations[1].statements) == 2
    assert pickle.loads(pickle.dumps(history)) == history
