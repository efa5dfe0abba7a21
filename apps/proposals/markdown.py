"""Markdown (CommonMark with tables and strikethrough) as HTML that is safe to show.

What people write is never trusted: raw HTML is text, images are not loaded, links are of three
schemes, hidden characters are spelled out, and the result is cleaned once more by nh3.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from apps.checks.pages.names import spell_out_lines
from apps.checks.pages.sql import highlight

# Headings of a text stand below those of the page that it is on.
HEADINGS_DOWN, LOWEST = 2, 6
SQL = ("sql", "postgresql", "pgsql")
TAGS = {
    *("p", "br", "hr", "blockquote", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "span", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "pre": {"class", "tabindex"}, "span": {"class"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


@lru_cache(maxsize=512)
def render(text: str) -> SafeString:
    """The text as HTML, to be put into `<div class="prose">`."""
    html = nh3.clean(
        _parser().render(spell_out_lines(text)),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it


def parse(text: str) -> list[Token]:
    """The text's blocks as markdown-it has them; words stand in the children of `inline` ones."""
    return _parser().parse(text)


class _Renderer(RendererHTML):
    """Code as the site shows code everywhere, with SQL highlighted."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        words = tokens[idx].info.split()
        return _code(tokens[idx].content, is_sql=bool(words) and words[0].lower() in SQL)

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return _code(tokens[idx].content, is_sql=False)


def _code(text: str, *, is_sql: bool) -> str:
    shown = highlight(text) if is_sql else escape(text)
    return f'<pre class="code" tabindex="0"><code>{shown}</code></pre>\n'


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.core.ruler.push("headings_down", _move_headings)
    return parser


def _move_headings(state: Any) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + HEADINGS_DOWN, LOWEST)}"
