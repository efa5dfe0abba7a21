"""A merged result on its way back into files: the counterpart of `schemata.layouts`.

`names` puts migrations after what has landed, `files` says what to write where,
`drizzle` keeps that tool's journal and snapshots.
"""

from schemata.landing.files import FileChange, Landed, Landing, LandingError, Trees, land
from schemata.landing.names import restamp

__all__ = ["FileChange", "Landed", "Landing", "LandingError", "Trees", "land", "restamp"]
