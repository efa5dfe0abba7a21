"""Repositories on forges, and what goes between them and Braid."""

from apps.forges.models.arrival import Arrival
from apps.forges.models.connection import BULKY, App, Connection, Installation, Landing
from apps.forges.models.outbox import Entry, Wish
from apps.forges.models.parting import Parting
from apps.forges.models.pull import PullRequest

__all__ = [
    "BULKY",
    "App",
    "Arrival",
    "Connection",
    "Entry",
    "Installation",
    "Landing",
    "Parting",
    "PullRequest",
    "Wish",
]
