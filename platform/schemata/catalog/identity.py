"""Identity: which object of the database this is, whatever it is called.

A clone of a template database keeps oids and attnums, so two catalogs that
descend from one template match their objects by identity: a renamed table is the
same table. Identity takes no part in equality or hashes.
"""

from typing import NamedTuple


class Identity(NamedTuple):
    """Where the object's row stands in pg_catalog.

    `origin` is the system catalog (`pg_class`); `attnum` is 0 but for columns.
    `tokens` has one value for each name in the class's `REFERRING`: equal tokens
    mean that the attribute is the same although its text may differ, because
    what it speaks of was renamed. `parts` has the oids of an enum's values.
    """

    origin: str
    oid: int
    attnum: int = 0
    tokens: tuple[object, ...] = ()
    parts: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, int, int]:
        return self[:3]


# Of an object whose row has no oid: it is told by its address alone.
NOBODY = Identity("", 0)
