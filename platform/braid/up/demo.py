"""`python -m braid.up.demo`: a demo team with people, and a project of ours whose main is pushed by git.

Run once by `make up`, on the first start; `demo_work` brings its branches and proposals while people look around.
What is already there is left as it is, so a run that was cut off can be repeated.
"""

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")
django.setup()

from apps.accounts import tokens
from apps.accounts.actions import create_account
from apps.accounts.models import Scope, User
from apps.projects.models import Project
from apps.teams import actions as teams
from apps.teams.models import Membership, Role, Team
from braid.environment import text
from braid.up.shop import BRANCHES, DemoBranch, build_shop, run_git

TEAM, PROJECT = "demo", "shop"


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str
    role: Role


PEOPLE = (
    Person("ada@demo.example", "Ada Marlow", Role.OWNER),
    Person("ben@demo.example", "Ben Okafor", Role.MAINTAINER),
    Person("mia@demo.example", "Mia Lindqvist", Role.DEVELOPER),
    Person("vic@demo.example", "Vic Serrano", Role.VIEWER),
)


def main() -> int:
    team = _team(_people(text("BRAID_DEMO_PASSWORD")))
    _project(team)
    try:
        with tempfile.TemporaryDirectory(prefix="braid-demo-") as folder:
            build_shop(Path(folder))
            print(push(Path(folder), BRANCHES[:1], text("BRAID_DEMO_SERVER")))
    except subprocess.CalledProcessError as error:
        print(f"The demo project could not be pushed: git said\n{error.stdout}", file=sys.stderr)
        return 1
    return 0


def _people(password: str) -> dict[str, User]:
    known = {user.email: user for user in User.objects.filter(email__in=[person.email for person in PEOPLE])}
    for person in PEOPLE:
        if person.email not in known:
            known[person.email] = create_account(person.email, password, person.name)
    return known


def _team(people: dict[str, User]) -> Team:
    owner = people[PEOPLE[0].email]
    team = Team.objects.alive().filter(slug=TEAM).first() or teams.create_team(owner, "Demo", TEAM)
    for person in PEOPLE[1:]:
        Membership.objects.get_or_create(team=team, user=people[person.email], defaults={"role": person.role})
    return team


def _project(team: Team) -> Project:
    from apps.projects.actions import create_project

    found = Project.objects.filter(team=team, slug=PROJECT).first()
    owner = User.objects.get(email=PEOPLE[0].email)
    return found or create_project(owner, team, name="Shop", slug=PROJECT)


def push(folder: Path, branches: Sequence[DemoBranch], server: str) -> str:
    """One real `git push` by one person, who pushes all of these, with a token that is revoked right after."""
    pusher = User.objects.get(email=branches[0].pusher)
    created = tokens.create(pusher, "demo push", [Scope.WRITE])
    try:
        url = f"{server}/{TEAM}/{PROJECT}.git"
        return run_git(
            folder,
            "push",
            *branches[0].push_options,
            url,
            *(branch.name for branch in branches),
            environment=_credentials(pusher.email, created.secret),
        )
    finally:
        tokens.revoke(created.token)


def _credentials(name: str, secret: str) -> dict[str, str]:
    """As an environment of git: an argument would show the secret to every user of the machine."""
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }


if __name__ == "__main__":
    sys.exit(main())
