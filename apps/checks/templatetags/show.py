"""How values are written on a page: durations, ages, commits, SQL, names that came from outside."""

import re
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.checks.pages.names import spell_out, spell_out_lines
from apps.checks.pages.sql import highlight

register = template.Library()
MINUTE, HOUR, DAY = 60, 3600, 86400
PLACE = re.compile(r"^\S+:\d+: ")
AGES = ((DAY * 365, "year"), (DAY * 30, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))


@register.filter
def duration(milliseconds: float | None) -> str:
    """`0.4 ms`, `18 ms`, `1.24 s`, `2 min 5 s`; empty for what did not run."""
    if milliseconds is None:
        return ""
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.2f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes} min {seconds} s"


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """`3 hours ago` as a <time> that carries the exact moment."""
    if moment is None:
        return ""
    exact = moment.astimezone(timezone.get_current_timezone())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        exact.isoformat(timespec="seconds"),
        exact.strftime("%Y-%m-%d %H:%M:%S %Z"),
        _age((timezone.now() - moment).total_seconds()),
    )


def _age(seconds: float) -> str:
    for size, word in AGES:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return "just now"


@register.filter
def short(commit: str) -> str:
    """The first ten digits of a commit's id, as git prints it."""
    return commit[:10]


@register.filter
def visible(name: str) -> str:
    """A name with its hidden characters spelled out, so that it can't pose as another."""
    return spell_out(name)


@register.filter
def headline(text: str) -> str:
    """A verdict's headline without the file and line it may begin with; the page shows that place itself."""
    return spell_out(PLACE.sub("", text))


@register.filter
def visible_lines(text: str) -> str:
    """The same for a text of several lines."""
    return spell_out_lines(text)


@register.filter
def sql(text: str) -> SafeString:
    """SQL with Pygments' classes."""
    return highlight(spell_out_lines(text))
