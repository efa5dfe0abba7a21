"""Two catalogs -> changes."""

from schemata.catalog import Catalog
from schemata.changes import Change


def diff(before: Catalog, after: Catalog, *, same_origin: bool) -> tuple[Change, ...]:
    """What turns `before` into `after`, in a fixed order, grouped by object.

    With `same_origin` (both databases descend from one template) objects match
    by identity and a rename is a rename; otherwise by address.
    """
    raise NotImplementedError
