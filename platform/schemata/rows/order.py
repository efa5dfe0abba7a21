"""Which tables need rows, and in which order, so that foreign keys hold."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from schemata.catalog import Address, Kind
from schemata.rows.tables import Tables


def closure(tables: Tables, wanted: Iterable[Address]) -> tuple[Address, ...]:
    """The tables to put rows into, leaves for partitioned ones, with all that they refer to."""
    found: dict[Address, None] = {}
    waiting = sorted({leaf for at in wanted for leaf in tables.leaves(at)})
    while waiting:
        at = waiting.pop()
        if at in found:
            continue
        found[at] = None
        waiting += [
            leaf for target in targets(tables, at) for leaf in tables.leaves(target) if leaf not in found
        ]
    return tuple(sorted(found))


def targets(tables: Tables, at: Address) -> tuple[Address, ...]:
    """What a table's foreign keys refer to, also where they say so on the table above."""
    if at.kind is not Kind.TABLE:
        return ()
    found = {key.references for key in tables.foreign_keys(at) if key.references}
    return tuple(sorted(at for at in found if at in tables.catalog.objects))


def in_order(tables: Tables, wanted: Collection[Address]) -> tuple[tuple[Address, ...], ...]:
    """Groups of tables, those referred to first; in a group are those that refer to each other in a circle."""
    inside = set(wanted)
    edges = {
        at: tuple(leaf for target in targets(tables, at) for leaf in tables.leaves(target) if leaf in inside)
        for at in sorted(inside)
    }
    return tuple(_components(edges))


def _components(edges: Mapping[Address, tuple[Address, ...]]) -> Iterator[tuple[Address, ...]]:
    """Strongly connected components, a component after those it leads to (Tarjan), without recursion."""
    number: dict[Address, int] = {}
    lowest: dict[Address, int] = {}
    stack: list[Address] = []
    standing: set[Address] = set()
    for start in edges:
        if start in number:
            continue
        number[start] = lowest[start] = len(number)
        stack.append(start)
        standing.add(start)
        work = [(start, iter(edges[start]))]
        while work:
            at, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[at])
                if lowest[at] == number[at]:
                    yield _cut_off(at, stack, standing)
            elif following not in number:
                number[following] = lowest[following] = len(number)
                stack.append(following)
                standing.add(following)
                work.append((following, iter(edges[following])))
            elif following in standing:
                lowest[at] = min(lowest[at], number[following])


def _cut_off(at: Address, stack: list[Address], standing: set[Address]) -> tuple[Address, ...]:
    place = stack.index(at)
    component = tuple(sorted(stack[place:]))
    del stack[place:]
    standing.difference_update(component)
    return component
