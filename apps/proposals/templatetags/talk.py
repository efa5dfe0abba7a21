"""How what people wrote is shown: Markdown, and the thread of one object."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from apps.proposals.markdown import render
from apps.proposals.pages.threads import CommentView

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """As HTML, to be put into `<div class="prose">`."""
    return render(text)


@register.filter
def thread_of(threads: Mapping[str, tuple[CommentView, ...]], address: str) -> tuple[CommentView, ...]:
    """What was said about the object at `address`."""
    return threads.get(address, ())
