"""The writes on a project's policy."""

from typing import Any

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.projects.models import Project
from apps.proposals.models import Policy
from apps.proposals.owners import read_owners
from apps.teams import audit

SETTINGS = (
    "approvals",
    "self_approval",
    "risky_approvals",
    "large_rows",
    "large_megabytes",
    "required_checks",
    "bypass_role",
    "owners",
)


def lock_policy(project: Project) -> Policy:
    """The project's policy, made where there was none, locked until the transaction ends.

    Whoever lands a proposal holds it: rules change before that or after, never in between.
    """
    Policy.objects.get_or_create(project=project)
    return Policy.objects.select_for_update(no_key=True, of=("self",)).get(project=project)


@transaction.atomic
def change_policy(actor: User, project: Project, *, version: int | None = None, **changes: Any) -> Policy:
    """Change any of SETTINGS; the audit log gets what was different before and after.

    `version`, where given, is that of the policy which the actor saw. Raises RefusedError when somebody
    else has changed it since, and for owners that can't be read.
    """
    policy = lock_policy(project)
    if version is not None and version != policy.version:
        raise RefusedError(
            "Somebody else has changed the policy since you opened this page. Look at it again."
        )
    problems = read_owners(changes.get("owners", policy.owners)).problems
    if problems and "owners" in changes:
        raise RefusedError(f"The owners can't be read: {problems[0]}.")
    before = {name: getattr(policy, name) for name in SETTINGS}
    changed = {name: value for name, value in changes.items() if name in SETTINGS and value != before[name]}
    if changed:
        for name, value in changed.items():
            setattr(policy, name, value)
        policy.version += 1
        policy.save()
        told = {"before": {name: before[name] for name in changed}, "after": changed}
        audit.record(project.team, actor, "policy.change", project.slug, **told)
    return policy
