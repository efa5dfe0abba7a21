"""Putting steps in order: each after those that it needs, otherwise as they come."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def in_order(
    nodes: Iterable[Node], needs: Mapping[Node, Iterable[Node]], may_wait: Callable[[Node], bool]
) -> list[Node]:
    """`nodes` so that each stands after what it needs of them.

    A cycle is cut at a node that `may_wait` accepts nothing of (it is put off to the
    end), or else where it is met.
    """
    waiting = list(nodes)
    inside = set(waiting)
    late = [node for node in waiting if may_wait(node)]
    done: dict[Node, None] = {}
    for node in (*(each for each in waiting if each not in set(late)), *late):
        _visit(node, needs, inside, done)
    return list(done)


def _visit(
    start: Node, needs: Mapping[Node, Iterable[Node]], inside: set[Node], done: dict[Node, None]
) -> None:
    """Depth first without recursion: chains of views can be thousands long."""
    stack: list[tuple[Node, bool]] = [(start, False)]
    open_: set[Node] = set()
    while stack:
        node, left = stack.pop()
        if left:
            done[node] = None
            open_.discard(node)
        elif node not in done and node not in open_:
            open_.add(node)
            stack.append((node, True))
            wanted = [each for each in needs.get(node, ()) if each in inside and each not in done]
            stack += [(each, False) for each in sorted(wanted, reverse=True, key=str)]
