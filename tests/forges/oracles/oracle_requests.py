"""Every call to GitHub, held against GitHub's own description of its API: requests and how answers are read."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from egress import Egress
from forges import (
    Annotation,
    Button,
    Gone,
    Kind,
    Level,
    Merging,
    Outcome,
    Place,
    Refused,
    Report,
    Repository,
    Status,
)
from forges.github import App, GitHub, InstallationToken, converted, read_hook, repositories, set_hook
from forges.github.reports import annotations_of, body_of
from forges.permissions import Standing
from forges.permissions.github import of_installation
from tests.forges.github import private_key
from tests.forges.oracles.node import output, prism

REPO = "/repos/{owner}/{repo}"
USED = (
    "GET /app",
    "GET /app/hook/config",
    "PATCH /app/hook/config",
    "GET /app/installations",
    "GET /app/installations/{installation_id}",
    "POST /app/installations/{installation_id}/access_tokens",
    "POST /app-manifests/{code}/conversions",
    "GET /installation/repositories",
    "GET /user",
    f"GET {REPO}",
    f"GET {REPO}/pulls",
    f"GET {REPO}/pulls/{{pull_number}}",
    f"PUT {REPO}/pulls/{{pull_number}}/merge",
    f"POST {REPO}/statuses/{{sha}}",
    f"GET {REPO}/commits/{{ref}}/statuses",
    f"GET {REPO}/commits/{{ref}}/check-runs",
    f"POST {REPO}/check-runs",
    f"GET {REPO}/check-runs/{{check_run_id}}",
    f"PATCH {REPO}/check-runs/{{check_run_id}}",
    f"GET {REPO}/check-runs/{{check_run_id}}/annotations",
    f"GET {REPO}/issues/{{issue_number}}/comments",
    f"POST {REPO}/issues/{{issue_number}}/comments",
    f"PATCH {REPO}/issues/comments/{{comment_id}}",
)
SHA = "a" * 40
REPORT = Report(
    SHA,
    "braid",
    Outcome.FAILURE,
    "One finding",
    "## Text",
    "https://braid.example/checks/1",
    "check-1",
    tuple(Annotation("a.sql", line, Level.WARNING, "Lock", "It locks.") for line in range(1, 121)),
    (Button("rerun", "Run again", "Check this commit once more"),),
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    specification = tmp_path_factory.mktemp("prism") / "github.json"
    output("specification.mjs", str(specification), *USED)
    with prism(specification) as port:
        yield port


@pytest.fixture
def site(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def egress(port: int) -> Egress:
    return Egress.of([f"127.0.0.1:{port}"])


@pytest.fixture
def github(site: str, egress: Egress) -> GitHub:
    return GitHub(Place(Kind.GITHUB, site, "acme/shop"), lambda: "ghp_secret", egress)


@pytest.fixture
def app(site: str, egress: Egress) -> App:
    return App(site, "4711", private_key(), egress)


def test_what_is_asked(github: GitHub) -> None:
    assert github.repository().name == "octocat/Hello-World"
    assert github.pull(1347).ref == "refs/pull/1347/head"
    assert [pull.number for pull in github.open_pulls()] == [1347]


@pytest.mark.parametrize("outcome", Outcome)
def test_statuses(github: GitHub, outcome: Outcome) -> None:
    github.set_status(Status(SHA, "braid", outcome, "One line", "https://braid.example/1"))


@pytest.mark.parametrize("outcome", Outcome)
def test_check_runs(github: GitHub, outcome: Outcome) -> None:
    assert github.put_report(replace(REPORT, outcome=outcome), known="4") == "4"


def test_comments(github: GitHub) -> None:
    assert github.put_comment(7, "Made") == "1"
    assert github.put_comment(7, "Edited", known="1") == "1"


def test_permissions(github: GitHub) -> None:
    """Prism is no git server, and its token no classic one."""
    found = {each.key: each.standing for each in github.access().permissions}
    assert found == dict.fromkeys(found, Standing.UNKNOWN) | {"metadata": Standing.HELD}


@pytest.mark.parametrize("how", Merging)
def test_merges(github: GitHub, how: Merging) -> None:
    assert len(github.merge(7, SHA, "Title", "Text", how)) == 40


def test_apps(app: App, site: str, egress: Egress) -> None:
    assert app.login().endswith("[bot]")
    assert app.about().permissions["metadata"] == "read"
    assert read_hook(app).is_json
    set_hook(app, "https://braid.example/hooks/github/1/", "a-secret")
    assert [each.account for each in app.installations()] == ["octocat"]
    assert app.installation("1").permissions["checks"] == "write"
    token = InstallationToken(app, "1")
    assert token().startswith("ghs_")
    held = of_installation(token, Repository("1", "octocat/Hello-World", "main", "x", "x", True)).permissions
    assert {each.key for each in held if each.standing is Standing.HELD} == {"checks", "metadata"}
    assert repositories(token)[0].name == "octocat/Hello-World"
    made = converted(site, "c0de", egress)
    assert made.key.startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made.webhook_secret


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/repos/acme/shop/statuses/{SHA}", {"state": "ok"}),
        ("POST", f"/repos/acme/shop/statuses/{SHA}", {"state": "success", "targeturl": "https://x.example"}),
        ("POST", "/repos/acme/shop/check-runs", {"name": "braid", "status": "in_progress"}),
        ("PATCH", "/repos/acme/shop/check-runs/4", {"status": "completed"}),
        ("PUT", "/repos/acme/shop/pulls/7/merge", {"merge_method": "fast-forward"}),
        ("POST", "/repos/acme/shop/issues/7/comments", {}),
    ],
)
def test_the_oracle_bites(github: GitHub, method: str, path: str, body: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        github._api.tell(method, path, body)
    assert caught.value.status == 422


def test_the_oracle_bites_at_the_51st_annotation(github: GitHub) -> None:

    remarks = annotations_of(REPORT)
    github._api.tell("PATCH", "/repos/acme/shop/check-runs/4", body_of(REPORT, remarks[:50]))
    with pytest.raises(Refused) as caught:
        github._api.tell("PATCH", "/repos/acme/shop/check-runs/4", body_of(REPORT, remarks[:51]))
    assert caught.value.status == 422
    with pytest.raises(Gone):
        github._api.tell("POST", "/repos/acme/shop/check-run", {})
