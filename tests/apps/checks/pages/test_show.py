"""How values are written: durations, ages, names from outside, SQL."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from apps.checks.pages.sql import LONGEST
from apps.checks.templatetags.show import ago, duration, headline, sql, visible
from schemata.findings import Finding, Severity


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, ""),
        (0.04, "0.0 ms"),
        (9.94, "9.9 ms"),
        (10, "10 ms"),
        (412.3, "412 ms"),
        (1240, "1.24 s"),
        (125_000, "2 min 5 s"),
    ],
)
def test_duration(milliseconds: float | None, text: str) -> None:
    assert duration(milliseconds) == text


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=45), "1 month ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_ago(age: timedelta, text: str) -> None:
    assert f">{text}</time>" in ago(timezone.now() - age)


def test_no_moment_is_nothing() -> None:
    assert ago(None) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("feature/x", "feature/x"),
        ("größe", "größe"),
        ("evil\u202egnp", "evil‹U+202E›gnp"),
        ("a\x00b\nc", "a‹U+0000›b‹U+000A›c"),
        ("zero\u200bwidth", "zero‹U+200B›width"),
    ],
)
def test_hidden_characters_are_spelled_out(name: str, shown: str) -> None:
    assert visible(name) == shown


def test_sql_is_coloured_and_escaped() -> None:
    html = sql("select '<script>' -- <b>")
    assert '<span class="k">select</span>' in html
    assert "<script>" not in html
    assert "<b>" not in html


def test_long_sql_is_escaped_without_colours() -> None:
    html = sql("select '<b>';" * LONGEST)
    assert "<" not in html
    assert html.startswith("select")


@pytest.mark.parametrize("text", ["select 1", "select 1\n", "\n\nselect 1\n\n"])
def test_sql_keeps_its_lines(text: str) -> None:
    assert sql(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("prisma/migrations/2_x/migration.sql:11: 2_x fails: no such column", "2_x fails: no such column"),
        ("2 new migrations: 3 added", "2 new migrations: 3 added"),
    ],
)
def test_a_headline_leaves_its_place_out(text: str, shown: str) -> None:
    assert headline(text) == shown


def test_a_findings_hint_keeps_its_lines() -> None:
    hint = 'Write braid.toml:\n[schema]\nroot = "a<b\u202e"'
    finding = Finding(rule="layout.several", severity=Severity.ERROR, message="Two sets.", hint=hint)
    page = render_to_string("checks/findings.html", {"findings": [finding]})
    assert "Write braid.toml:<br>[schema]<br>root = &quot;a&lt;b‹U+202E›&quot;" in page
