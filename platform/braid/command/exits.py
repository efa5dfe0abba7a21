"""Exit codes, and how any part of the command ends it with a message."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell gets to see; scripts may rely on these numbers."""

    FINE = 0
    BLOCKED = 1
    UNUSABLE = 2
    NOT_JUDGED = 3
    INTERRUPTED = 130


class Stop(Exception):
    """End the command with a message for the person who typed it."""

    def __init__(self, message: str, code: Exit = Exit.UNUSABLE) -> None:
        super().__init__(message)
        self.code = code
