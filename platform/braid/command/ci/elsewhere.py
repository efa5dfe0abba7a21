"""Any other CI, or none: what is checked out, against the base that was named."""

from braid.command.ci.events import Event, Told, Wanted

_NOTE = "this is neither GitHub Actions nor GitLab CI; --base main names what to compare with"


class Elsewhere:
    def event(self) -> Event:
        return Event(Wanted("HEAD"), None, _NOTE)

    def tell(self, told: Told) -> None:
        print(told.text)
