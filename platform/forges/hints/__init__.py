"""What deliveries are about, read from their headers and bodies; one reader a forge."""

from forges.hints.reading import delivery_id, read
from forges.hints.values import Headers, Hint, Subject, Unreadable

__all__ = ["Headers", "Hint", "Subject", "Unreadable", "delivery_id", "read"]
