"""What a catalog says that was made of another one, held to what it says when nothing is known of that."""

from schemata.catalog import Catalog
from schemata.catalog.nearness import objects_apart
from schemata.diff import diff


def says_the_same_alone(before: Catalog, after: Catalog) -> bool:
    """Hashes, parts, identities, and what differs from another catalog."""
    was, now = _alone(before), _alone(after)
    return (
        after.hash == now.hash
        and after.loose_hash == now.loose_hash
        and after.children == now.children
        and after.by_identity == now.by_identity
        and objects_apart(before, after) == objects_apart(was, now)
        and diff(before, after, same_origin=True) == diff(was, now, same_origin=True)
        and diff(after, before, same_origin=True) == diff(now, was, same_origin=True)
    )


def _alone(catalog: Catalog) -> Catalog:
    objects, identities = dict(catalog.objects.items()), dict(catalog.identities.items())
    return Catalog(objects, identities, catalog.dependencies, catalog.postgres)
