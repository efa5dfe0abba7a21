"""Django's mail settings out of one URL (BRAID_EMAIL_URL)."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from braid.environment import SettingError

BACKENDS = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtp+starttls": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
}
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mail:
    """Where mail goes: the console by default, a folder, or a mail server."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    tls: bool = False
    ssl: bool = False
    folder: str | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether mail can reach people, so that their address can be asked to be proved."""
        return bool(self.host)


def mail_from(url: str) -> Mail:
    """Read `console:`, `file:///folder`, `smtp://host`, `smtp+starttls://user:password@host:587` or `smtps://…`."""
    parts = urlsplit(url)
    scheme = parts.scheme or url
    if scheme not in BACKENDS:
        raise SettingError(f"BRAID_EMAIL_URL must start with one of {', '.join(BACKENDS)}, not {scheme!r}")
    if scheme in PORTS and not parts.hostname:
        raise SettingError(f"BRAID_EMAIL_URL names no mail server; write {scheme}://user:password@host")
    return Mail(
        backend=BACKENDS[scheme],
        host=parts.hostname or "",
        port=parts.port or PORTS.get(scheme, 0),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=scheme == "smtp+starttls",
        ssl=scheme == "smtps",
        folder=parts.path if scheme == "file" else None,
    )
