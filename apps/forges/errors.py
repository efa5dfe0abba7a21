"""What is wrong with what somebody gave for a connection, and in which field of the form it stands."""

from apps.accounts.errors import RefusedError


class MisgivenError(RefusedError):
    """`field` is `base_url`, `name`, `token` or `context`."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field
