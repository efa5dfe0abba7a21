"""How what people wrote is shown: Markdown, and the thread of one object."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from apps.proposals.markdown import render
from apps.proposals.pages.threads import ThreadView

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """As HTML, to be put into `<div class="prose">`."""
    return render(text)


@register.filter
def threads_at(threads: Mapping[str, tuple[ThreadView, ...]], address: str) -> tuple[ThreadView, ...]:
    """What was said about the object at `address`."""
    return threads.get(address, ())


@register.filter
def goes_on_about(threads: tuple[ThreadView, ...], address: str) -> bool:
    """Whether there is a thread about the very object that is not resolved: there people answer."""
    return any(each.first.address == address and not each.first.is_resolved for each in threads)
