"""What holds for all clients: faults of the forge become errors that say what to do, and no secret leaves its place."""

from collections.abc import Callable

import pytest

from forges import (
    ForgeError,
    Gone,
    Kind,
    Limited,
    Outcome,
    Place,
    Refused,
    Report,
    Status,
    Unreachable,
    Unusable,
)
from forges.client import Client
from forges.errors import Elsewhere
from forges.opening import CLIENTS, open_client
from tests.forges.served import Reply, Served

SECRET = "dora:s3cret-of-dora"
KINDS = [kind for kind in Kind if kind in CLIENTS and kind is not Kind.GITHUB]
SHA = "a" * 40
CALLS: dict[str, Callable[[Client], object]] = {
    "repository": lambda client: client.repository(),
    "pull": lambda client: client.pull(7),
    "open_pulls": lambda client: client.open_pulls(),
    "set_status": lambda client: client.set_status(
        Status(SHA, "braid", Outcome.SUCCESS, "", "https://b.example/")
    ),
    "put_comment": lambda client: client.put_comment(7, "Hello"),
}


class Everything(dict[str, Reply]):
    """The same answer to whatever is asked."""

    def get(self, key: str, default: object = None) -> Reply:  # type: ignore[override]
        return self["*"]


def open_at(server: Served, kind: Kind, name: str = "acme/shop", secret: str = SECRET) -> Client:
    server.asked.clear()
    return open_client(Place(kind, server.url, name), lambda: secret, server.egress)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(401, {"message": f"bad {SECRET}"}), Refused),
        (Reply(403, {"message": "insufficient_scope", "error": "insufficient_scope"}), Refused),
        (Reply(404, {"message": "404 Project Not Found"}), Gone),
        (Reply(429, headers={"Retry-After": "30"}), Limited),
        (Reply(500, b"<html>Whoops</html>"), Unreachable),
        (Reply(502), Unreachable),
        (Reply(302, headers={"Location": "https://elsewhere.example/login"}), Elsewhere),
        (Reply(200, {"id": 1}, cut_at=3), Unreachable),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else "",
)
def test_faults(server: Served, kind: Kind, call: str, reply: Reply, error: type[ForgeError]) -> None:
    server.answers = Everything({"*": reply})
    with pytest.raises(ForgeError) as caught:
        CALLS[call](open_at(server, kind))
    assert type(caught.value) is error
    assert "s3cret" not in str(caught.value)
    assert str(caught.value).endswith((".", ")"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", ["repository", "pull", "open_pulls", "put_comment"])
@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"", b"{}", b"[{}]", b'{"id": "x"}', b"null"])
def test_answers_that_are_none(server: Served, kind: Kind, call: str, body: bytes) -> None:
    server.answers = Everything({"*": Reply(200, body)})
    with pytest.raises(Unreachable, match="right address"):
        CALLS[call](open_at(server, kind))


BY_ID = {
    Kind.GITHUB: ("/api/v3/repos/acme/shop", "/api/v3/repositories/1"),
    Kind.GITLAB: ("/api/v4/projects/acme%2Fshop", "/api/v4/projects/1"),
    Kind.GITEA: ("/api/v1/repos/acme/shop", "/api/v1/repositories/1"),
    Kind.BITBUCKET: ("/2.0/repositories/acme/shop", "/2.0/repositories/%7B%7D/%7B1%7D"),
}


def described(kind: Kind, number: int, name: str) -> dict[str, object]:
    identity = {"uuid": f"{{{number}}}"} if kind is Kind.BITBUCKET else {"id": number}
    return {**identity, "full_name": name, "path_with_namespace": name, "web_url": "", "html_url": ""}


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("name_leads", ["nowhere", "elsewhere", "to another"])
def test_a_renamed_repository_is_found_by_its_id(server: Served, kind: Kind, name_leads: str) -> None:
    named, numbered = BY_ID[kind]
    known = "{1}" if kind is Kind.BITBUCKET else "1"
    by_name = {
        "nowhere": Reply(404),
        "elsewhere": Reply(301, None, {"Location": "https://elsewhere.example/x"}),
        "to another": Reply(200, described(kind, 2, "acme/shop")),
    }[name_leads]
    server.answers = {
        f"GET {named}": by_name,
        f"GET {numbered}": Reply(200, described(kind, 1, "acme/store")),
    }
    client = open_at(server, kind, secret="s3cret")
    found = client.repository(known)
    assert (found.id, found.name, found.clone_url) == (known, "acme/store", f"{server.url}/acme/store.git")
    assert [asked.path for asked in server.asked] == [named, numbered]
    server.answers[f"GET {numbered}"] = Reply(404)
    if name_leads == "to another":
        assert client.repository(known).id != known, "the caller says that it is another one"
    else:
        with pytest.raises(Gone):
            client.repository(known)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["shop", "acme/..", "../admin", "acme//shop", "acme/shop/", "", "."])
def test_names_that_are_none(server: Served, kind: Kind, name: str) -> None:
    with pytest.raises(Unusable, match="no full name"):
        open_at(server, kind, name).repository()
    assert server.asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_odd_names_stay_in_their_place(server: Served, kind: Kind) -> None:
    server.answers = Everything({"*": Reply(404)})
    with pytest.raises(Gone):
        open_at(server, kind, "a?b=c/d#e%2f").repository()
    assert "?" not in server.last.path
    assert "d%23e%252f" in server.last.path


@pytest.mark.parametrize("kind", KINDS)
def test_the_secret_is_asked_for_each_time(server: Served, kind: Kind) -> None:
    server.answers, secrets = Everything({"*": Reply(404)}), iter(["first", "second"])
    client = open_client(Place(kind, server.url, "acme/shop"), lambda: next(secrets), server.egress)
    server.asked.clear()
    for secret in ("first", "second"):
        with pytest.raises(Gone):
            client.pull(7)
        assert secret in str(server.last.headers)


def test_the_secret_half_of_a_person_s_credential_is_not_shown_either(server: Served) -> None:
    server.answers = Everything({"*": Reply(401, {"error": {"message": "s3cret-of-dora of dora is wrong"}})})
    with pytest.raises(Refused, match=r"\[secret\] of dora is wrong"):
        open_at(server, Kind.BITBUCKET).pull(7)


@pytest.mark.parametrize("kind", [Kind.GITLAB, Kind.GITEA])
def test_forges_without_reports_are_not_asked(server: Served, kind: Kind) -> None:
    report = Report(SHA, "Braid", Outcome.SUCCESS, "", "", "https://b.example/", "key")
    assert open_at(server, kind).put_report(report) == ""
    assert server.asked == []
