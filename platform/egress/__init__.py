"""Requests to addresses that people typed in: only https, only to public addresses, never onward.

The name is looked up once and the connection goes to the very address that was
checked, so a name that answers differently the second time gains nothing. Operators
allow other hosts by name. Raises EgressError with a sentence for people.
"""

from egress.addresses import Address, Egress, EgressError
from egress.requests import Answer, request

__all__ = ["Address", "Answer", "Egress", "EgressError", "request"]
