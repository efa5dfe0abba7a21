"""What a person has to do on each forge: which token with which permissions, which webhook with which events, and why.

The pages of a connection print it; docs/forges.md tells the same with every click.
"""

from dataclasses import dataclass

from forges import Kind
from forges.github.manifest import PERMISSIONS


@dataclass(frozen=True, slots=True)
class Need:
    """A permission or an event by the name that the forge's own page has for it, and what Braid needs it for.

    `key` is the permission's in `forges.permissions`; what is `optional` Braid can do without.
    """

    name: str
    why: str
    key: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """`where` says where a token is made, `form` what to paste, `mend` how a permission that is missing gets there;
    `hook` says where a webhook is."""

    kind: Kind
    label: str
    site: str
    where: str
    form: str
    mend: str
    needs: tuple[Need, ...]
    hook: str
    hook_fields: tuple[Need, ...]
    events: tuple[Need, ...]
    path: str = "acme/shop"
    pull: str = "pull request"


_PUSHES = "a branch moved, so its migrations are checked"
_PULLS = "a pull request was opened, changed, closed or merged"

GITHUB = Guide(
    kind=Kind.GITHUB,
    label="GitHub",
    site="https://github.com",
    where=(
        "Settings → Developer settings → Personal access tokens → Fine-grained tokens → "
        "Generate new token. Choose the organisation that owns the repository, and only this "
        "repository."
    ),
    form="It begins with github_pat_.",
    mend=(
        "Open the token on GitHub (Settings → Developer settings → Personal access tokens), give it the "
        "permission and save; the token stays the same. An organisation may have to approve the change."
    ),
    needs=(
        Need(
            "Contents: Read and write", "to fetch branches, and to push a merge that was approved", "contents"
        ),
        Need(
            "Pull requests: Read and write", "to read them, and to keep one comment on each", "pull_requests"
        ),
        Need("Commit statuses: Read and write", "to report each check", "statuses"),
        Need(
            "Metadata: Read-only", "GitHub adds it by itself; name and default branch are in it", "metadata"
        ),
    ),
    hook="the repository's Settings → Webhooks → Add webhook",
    hook_fields=(
        Need("Content type: application/json", "the other type hides the body in a form"),
        Need("SSL verification: enabled", "unless Braid runs on an address of your own network without TLS"),
    ),
    events=(
        Need("Pushes", _PUSHES),
        Need("Branch or tag creation", "a new branch without a commit of its own"),
        Need("Branch or tag deletion", "a branch is gone"),
        Need("Pull requests", _PULLS),
        Need("Repositories", "it was renamed, moved or deleted"),
    ),
)

GITLAB = Guide(
    kind=Kind.GITLAB,
    label="GitLab",
    site="https://gitlab.com",
    where=(
        "the project's Settings → Access tokens → Add new token. (A group's or a person's "
        "token works as well, and may then do more than Braid needs.)"
    ),
    form="It begins with glpat-.",
    mend="GitLab changes no token that is there: make another one with what is missing, and give it as the new token.",
    needs=(
        Need(
            "Role: Developer",
            "enough to report and to push to branches; Maintainer where the default branch lets only "
            "maintainers push or merge and Braid is to do that",
            "role",
        ),
        Need("Scope: api", "to read merge requests, to report statuses and to write the note", "api"),
        Need(
            "Scope: write_repository",
            "to fetch branches, and to push a merge that was approved",
            "write_repository",
        ),
    ),
    hook="the project's Settings → Webhooks → Add new webhook",
    hook_fields=(
        Need(
            "Secret token",
            "the secret; the signing token of newer versions (whsec_…) is not needed beside it",
        ),
        Need("Enable SSL verification", "unless Braid runs on an address of your own network without TLS"),
    ),
    events=(
        Need("Push events (all branches)", _PUSHES),
        Need("Merge request events", "a merge request was opened, changed, closed or merged"),
    ),
    path="acme/backend/shop",
    pull="merge request",
)

GITEA = Guide(
    kind=Kind.GITEA,
    label="Gitea or Forgejo",
    site="https://gitea.com",
    where=(
        "your own Settings → Applications → Manage access tokens → Generate new token. A "
        "token speaks for its person: make an account for Braid and let it write to the "
        "repository (Settings → Collaborators)."
    ),
    form="Forty letters and digits.",
    mend=(
        "The forge changes no token that is there: make another one with what is missing, and give it as the new "
        "token. Its account needs Write under the repository's Settings → Collaborators."
    ),
    needs=(
        Need(
            "repository: Read and Write",
            "to fetch and push branches, to read pull requests and to report statuses",
            "repository",
        ),
        Need("issue: Read and Write", "to keep one comment on each pull request", "issue"),
        Need(
            "user: Read",
            "to know which comment is its own after a breakdown",
            "user",
            optional=True,
        ),
    ),
    hook="the repository's Settings → Webhooks → Add webhook → Gitea (Forgejo: Forgejo)",
    hook_fields=(
        Need("HTTP method: POST", "nothing else is taken"),
        Need("POST content type: application/json", "the other type hides the body in a form"),
    ),
    events=(
        Need("Push", _PUSHES),
        Need("Create", "a new branch without a commit of its own"),
        Need("Delete", "a branch is gone"),
        Need("Pull request", _PULLS),
        Need("Pull request synchronized", "its branch was pushed to"),
        Need("Repository", "it was renamed or deleted, where the forge has this event"),
    ),
)

