"""Threads for what blocks: a git command makes several requests, and each would connect to the database anew."""

from apps.accounts.threads import Threads

in_thread = Threads(6, "githost").run
# For what may take seconds; nobody who only signs in waits behind it.
in_reading_thread = Threads(2, "githost-reading").run
