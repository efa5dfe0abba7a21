"""Pull requests of strangers: how many are judged at a time, what is said of those that wait, how they get in."""

import pytest
from django.urls import reverse

from apps.forges.models import Connection, PullRequest
from apps.forges.strangers import WAITS
from apps.forges.waking import wake
from apps.repositories.models import Branch
from apps.teams.models import AuditEntry

COLUMNS = "alter table users add column {} text;\n"


@pytest.fixture
def ask(connection, forge, dora, work):
    """`ask("eve", "eve")`: each name's pull request from a fork, opened one after another; looked at when told."""
    work()

    def make(*authors):
        made = []
        for author in authors:
            number = len(forge.pulls) + 1
            name = f"column_{number}"
            head = dora.push(name, {f"migrations/{number + 1:04}_{name}.up.sql": COLUMNS.format(name)})
            forge.git("update-ref", f"refs/pull/{number}/head", head)
            forge.git("update-ref", "-d", f"refs/heads/{name}")
            made.append(forge.open_pull(name, name, fork=f"{author}/shop", author=author))
        return made

    return make


def at_work():
    names = Branch.objects.filter(name__startswith="pull-", deleted_at=None).values_list("name", flat=True)
    return sorted(int(name.removeprefix("pull-")) for name in names)


def end(forge, deliver, work, pull):
    pull.state = "closed"
    deliver(forge.pull_delivery(pull, "closed"))
    work()


def test_one_stranger_has_three_at_a_time_and_is_told_so(ask, connection, forge, deliver, work):
    pulls = ask(*["eve"] * 4, "leo")
    for pull in pulls:
        deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert at_work() == [1, 2, 3, 5]
    head = forge.sha(pulls[3])
    told = [(each["context"], each["state"]) for each in forge.statuses if each["sha"] == head]
    assert told == [("braid", "pending")]
    said = [each["description"] for each in forge.statuses if each["sha"] == head]
    assert said == ["waits for others from forks, or until a maintainer of the project lets it in"]
    assert forge.comment(4) == ""
    row = PullRequest.objects.get(number=4)
    assert (row.is_waiting, row.trouble, row.proposal) == (True, WAITS, None)
    end(forge, deliver, work, pulls[0])
    assert at_work() == [2, 3, 4, 5], "its turn comes as another one ends"
    assert forge.status(head, "braid") == "success"
    assert PullRequest.objects.get(number=4).trouble == ""


def test_a_project_has_so_many_of_all_strangers(ask, settings, connection, forge, deliver, work, developer):
    settings.FORGE_STRANGERS = 1
    Connection.objects.update(people={"mia": developer.email})
    first, second, _ = pulls = ask("eve", "leo", "mia")
    for pull in pulls:
        deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert at_work() == [1, 3], "a member's fork is nobody's to count"
    end(forge, deliver, work, second)
    head = [each for each in forge.statuses if each["sha"] == forge.sha(second)][-1]
    assert (head["state"], head["description"]) == ("error", "Its pull request has ended")
    assert at_work() == [1, 3]
    assert first.state == "open"


def test_nobody_who_is_at_work_is_put_back(ask, settings, connection, forge, deliver, work):
    pulls = ask("eve", "leo", "mia")
    for pull in pulls[:2]:
        deliver(forge.pull_delivery(pull, "opened"))
    work()
    settings.FORGE_STRANGERS = 1
    deliver(forge.pull_delivery(pulls[2], "opened"))
    work()
    assert at_work() == [1, 2]
    end(forge, deliver, work, pulls[0])
    assert at_work() == [2], "there is still more than may be"
    end(forge, deliver, work, pulls[1])
    assert at_work() == [3]


def test_a_maintainer_lets_one_in(
    ask, settings, connection, project, forge, deliver, work, signed_in, owner, developer, api
):
    settings.FORGE_STRANGERS = 1
    for pull in ask("eve", "leo", "leo"):
        deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert at_work() == [1]
    row = PullRequest.objects.get(number=2)
    place = [project.team.slug, project.slug]
    address = reverse("forge-let-in", args=[*place, row.pk])
    page = signed_in(owner).get(reverse("forge", args=place))
    assert address in page.content.decode()
    assert signed_in(developer).post(address).status_code == 403
    assert signed_in(owner).get(address).status_code == 405
    assert signed_in(owner).post(address).status_code == 302
    work()
    assert at_work() == [1, 2]
    assert signed_in(owner).post(address).status_code == 404, "it waits no more"
    assert address not in signed_in(owner).get(reverse("forge", args=place)).content.decode()
    client, listed = api(owner, "read", "admin"), "/api/v1/teams/acme/projects/shop/forge/waiting/"
    (told,) = client.get(listed).json()
    assert (told["number"], told["author"], told["head_repository"]) == (3, "leo", "leo/shop")
    assert client.post(f"{listed}{told['id']}/let-in/").status_code == 202
    assert AuditEntry.objects.filter(action="forge.let_in").count() == 2
    work()
    assert (at_work(), client.get(listed).json()) == ([1, 2, 3], [])
    end(forge, deliver, work, forge.pulls[2])
    assert at_work() == [1, 3]
    forge.pulls[2].state = "open"
    deliver(forge.pull_delivery(forge.pulls[2], "reopened"))
    work()
    assert at_work() == [1, 2, 3], "it was let in before"


def test_a_push_to_one_that_waits_judges_nothing(ask, settings, connection, forge, dora, deliver, work):
    settings.FORGE_STRANGERS = 0
    (pull,) = ask("eve")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    before = forge.sha(pull)
    after = dora.push(pull.head, {"README": "x"})
    forge.git("update-ref", "refs/pull/1/head", after)
    forge.git("update-ref", "-d", f"refs/heads/{pull.head}")
    deliver(forge.pull_delivery(pull, "synchronized"))
    work()
    assert at_work() == []
    assert [forge.status(each, "braid") for each in (before, after)] == ["error", "pending"]
    assert [each["description"] for each in forge.statuses if each["sha"] == before][-1] == (
        "Superseded by a newer commit"
    )


def test_one_that_the_forge_hides_gives_its_place_up(ask, settings, connection, forge, deliver, work):
    settings.FORGE_STRANGERS = 1
    first, second = ask("eve", "leo")
    for pull in (first, second):
        deliver(forge.pull_delivery(pull, "opened"))
    work()
    hidden = forge.sha(first)
    del forge.pulls[1]
    forge.git("update-ref", "-d", "refs/pull/1/head")
    look_at_all(connection, work)
    assert at_work() == [2]
    row = PullRequest.objects.get(number=1)
    assert (row.state, row.proposal.state) == ("closed", "closed")
    forge.git("update-ref", "refs/pull/1/head", hidden)
    forge.pulls[1] = first
    look_at_all(connection, work)
    assert (at_work(), PullRequest.objects.get(number=1).is_waiting) == ([2], True), "it has to wait now"
    end(forge, deliver, work, second)
    assert at_work() == [1]
    assert PullRequest.objects.get(number=1).proposal.state == "open"


def look_at_all(connection, work):
    Connection.objects.update(looked_at=None)
    wake(connection.pk)
    work()
