"""An account as workflow commands, which GitHub shows on the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions: a command is
one line, so line ends and percent signs are escaped, in properties `:` and `,` as well.
GitHub shows the first ten errors and warnings of a step; the worst come first.
"""

from braid.command.printing import plain
from braid.command.reports.account import Account, Problem


def render(*accounts: Account) -> str:
    return "".join(f"{_command(each)}\n" for account in accounts for each in account.problems)


def _command(problem: Problem) -> str:
    told = {"title": f"Braid: {problem.rule}"}
    place = problem.place
    if place:
        known = {"file": place.path, "line": place.line, "col": place.column}
        told = {**{name: str(value) for name, value in known.items() if value}, **told}
    properties = ",".join(f"{name}={_property(value)}" for name, value in told.items())
    message = "\n".join(part for part in (problem.message, problem.hint) if part)
    return f"::{problem.severity.value} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
