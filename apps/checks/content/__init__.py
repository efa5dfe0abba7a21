"""Content-addressed rows in and out: values of the core under their hashes, and back."""

from apps.checks.content.findings import findings_of

__all__ = ["findings_of"]
