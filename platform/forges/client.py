"""What Braid asks of a forge; one class a forge does it."""

from collections.abc import Callable
from typing import Protocol

from forges.permissions.values import Access
from forges.values import Merging, Place, Pull, Report, Repository, Status


class Client(Protocol):
    """One repository on one forge, with one credential. Every method may raise ForgeError (`forges.errors`)."""

    @property
    def place(self) -> Place:
        """The repository."""

    def repository(self, known: str = "") -> Repository:
        """What the forge says of it, and whether our credential may do what Braid needs.

        With `known`, its id, also where it was renamed and another one or none has its name now.
        """

    def access(self) -> Access:
        """Which of the permissions that Braid needs our credential has; nothing on the forge is changed by asking."""

    def pull(self, number: int) -> Pull:
        """One pull request as it stands now."""

    def open_pulls(self) -> tuple[Pull, ...]:
        """All that are open, by number."""

    def set_status(self, status: Status) -> None:
        """A commit status, in the place of the one of the same context."""

    def put_report(self, report: Report, known: str = "") -> str:
        """Make or renew a report; `known` is what an earlier call gave for it. Empty where the forge has none."""

    def put_comment(self, number: int, body: str, known: str = "", key: str = "") -> str:
        """Write the one comment of `key` on a pull request: edit `known`, or make it where there is none. Its id."""

    def merge(self, number: int, head: str, title: str, message: str, how: Merging) -> str:
        """Merge a pull request whose head is `head`; the commit. Raises Moved where it has moved on."""

    def credentials(self) -> tuple[str, str]:
        """User name and secret with which git fetches and pushes by https now."""


# Gives the token at the time of each request: an installation's expires after an hour.
Secret = Callable[[], str]
