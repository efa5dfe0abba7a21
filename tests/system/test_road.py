"""The whole road: a demo that is there after the start, a branch pushed by git, its verdict on page and API."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.system.person import Clone, Person
from tests.system.running import Running, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
SHOP = "demo/shop"
ADA = "ada@demo.example"
SETTLED_S = 120.0


@pytest.fixture(scope="module")
def ada(braid: Running) -> Iterator[Person]:
    with Person(braid, ADA, braid.password) as person:
        yield person


@pytest.fixture(scope="module")
def clone(braid: Running, ada: Person, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(braid, SHOP, ada.make_token(), tmp_path_factory.mktemp("clones") / "shop")


def test_start_says_where_and_who(braid: Running) -> None:
    assert f"Braid is up:  {braid.url}" in braid.output
    assert ADA in braid.output
    assert f"git clone {braid.url}/demo/shop.git" in braid.output
    assert "ERROR" not in braid.output


@pytest.mark.parametrize(
    ("branch", "state"),
    [
        ("main", "passed"),
        ("wishlists", "passed"),
        ("full-names", "passed"),
        ("gift-cards", "passed"),
        ("returns", "passed"),
        ("loyalty-points", "failed"),
        ("half-stars", "failed"),
    ],
)
def test_demo_branch_has_its_verdict(ada: Person, branch: str, state: str) -> None:
    verdict = ada.verdict(SHOP, branch)
    assert (branch, verdict["state"]) == (branch, state), verdict


def test_demo_shows_radar_resolver_and_queue(ada: Person) -> None:
    project = "/teams/demo/projects/shop/"
    found = {each["branch"]: each for each in ada.api(f"{project}proposals/")["results"]}
    assert {name: each["state"] for name, each in found.items()} == {
        "order-notes": "merged",
        "wishlists": "open",
        "phone-numbers": "open",
        "gift-cards": "open",
        "fixed-amounts": "open",
    }
    readiness = f"{project}proposals/{found['wishlists']['number']}/readiness/"
    # What landed moved main, and everything is merged with it once more.
    wait_for(lambda: ada.api(readiness)["ready"], SETTLED_S)
    collides = f"{project}proposals/{found['phone-numbers']['number']}/"
    wait_for(lambda: ada.api(collides)["merge"]["conflicts"], SETTLED_S)
    radar = f"/{SHOP}/branch/gift-cards/"
    wait_for(lambda: "fixed-amounts" in ada.page(radar), SETTLED_S)
    assert [each["stage"] for each in ada.api(f"{project}queue/")["recent"]] == ["landed"]


def test_demo_shows_renames_as_renames(ada: Person) -> None:
    verdict = ada.verdict(SHOP, "full-names")
    changes = str(ada.api(f"/teams/demo/projects/shop/verdicts/{verdict['id']}/changes/"))
    assert "rename" in changes
    assert "fullName" in changes


def test_demo_failure_names_file_and_column(ada: Person) -> None:
    page = ada.page(f"/{SHOP}/branch/loyalty-points/")
    assert "20260528150000_loyalty_points" in page
    assert "l.unitPrice does not exist" in page


def test_pushed_branch_becomes_a_verdict(braid: Running, ada: Person, clone: Clone) -> None:
    sql = 'ALTER TABLE "Product" ADD COLUMN "weightGrams" INTEGER;\n'
    printed = clone.push_migration("weights", "20260601090000_weights", sql)
    assert f"{braid.url}/{SHOP}/branch/weights/" in printed
    assert "20260601090000_weights" in printed
    assert ada.verdict(SHOP, "weights", clone.head)["state"] == "passed"
    assert "weightGrams" in ada.page(f"/{SHOP}/branch/weights/")


def test_broken_branch_shows_the_statement(ada: Person, clone: Clone) -> None:
    sql = 'ALTER TABLE "Product" ADD COLUMN "size" TEXT;\nALTER TABLE "Produkt" ADD COLUMN "color" TEXT;\n'
    clone.push_migration("broken", "20260601100000_broken", sql)
    assert ada.verdict(SHOP, "broken", clone.head)["state"] == "failed"
    assert "Produkt" in ada.page(f"/{SHOP}/branch/broken/")


def test_default_branch_is_protected(clone: Clone) -> None:
    clone.git("checkout", "--quiet", "main")
    clone.git("commit", "--quiet", "--allow-empty", "--message", "Straight to main")
    with pytest.raises(AssertionError, match="main"):
        clone.git("push", "origin", "main")


def test_killed_worker_loses_no_job(braid: Running, ada: Person, clone: Clone) -> None:
    """The job holds for some seconds; its worker dies in the middle; another does it again, soon."""
    clone.push_migration(
        "slow", "20260601110000_slow", "SELECT pg_sleep(6);\nCREATE TABLE slow (id integer);\n"
    )
    path = "/teams/demo/projects/shop/branches/slow/"
    wait_for(lambda: (ada.api(path)["verdict"] or {}).get("state") == "running", 60)
    killed = braid.programs("celery --quiet --app braid.celery worker")
    for pid in [*killed, *_children_of(killed[0], braid)]:
        os.kill(pid, signal.SIGKILL)
    assert ada.verdict(SHOP, "slow", clone.head)["state"] == "passed"


def test_killed_worker_child_loses_no_job(braid: Running, ada: Person, clone: Clone) -> None:
    """Only the process that runs the job dies."""
    clone.push_migration(
        "slower", "20260601120000_slower", "SELECT pg_sleep(6);\nCREATE TABLE slower (id integer);\n"
    )
    path = "/teams/demo/projects/shop/branches/slower/"
    wait_for(lambda: (ada.api(path)["verdict"] or {}).get("state") == "running", 60)
    (worker,) = braid.programs("celery --quiet --app braid.celery worker")
    for pid in _children_of(worker, braid):
        os.kill(pid, signal.SIGKILL)
    assert ada.verdict(SHOP, "slower", clone.head)["state"] == "passed"


def test_data_survives_a_second_start(braid: Running, ada: Person, clone: Clone) -> None:
    before = ada.api("/teams/demo/projects/shop/branches/wishlists/")
    assert braid.interrupt() == 0
    assert braid.processes() == {}
    braid.start()
    assert "making the demo" not in braid.output
    with Person(braid, ADA, braid.password) as again:
        assert again.api("/teams/demo/projects/shop/branches/wishlists/") == before
        sql = 'ALTER TABLE "Product" ADD COLUMN "origin" TEXT;\n'
        assert "/branch/later/" in clone.push_migration("later", "20260601130000_later", sql)
        assert again.verdict(SHOP, "later", clone.head)["state"] == "passed"


def _children_of(parent: int, braid: Running) -> list[int]:
    from tests.system.running import parent_of

    return [pid for pid in braid.processes() if parent_of(pid) == parent]
