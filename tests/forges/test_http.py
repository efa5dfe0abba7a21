"""The layer under all clients: decoding, pages, and which failure becomes which error; no error shows a secret."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from egress import Egress
from forges import Elsewhere, ForgeError, Gone, Limited, Refused, Unreachable
from forges.http import Api, next_query
from forges.quoting import quoted
from tests.forges.served import Asked, Reply, Served

SECRET = "glpat-s3cr3t/with+signs"
NOW = 1_790_000_000.0


class Thing(msgspec.Struct):
    name: str


def api(forge: Served, **options: object) -> Api:
    return Api(
        forge.egress,
        f"{forge.url}/api",
        "Exampleforge",
        lambda: {"Authorization": f"Bearer {SECRET}"},
        clock=lambda: NOW,
        **options,  # type: ignore[arg-type]
    )


def test_an_answer_is_decoded_and_the_credential_sent(forge: Served) -> None:
    forge.answers["GET /api/things/1"] = Reply(body={"name": "shop", "other": 1})
    assert api(forge).get("/things/1", Thing) == Thing("shop")
    assert forge.last.headers["authorization"] == f"Bearer {SECRET}"
    assert forge.last.headers["user-agent"] == "Braid"


def test_a_body_is_sent_as_json(forge: Served) -> None:
    forge.answers["POST /api/things"] = Reply(201, {"name": "made"})
    assert api(forge).send("POST", "/things", {"a": "ü"}, Thing).name == "made"
    assert (forge.last.body, forge.last.headers["content-type"]) == ({"a": "ü"}, "application/json")


def test_pages_are_read_to_the_last_and_only_from_the_same_address(forge: Served) -> None:
    def page(asked: Asked) -> Reply:
        number = int(parse_qs(urlsplit(asked.path).query).get("page", ["1"])[0])
        link = f'<https://elsewhere.example/x?page={number + 1}>; rel="next", <https://e.example/?page=3>; rel="last"'
        return Reply(body=[{"name": str(number)}], headers={"Link": link} if number < 3 else {})

    forge.answers["GET /api/things"] = page
    assert [thing.name for thing in api(forge).pages("/things", Thing, {"state": "open"})] == ["1", "2", "3"]
    assert [asked.path for asked in forge.asked] == [
        "/api/things?state=open",
        "/api/things?page=2",
        "/api/things?page=3",
    ]


def test_pages_without_an_end_are_an_error(forge: Served) -> None:
    endless = Reply(body=[], headers={"Link": "<x?page=2>; rel=next"})
    forge.answers["GET /api/things"] = endless
    with pytest.raises(ForgeError, match="more than 50 pages"):
        list(api(forge).pages("/things", Thing))


@pytest.mark.parametrize(
    ("link", "query"),
    [("", None), ('<a?b=c>; rel="prev"', None), ("<https://a/b?c=d%2C&e>; rel=next", "c=d%2C&e")],
)
def test_the_next_page(link: str, query: str | None) -> None:
    assert next_query(link) == query


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(500), Unreachable),
        (Reply(503), Unreachable),
        (Reply(401, {"message": "401 Unauthorized"}), Refused),
        (Reply(403, {"message": "Resource not accessible"}), Refused),
        (Reply(404), Gone),
        (Reply(410, {}), Gone),
        (Reply(422, {"message": "Validation Failed", "errors": [{"field": "x"}]}), Refused),
        (Reply(301, headers={"Location": "http://10.0.0.1/"}), Elsewhere),
        (Reply(599), Unreachable),
        (Reply(499), Refused),
        (Reply(429), Limited),
        (Reply(200, b"<html>Sign in</html>"), Unreachable),
        (Reply(200, b'{"name": "sh'), Unreachable),
        (Reply(200, b"\xff\xfe"), Unreachable),
        (Reply(200, {"name": None}), Unreachable),
        (Reply(200, {"name": "x" * 100}, cut_at=10), Unreachable),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else value.__name__,
)
def test_failures(forge: Served, reply: Reply, kind: type[ForgeError]) -> None:
    forge.answers["GET /api/things/1"] = reply
    with pytest.raises(ForgeError) as caught:
        api(forge).get("/things/1", Thing)
    assert type(caught.value) is kind
    assert not isinstance(caught.value, Refused) or caught.value.status == reply.status
    assert len(forge.asked) == 1


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait_s"),
    [
        (429, {"Retry-After": "17"}, None, 17),
        (
            429,
            {"Retry-After": "Mon, 21 Sep 2026 14:13:50 GMT", "Date": "Mon, 21 Sep 2026 14:13:20 GMT"},
            None,
            30,
        ),
        (429, {"RateLimit-Reset": f"{NOW + 40:.0f}", "Date": ""}, None, 40),
        # The forge's clock is ten minutes ahead of ours.
        (429, {"RateLimit-Reset": f"{NOW + 640:.0f}", "Date": "Mon, 21 Sep 2026 14:23:20 GMT"}, None, 40),
        (429, {"Retry-After": "999999"}, None, 7200),
        (429, {"Retry-After": "0"}, None, 1),
        (429, {}, None, 60),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 90:.0f}", "Date": ""}, None, 90),
        (403, {}, {"message": "You have exceeded a secondary rate limit."}, 60),
        (503, {"Retry-After": "120"}, None, 120),
    ],
)
def test_rate_limits_say_how_long_to_wait(
    forge: Served, status: int, headers: dict[str, str], body: object, wait_s: float
) -> None:
    forge.answers["GET /api/x"] = Reply(status, body, {"Date": "", **headers})
    with pytest.raises(Limited) as caught:
        api(forge).answer("GET", "/x")
    assert caught.value.wait_s == pytest.approx(wait_s, abs=1)


def test_a_forge_that_is_silent_or_away(forge: Served) -> None:
    forge.answers["GET /api/x"] = Reply(wait_s=5)
    with pytest.raises(Unreachable, match=r"did not answer within 0.2 s"):
        api(forge, total_s=0.2).answer("GET", "/x")
    away = Api(Egress.of(["127.0.0.1:9"]), "http://127.0.0.1:9", "Exampleforge", dict)
    with pytest.raises(Unreachable, match="can't be reached"):
        away.answer("GET", "/x")


def test_an_answer_that_is_too_long_is_an_error(forge: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forges.http.MAX_ANSWER", 100)
    forge.answers["GET /api/x"] = Reply(body=b"x" * 101)
    with pytest.raises(ForgeError, match="more than 100 bytes"):
        api(forge).answer("GET", "/x")


def test_the_reason_is_shown_but_not_the_secret(forge: Served) -> None:
    said = f"bad token {SECRET} (Bearer {SECRET})\x1b[31m\n\u202eevil"
    forge.answers["GET /api/x"] = Reply(422, {"message": {"base": [said]}})
    with pytest.raises(Refused) as caught:
        api(forge).answer("GET", "/x")
    text = str(caught.value)
    assert "bad token [secret]" in text
    assert SECRET not in text
    assert text.isprintable()


def test_a_secret_is_found_however_it_is_written() -> None:
    text = f"{SECRET} glpat-s3cr3t%2Fwith%2Bsigns Z2xwYXQtczNjcjN0L3dpdGgrc2lnbnM="
    assert quoted(text, [SECRET]) == "[secret] [secret] [secret]"
    assert quoted("x" * 1000) == "x" * 299 + "…"
