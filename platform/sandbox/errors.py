"""What can go wrong around a team's SQL, as opposed to in it.

A migration that fails is a result (`replays.ReplayFailure`). These are for
everything else; each message says what happened and what to do about it.
"""


class SandboxError(Exception):
    """The family: the verdict is "could not be judged", not "failed"."""


class NoInstallation(SandboxError):
    """No Postgres of the wanted version is on this machine."""


class UnsafeFolder(SandboxError):
    """A folder that must be ours alone belongs to, or is writable by, somebody else."""


class ServerDown(SandboxError):
    """A sandbox server did not start, or went away by itself."""


class DeadlineExceeded(SandboxError):
    """The work took longer than its deadline and was stopped."""


class LimitExceeded(SandboxError):
    """Disk, memory or another limit was hit and the server was thrown away.

    `limit` is the stable word for it: `disk`, `memory`, `output`, `catalog`, `crash`.
    """

    def __init__(self, limit: str, message: str) -> None:
        super().__init__(message)
        self.limit = limit


class ExtensionMissing(SandboxError):
    """A migration wants an extension that the sandbox's Postgres does not have."""

    def __init__(self, extension: str, message: str) -> None:
        super().__init__(message)
        self.extension = extension
