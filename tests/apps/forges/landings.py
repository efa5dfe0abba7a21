"""What tests of landing through forges do to a project and its pull requests."""

from apps.forges.models import Connection
from apps.proposals.actions.queueing import queue

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}
NICK_COLUMN = {"migrations/0002_nick.up.sql": "alter table users add column nick text;\n"}


def choose(way):
    Connection.objects.update(landing=way)


def enter(owner, pull_of, pull):
    proposal = pull_of(pull).proposal
    queue(owner, proposal)
    return proposal


def files_of(forge, commit):
    return forge.git("ls-tree", "-r", "--name-only", commit).splitlines()
