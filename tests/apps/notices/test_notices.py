"""From an event to a mailbox and to a real HTTP server: who is told, what is signed, what is tried again."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.sealing import SealBroken, seal, unseal
from apps.notices import actions
from apps.notices.actions import Notice
from apps.notices.kinds import KINDS
from apps.notices.lanes import deliver_due
from apps.notices.models import Delivery, Webhook
from apps.notices.outbox import WAITS_S
from apps.teams.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("memory_queue")]


@dataclass
class Receiver:
    """A server that keeps what it gets and answers with `status`."""

    url: str = ""
    status: int = 204
    wait: threading.Event | None = None
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    found = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if found.wait is not None and self.path.startswith("/slow"):
                found.wait.wait(10)
            found.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    found.url = f"http://127.0.0.1:{port}/hook?room=1"
    settings.EGRESS_ALLOW = [f"127.0.0.1:{port}"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def notice(project: Any, kind: str = "collision") -> Notice:
    return Notice(kind, project, "a collides with b", "/acme/shop/branch/a/", data={"objects": ["table t"]})


def wait_over() -> None:
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())


def test_members_get_mail_but_not_who_did_it_nor_who_left(project, owner, developer, stranger):
    assert actions.tell(notice(project), [owner, developer, stranger, None], actor=owner) == 1
    assert deliver_due() == 1
    (message,) = mail.outbox
    assert message.to == [developer.email]
    assert message.subject == "[acme/shop] a collides with b"
    assert "/acme/shop/branch/a/" in message.body


def test_nobody_who_left_gets_what_was_waiting(project, developer):
    actions.tell(notice(project), [developer])
    Membership.objects.filter(user=developer).delete()
    deliver_due()
    assert mail.outbox == []
    assert Delivery.objects.get().state == "failed"


def test_people_choose_what_they_get(project, developer, signed_in):
    browser = signed_in(developer)
    assert browser.post("/accounts/notices/", {"mail": ["comment"]}).status_code == 302
    assert actions.tell(notice(project), [developer]) == 0
    assert actions.tell(notice(project, "comment"), [developer]) == 1
    assert browser.post("/accounts/notices/", {}).status_code == 302
    assert actions.tell(notice(project, "comment"), [developer]) == 0
    assert browser.post("/accounts/notices/", {"mail": ["gossip"]}).status_code == 400


def test_a_subject_can_not_add_headers(project, developer):
    odd = Notice("comment", project, "hello\r\nBcc: all@example.com", "/")
    actions.tell(odd, [developer])
    deliver_due()
    assert "\n" not in mail.outbox[0].subject


def test_a_webhook_gets_signed_json_once(project, owner, receiver):
    webhook, secret = actions.add_webhook(owner, project, receiver.url, ["collision"])
    assert secret not in webhook.secret
    actions.tell(notice(project), [])
    actions.tell(notice(project, "comment"), [])
    assert deliver_due() == 1
    ((headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    padded = secret.removeprefix("whsec_")
    key = base64.urlsafe_b64decode(padded + "=" * (-len(padded) % 4))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert (told["type"], told["project"]) == ("collision", "acme/shop")
    assert told["data"] == {"objects": ["table t"]}
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status) == ("sent", 204)


@pytest.mark.parametrize("status", [500, 302, 429])
def test_what_is_not_taken_is_tried_again_and_in_the_end_given_up(project, owner, receiver, status):
    actions.add_webhook(owner, project, receiver.url, ["collision"])
    actions.tell(notice(project), [])
    receiver.status = status
    assert deliver_due() == 1
    assert deliver_due() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status) == ("waiting", status)
    assert delivery.next_at > timezone.now()
    for _ in WAITS_S:
        wait_over()
        deliver_due()
    assert Delivery.objects.get().state == "failed"
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    assert (len(receiver.got), len(ids)) == (len(WAITS_S) + 1, 1)
    receiver.status = 200
    actions.send_again(Delivery.objects.get())
    deliver_due()
    assert Delivery.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_message_that_can_not_be_sent_holds_up_no_other(project, owner, developer, receiver):
    actions.add_webhook(owner, project, receiver.url, ["collision"])
    Webhook.objects.update(secret=seal("whsec_a"))
    actions.tell(notice(project), [])
    actions.tell(notice(project, "comment"), [developer])
    assert deliver_due() == 2
    assert len(mail.outbox) == 1
    broken = Delivery.objects.get(webhook__isnull=False)
    assert (broken.state, receiver.got) == ("waiting", [])
    assert "could not be sent" in broken.answer


def test_a_worker_that_died_while_sending_loses_nothing(project, owner, receiver):
    actions.add_webhook(owner, project, receiver.url, ["collision"])
    actions.tell(notice(project), [])
    Delivery.objects.update(attempts=1, next_at=timezone.now() + timedelta(seconds=120))
    assert deliver_due() == 0
    wait_over()
    assert deliver_due() == 1
    assert Delivery.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_slow_receiver_delays_no_other_and_gets_its_messages_in_order(
    project, owner, developer, receiver, settings
):
    """The slow one answers once the others have theirs."""
    port = receiver.url.split(":")[2].split("/")[0]
    settings.EGRESS_ALLOW = [f"127.0.0.1:{port}", f"localhost:{port}"]
    receiver.wait = threading.Event()
    actions.add_webhook(owner, project, f"http://localhost:{port}/slow", ["collision"])
    actions.add_webhook(owner, project, receiver.url, ["comment"])
    for _ in range(3):
        actions.tell(notice(project), [])
    actions.tell(notice(project, "comment"), [developer])
    sending = threading.Thread(target=_deliver_apart)
    sending.start()
    deadline = time.monotonic() + 10
    while not (receiver.got and mail.outbox) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["comment"]
    assert len(mail.outbox) == 1
    # Another worker finds the slow lane taken, and nothing else to do.
    assert deliver_due() == 0
    receiver.wait.set()
    sending.join(20)
    slow = [
        headers["webhook-id"] for headers, body in receiver.got if json.loads(body)["type"] == "collision"
    ]
    told = Delivery.objects.filter(kind="collision").order_by("created_at")
    assert slow == [str(each.pk) for each in told]
    assert {each.state for each in Delivery.objects.all()} == {"sent"}


def _deliver_apart():
    try:
        deliver_due()
    finally:
        connection.close()


@pytest.mark.parametrize("url", ["http://example.com/", "https://10.1.2.3/", "nonsense"])
def test_addresses_that_are_never_called(url, project, owner):
    with pytest.raises(RefusedError):
        actions.add_webhook(owner, project, url, ["collision"])


def test_secrets_survive_a_rotation_of_keys(settings):
    settings.ENCRYPTION_KEYS = ["old"]
    sealed = seal("a secret")
    assert "secret" not in sealed
    settings.ENCRYPTION_KEYS = ["new", "old"]
    assert unseal(sealed) == "a secret"
    settings.ENCRYPTION_KEYS = ["new"]
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_the_pages_of_webhooks(project, owner, maintainer, developer, stranger, signed_in, receiver):
    page = "/acme/shop/settings/webhooks/"
    assert signed_in(developer).get(page).status_code == 403
    assert signed_in(stranger).get(page).status_code == 404
    browser = signed_in(maintainer)
    assert "No webhooks yet" in browser.get(page).content.decode()
    added = browser.post(page, {"url": receiver.url, "kinds": list(KINDS)})
    webhook = Webhook.objects.get()
    assert unseal(webhook.secret) in added.content.decode()
    own = f"{page}{webhook.pk}/"
    assert browser.post(f"{own}ping/").status_code == 302
    assert deliver_due() == 1
    log = browser.get(own).content.decode()
    assert "sent 204" in log
    for before in ("2026-99-99 00:00", "2026-01-01 00:00", "x\0"):
        assert browser.get(own, {"before": before}).status_code == 200
    assert unseal(webhook.secret) not in log
    assert browser.post(f"{page}deliveries/{Delivery.objects.get().pk}/again/").status_code == 302
    assert browser.post(f"{own}pause/").status_code == 302
    assert actions.tell(notice(project), []) == 0
    assert browser.post(f"{own}explode/").status_code == 404
    assert signed_in(stranger).post(f"{own}remove/").status_code == 404
    assert browser.post(f"{own}remove/").status_code == 302
    assert not Webhook.objects.exists()
    assert browser.post(page, {"url": "http://10.0.0.1/", "kinds": ["comment"]}).status_code == 400


def test_the_api_of_webhooks(project, owner, signed_in, receiver):
    base = "/api/v1/teams/acme/projects/shop/webhooks/"
    browser = signed_in(owner)
    made = browser.post(base, {"url": receiver.url, "kinds": ["comment"]}, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["secret"].startswith("whsec_")
    own = f"{base}{made.json()['id']}/"
    assert "secret" not in browser.get(base).json()[0]
    changed = browser.patch(own, {"kinds": ["collision"]}, content_type="application/json")
    assert changed.json()["kinds"] == ["collision"]
    actions.tell(notice(project), [])
    deliver_due()
    (sent,) = browser.get(f"{own}deliveries/").json()
    assert (sent["state"], sent["kind"]) == ("sent", "collision")
    assert browser.post(f"{base}deliveries/{sent['id']}/again/").status_code == 202
    bad = browser.post(
        base, {"url": "https://10.0.0.1/", "kinds": ["comment"]}, content_type="application/json"
    )
    assert bad.status_code == 409
    assert browser.delete(own).status_code == 204
