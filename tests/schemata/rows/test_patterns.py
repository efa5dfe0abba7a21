"""Texts written for patterns are accepted by the patterns, Postgres being the judge."""

import psycopg
import pytest

from schemata.rows.patterns import like, matching

PATTERNS = [
    "^[a-z]+$",
    "^[A-Z][a-z0-9_]{2,5}$",
    r"^\d{4}-\d{2}-\d{2}$",
    "^(draft|published|archived)$",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^\+?[1-9]\d{1,14}$",
    "^#[0-9a-fA-F]{6}$",
    "^https?://.+",
    "^[[:alpha:]][[:alnum:]_]*$",
    r"^(?:25[0-5]|2[0-4]\d)(?:\.\d+){3}$",
    "^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "é$",
    "^.{3}$",
    r"^\S+$",
    "x",
    "^$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_written_texts_match(postgres_answers, pattern: str) -> None:
    written = [matching(pattern, number) for number in range(0, 500, 7)]
    for text in written:
        assert postgres_answers("select %s ~ %s", text, pattern), text


@pytest.mark.parametrize("pattern", ["a%", "%z", "_b_", r"50\%", "a%b_c%"])
def test_texts_for_like(postgres_answers, pattern: str) -> None:
    assert postgres_answers("select %s like %s", like(pattern, 20_031), pattern)


def test_texts_differ_where_they_may() -> None:
    assert len({matching("^[A-Z]{2}-[0-9]{3}$", number) for number in range(3)}) == 3


@pytest.mark.parametrize("pattern", ["(", "(a{200}){200}", "[z-a]", r"\u{"])
def test_what_can_not_be_written(pattern: str) -> None:
    assert matching(pattern, 1) is None


@pytest.fixture
def postgres_answers(postgres):
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        yield lambda query, *given: connection.execute(query, given).fetchone()[0]
