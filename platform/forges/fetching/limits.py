"""What one fetch or push may take."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds in all, seconds of (almost) silence, bytes that a fetch may bring, bytes of address space a process."""

    total_s: float = 600.0
    silence_s: int = 120
    fetched_bytes: int = 512 * MEGABYTE
    memory_bytes: int = 4096 * MEGABYTE


LIMITS = Limits()