BITBUCKET = Guide(
    kind=Kind.BITBUCKET,
    label="Bitbucket Cloud",
    site="https://bitbucket.org",
    where="the repository's Settings → Access tokens → Create repository access token.",
    form="The token itself; or mail address and API token with a colon between them.",
    mend=(
        "Bitbucket changes no token that is there: make another one with what is missing, and give it as the new "
        "token."
    ),
    needs=(
        Need(
            "Repositories: Read and Write",
            "to fetch branches, to push a merge that was approved, and to report builds",
            "repositories",
        ),
        Need(
            "Pull requests: Read and Write",
            "to read them, to keep one comment on each, and to merge where that is chosen",
            "pull_requests",
        ),
    ),
    hook="the repository's Settings → Webhooks → Add webhook",
    hook_fields=(
        Need("Secret", "needs to be filled in: Bitbucket signs nothing without it"),
        Need(
            "Skip certificate verification: off",
            "unless Braid runs on an address of your own network without TLS",
        ),
    ),
    events=(
        Need("Repository: Push", _PUSHES),
        Need("Repository: Updated", "it was renamed or moved"),
        Need("Pull request: Created, Updated, Merged, Declined", _PULLS),
    ),
)

_OF_AN_APP = {
    "contents": "to fetch branches, and to push a merge that was approved",
    "pull_requests": "to read them, and to keep one comment on each",
    "checks": "to report each check, with remarks at the line of the migration",
    "statuses": "to report where a check is not enough",
    "merge_queues": "to check what GitHub's own merge queue is about to merge",
    "metadata": "name and default branch; GitHub gives it to every App",
}


MEND_APP = (
    "On the App's own page on GitHub, under Permissions & events, let it have this; then the owner of the account "
    "grants it in the settings of the installation, where GitHub asks for it."
)
# What an App does without: checks say it all, and only some repositories have a merge queue.
_SPARE = ("statuses", "merge_queues")


def app_needs() -> tuple[Need, ...]:
    """What the manifest of a GitHub App asks for, each with its reason."""
    return tuple(
        Need(
            f"{name.replace('_', ' ').capitalize()}: {access}",
            _OF_AN_APP[name],
            name,
            optional=name in _SPARE,
        )
        for name, access in PERMISSIONS.items()
    )


def app_events() -> Need:
    """What an App listens to, as one line beside its permissions."""
    why = "to hear at once of what happens; without them Braid looks every ten minutes"
    return Need("Events", why, "events", optional=True)


GUIDES = (GITHUB, GITLAB, GITEA, BITBUCKET)


def guide_of(kind: str) -> Guide:
    """The guide of a forge; GitHub's for what is none."""
    return next((guide for guide in GUIDES if guide.kind == kind), GITHUB)


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which an approved proposal lands (`Landing`), for people who choose one."""

    name: str
    line: str
    detail: str


WAYS = {
    "target": Way(
        "Braid pushes the merge to the default branch",
        "Lands by a push to the default branch.",
        (
            "What was proved, commit by commit as it was proved, gets there without anybody's "
            "further click; the forge shows the pull request as merged. Braid's account has to be"
            " allowed to push to the branch where it is protected. Works for pull requests from "
            "forks, and for proposals without a pull request."
        ),
    ),
    "branch": Way(
        "Braid pushes to the pull request's branch, people merge on the forge",
        "Braid brings the pull request's branch up to date; somebody merges it on the forge.",
        (
            "The renumbered migrations and the merged schema file come to the pull request as a "
            "commit, and its checks turn green. Rules of the forge (required reviews, its own "
            "merge queue) stay in charge. A fork's branch is never pushed to."
        ),
    ),
    "forge": Way(
        "Braid pushes to the pull request's branch, then merges through the forge",
        (
            "Braid brings the pull request's branch up to date and lets the forge merge it once "
            "its checks are good."
        ),
        (
            "Like the second, and Braid presses the button, for exactly the commit that was "
            "checked. Needs a token that may merge."
        ),
    ),
}
