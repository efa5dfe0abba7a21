"""Which of the permissions that Braid needs a credential has, asked without changing anything on the forge.

One module a forge; each permission has a key that `apps.forges.guides` explains to people. What a forge tells nobody
without writing is UNKNOWN and says so: nothing is claimed that was not asked.
"""

from forges.permissions.values import Access, Permission, Standing

__all__ = ["Access", "Permission", "Standing"]
