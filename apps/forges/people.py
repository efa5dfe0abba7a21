"""Who somebody on the forge is in Braid, as the project's maintainers said.

They name a login. Which account has it is noted as soon as the forge shows that: from then on the account is the
member, under whatever name, and whoever takes the login when it was given up is nobody.
"""

from collections.abc import Mapping

from django.db import transaction

from apps.forges.models import Connection, PullRequest
from apps.teams.models import Membership

# Of one who is not told apart from others, as by an old forge.
UNKNOWN = ""


def member_of(connection: Connection, login: str, account: str) -> Membership | None:
    """The member that an account of the forge is; None for who is not named, or has left the team.

    `account` is the forge's id of it, which stays when it takes another login; empty where that is not known.
    """
    email = connection.people.get(_name_of(connection, login, account), "")
    members = Membership.objects.filter(team=connection.project.team_id, user__email__iexact=email)
    return members.select_related("user").first() if email else None


def meet(connection: Connection, login: str, account: str) -> Membership | None:
    """The same, for who has just been seen on the forge: the account of a login that is named is noted."""
    if account and login.lower() in connection.people and not _is_noted(connection, login, account):
        _note(connection, login.lower(), account)
    return member_of(connection, login, account)


def is_another(connection: Connection, login: str, account: str) -> bool:
    """Whether the login is named, and was another account's then."""
    noted = connection.accounts.get(login.lower(), UNKNOWN)
    return bool(noted and account and noted != account)


def accounts_of(
    connection: Connection, before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, str]:
    """What is known of the accounts of logins that are named now: as it was, or from pull requests for new ones."""
    found: dict[str, str] = {}
    for login in sorted(after):
        stays = before.get(login) == after[login]
        account = connection.accounts.get(login, UNKNOWN) if stays else _seen(connection, login)
        found |= {login: account} if account else {}
    return found


def others_of(connection: Connection) -> dict[str, str]:
    """Accounts that have a named login now and are not the one it was given for, by login; the newest seen."""
    rows = connection.pulls.exclude(author_account=UNKNOWN).order_by("number")
    seen = {author.lower(): account for author, account in rows.values_list("author", "author_account")}
    return {login: account for login, account in seen.items() if is_another(connection, login, account)}


def _name_of(connection: Connection, login: str, account: str) -> str:
    """The login under which a maintainer named the account; empty for nobody."""
    names: dict[str, str] = {known: name for name, known in connection.accounts.items()}
    if account in names:
        return names[account]
    return UNKNOWN if is_another(connection, login, account) else login.lower()


def _is_noted(connection: Connection, login: str, account: str) -> bool:
    return login.lower() in connection.accounts or account in connection.accounts.values()


@transaction.atomic
def _note(connection: Connection, login: str, account: str) -> None:
    """Unless somebody has changed who is who meanwhile."""
    now = Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
    if now.people.get(login) == connection.people[login] and not _is_noted(now, login, account):
        now.accounts = {**now.accounts, login: account}
        now.save(update_fields=["accounts"])
    connection.accounts = now.accounts


def _seen(connection: Connection, login: str) -> str:
    """The account that opened the login's newest pull request."""
    rows = PullRequest.objects.filter(connection=connection, author__iexact=login)
    newest = rows.exclude(author_account=UNKNOWN).order_by("-number").values_list("author_account", flat=True)
    return newest.first() or UNKNOWN
