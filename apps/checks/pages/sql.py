"""SQL as HTML: highlighted by Pygments on the server, with classes that components.css colours."""

from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight as pygmentize
from pygments.formatters import HtmlFormatter
from pygments.lexers.sql import PostgresLexer

LONGEST = 20_000
_lexer = PostgresLexer(stripnl=False, ensurenl=False)
_formatter = HtmlFormatter(nowrap=True)


@lru_cache(maxsize=1024)
def highlight(text: str) -> SafeString:
    """The text as escaped HTML; beyond LONGEST characters without colours, which cost about a second a megabyte."""
    if len(text) > LONGEST:
        return mark_safe(escape(text))  # noqa: S308 - escaped
    html = pygmentize(text, _lexer, _formatter)
    # The formatter ends every line, the last one too.
    return mark_safe(html if text.endswith("\n") else html.removesuffix("\n"))  # noqa: S308 - it escapes
