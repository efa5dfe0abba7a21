"""Reviews and policies through the API, with the permissions of the pages."""

import pytest

from apps.proposals.actions import policing
from apps.proposals.models import Policy, Review

PROJECT = "/api/v1/teams/acme/projects/shop/"


@pytest.fixture
def merged(transactional_db, owner, maintainer, viewer, propose, run_meetings, project):
    policing.change_policy(owner, project, required_checks=[])
    found = propose()
    run_meetings()
    return found


def test_a_review_from_reading_to_bypass(merged, api, owner, maintainer, viewer, stranger):
    proposal = f"{PROJECT}proposals/{merged.number}/"
    found = api(viewer).get(proposal + "readiness/").json()
    assert (found["ready"], found["missing"], found["risk"]) == (False, ["Approvals: 0 of 1"], [])
    assert [each["name"] for each in found["requirements"][-1]["waits_for"]] == ["Mark", "Olga"]
    approval = {"answer": "approve", "change_hash": found["change_hash"]}
    assert api(stranger).get(proposal + "readiness/").status_code == 404
    assert api(viewer).post(proposal + "reviews/", approval, format="json").status_code == 403
    assert api(maintainer, "read").post(proposal + "reviews/", approval, format="json").status_code == 403
    blind = api(maintainer).post(proposal + "reviews/", {"answer": "approve"}, format="json")
    assert (blind.status_code, Review.objects.count()) == (409, 0)
    given = api(maintainer).post(proposal + "reviews/", approval, format="json")
    assert (given.status_code, given.json()["author"]["name"]) == (201, "Mark")
    assert api(viewer).get(proposal + "readiness/").json()["ready"]

    dismissal = f"{proposal}reviews/{given.json()['id']}/dismiss/"
    assert api(owner).post(dismissal, {}, format="json").status_code == 400
    assert (
        api(owner).post(dismissal, {"because": "Late"}, format="json").json()["dismissed_because"] == "Late"
    )
    assert api(owner).post(dismissal, {"because": "Late"}, format="json").status_code == 409
    assert [each["answer"] for each in api(viewer).get(proposal + "reviews/").json()] == ["approve"]

    sent = {"reason": "Down", "change_hash": found["change_hash"]}
    assert api(maintainer).post(proposal + "bypass/", sent, format="json").status_code == 409
    assert api(owner).post(proposal + "bypass/", sent, format="json").json()["missing"] == [
        "Approvals: 0 of 1"
    ]
    assert api(viewer).get(proposal + "readiness/").json()["bypass"]["reason"] == "Down"


def test_asking_for_reviews(merged, api, owner, developer, viewer):
    address = f"{PROJECT}proposals/{merged.number}/review-requests/"
    assert api(developer).post(address, {"email": "olga@example.com"}, format="json").status_code == 201
    assert api(developer).post(address, {"email": "stan@example.com"}, format="json").status_code == 404
    assert api(developer).post(address, {"email": "vera@example.com"}, format="json").status_code == 409
    (asked,) = api(viewer).get(address).json()
    assert asked["user"]["email"] == "olga@example.com"
    assert api(viewer).delete(f"{address}{asked['id']}/").status_code == 403
    assert api(developer).delete(f"{address}{asked['id']}/").status_code == 204
    assert api(viewer).get(address).json() == []


@pytest.mark.django_db
def test_the_policy(project, api, owner, maintainer, developer, stranger):
    address = PROJECT + "policy/"
    assert api(developer).get(address).json() == {
        "approvals": 1,
        "self_approval": False,
        "risky_approvals": 0,
        "large_rows": 100_000,
        "large_megabytes": 100,
        "required_checks": ["replay"],
        "bypass": "owner",
        "owners": "",
        "version": 1,
    }
    assert api(stranger).get(address).status_code == 404
    assert api(developer).patch(address, {"approvals": 0}, format="json").status_code == 403
    assert api(maintainer, "write").patch(address, {"approvals": 0}, format="json").status_code == 403
    changed = api(maintainer).patch(address, {"approvals": 2, "bypass": "nobody"}, format="json").json()
    assert (changed["approvals"], changed["bypass"], changed["version"]) == (2, "nobody", 2)
    assert api(owner).patch(address, {"approvals": 0, "version": 1}, format="json").status_code == 409
    for wrong in (
        {"approvals": 99},
        {"large_rows": -1},
        {"large_megabytes": "many"},
        {"owners": "x"},
        {"required_checks": ["y"]},
        {"bypass": "all"},
    ):
        assert api(owner).patch(address, wrong, format="json").status_code == 400
    assert Policy.objects.get().approvals == 2
