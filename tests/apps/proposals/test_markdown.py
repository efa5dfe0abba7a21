"""What people write becomes HTML that can do nothing."""

import pytest

from apps.proposals.markdown import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", "<h3>Title</h3>\n"),
        ("###### Low", "<h6>Low</h6>\n"),
        ("~~no~~ *a* **b** `c`", "<p><s>no</s> <em>a</em> <strong>b</strong> <code>c</code></p>\n"),
        ("<b onclick=x>b</b>", "<p>&lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("[a](ftp://x.y)", '<p><a rel="nofollow noopener noreferrer">a</a></p>\n'),
        (
            "<https://x.y/?a=1&b>",
            '<p><a href="https://x.y/?a=1&amp;b" rel="nofollow noopener noreferrer">https://x.y/?a=1&amp;b</a></p>\n',
        ),
        (
            "![i](http://x/y.png)",
            '<p>!<a href="http://x/y.png" rel="nofollow noopener noreferrer">i</a></p>\n',
        ),
        ("a\u202eb", "<p>a‹U+202E›b</p>\n"),
        (
            "```\n<script>\n```",
            '<pre class="code" tabindex="0"><code>&lt;script&gt;\n</code></pre>\n',
        ),
    ],
)
def test_render(text, html):
    assert render(text) == html


def test_sql_is_highlighted_and_tables_are_tables():
    assert '<span class="k">select</span>' in render("```sql\nselect 1;\n```")
    assert "<td>1</td>" in render("| a |\n|---|\n| 1 |")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["[", "![[", "*a ", "`a`` ", "> ", "- ", "<a ", "|a"])
def test_a_text_made_to_be_slow_is_rendered(unit):
    assert render((unit * 30_000)[:30_000]) is not None
