"""What can go wrong with a forge, by what to do about it. Each message is a sentence for people, without secrets."""


class ForgeError(Exception):
    """The forge did not do what was asked."""


class Unreachable(ForgeError):
    """No answer, half an answer, or a failure of the forge's own (5xx): the same again later may work."""


class Limited(Unreachable):
    """Too many requests: not before `wait_s` seconds have passed."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Refused(ForgeError):
    """The forge understood and will not: the same again will not work. `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Gone(Refused):
    """There is no such thing, or this connection may not see it (404, 410)."""


class NotYet(Refused):
    """The forge's own rules are not met yet: checks of others, reviews. It may be done later without us."""


class Elsewhere(Refused):
    """It has another address now (3xx). `address` is what the forge gave for it: to be read, never to be called."""

    def __init__(self, message: str, status: int, address: str) -> None:
        super().__init__(message, status)
        self.address = address


class Moved(ForgeError):
    """Compare-and-swap lost: the branch is not where it was expected to be any more."""


class Unusable(ForgeError):
    """What is there can't be worked with, whatever is tried: a name, a size, a format. The message says what."""
