"""Security headers and cookies, as a browser gets them, and Django's own check of a deployment."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User

Browser = Callable[[User | None], Client]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nothing/here", "/api/v1/me/", "/api/docs/"])
def test_every_answer_carries_them(path: str) -> None:
    headers = Client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/teams/new/",
        "/acme/",
        "/acme/-/members/",
        "/acme/-/settings/",
        "/acme/-/audit/",
        "/acme/-/projects/new/",
        "/acme/shop/",
        "/acme/shop/settings/",
        "/accounts/",
        "/accounts/tokens/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/api/docs/",
    ],
)
def test_no_page_holds_an_inline_script_or_style(
    signed_in: Browser, owner: User, project: object, path: str
) -> None:
    """The content policy would block them; a page that needs one is broken in every browser."""
    import re

    response = signed_in(owner).get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|hx-on", page)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//(?!localhost)""", page)


@pytest.mark.django_db
def test_the_session_s_cookie_is_out_of_reach_of_scripts(owner: User) -> None:
    from tests.cast import PASSWORD

    browser = Client()
    browser.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    cookie = browser.cookies["braid_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


HTTPS = {
    "BRAID_BASE_URL": "https://braid.example.com",
    "BRAID_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!?",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BRAID_")}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_a_deployment_over_https_passes_django_s_check() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **HTTPS)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_https_makes_cookies_secure_and_hosts_known() -> None:
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.SECURE_HSTS_SECONDS,"
        "s.SECURE_SSL_REDIRECT, 'braid.example.com' in s.ALLOWED_HOSTS)"
    )
    done = manage("shell", "-v", "0", "-c", code, **HTTPS)
    assert done.stdout.split() == ["True", "True", "__Host-braid", "31536000", "True", "True"], done.stderr
