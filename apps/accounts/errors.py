"""What an action says when it will not do what was asked; pages show the message, the API answers 409."""


class RefusedError(Exception):
    """Allowed, and yet not to be done as things are; the message says why and what to do."""
