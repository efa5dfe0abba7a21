"""BRAID_EMAIL_URL."""

import pytest

from braid.environment import SettingError
from braid.mail import Mail, mail_from

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize(
    ("url", "mail"),
    [
        ("console:", Mail("django.core.mail.backends.console.EmailBackend")),
        ("file:///var/mail", Mail("django.core.mail.backends.filebased.EmailBackend", folder="/var/mail")),
        ("smtp://relay", Mail(SMTP, "relay", 25)),
        ("smtps://me:p%40ss@mx.example.com", Mail(SMTP, "mx.example.com", 465, "me", "p@ss", ssl=True)),
        ("smtp+starttls://me:x@mx:2525", Mail(SMTP, "mx", 2525, "me", "x", tls=True)),
    ],
)
def test_a_url_says_it_all(url: str, mail: Mail) -> None:
    assert mail_from(url) == mail


def test_only_a_server_delivers() -> None:
    assert mail_from("smtp://relay").is_delivered
    assert not mail_from("console:").is_delivered
    assert not mail_from("file:///tmp").is_delivered


@pytest.mark.parametrize("url", ["", "relay", "http://relay", "smtp:", "smtp:///"])
def test_an_odd_url_is_named(url: str) -> None:
    with pytest.raises(SettingError, match="BRAID_EMAIL_URL"):
        mail_from(url)
