"""One object of a catalog -> SQL that reads well on a page."""

from schemata.catalog import Catalog, CatalogObject


def definition(found: CatalogObject, catalog: Catalog) -> str:
    """The statement that would create the object, with its parts taken from `catalog`."""
    raise NotImplementedError
