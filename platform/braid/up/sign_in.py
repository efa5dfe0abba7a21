"""What is printed once everything is up: where, and who can sign in."""

import ipaddress
from pathlib import Path

from braid.environment import ROOT
from braid.up.instance import Instance
from braid.up.options import Options

DEMO_PEOPLE = ("ada@demo.example", "ben@demo.example", "mia@demo.example", "vic@demo.example")
KNOWN_PASSWORD = "braid-demo"  # noqa: S105 - meant to be known; used on this machine's own address only


def demo_password(options: Options, instance: Instance) -> str:
    """A known one where only this machine can reach the site, else one of its own."""
    return KNOWN_PASSWORD if _is_private(options.host) else instance.secret("demo")[:16]


def say_sign_in(options: Options, instance: Instance) -> None:
    lines = ["", f"  Braid is up:  {options.base_url}", ""]
    if instance.stamp("demo"):
        password = instance.stamp("demo")
        lines += [
            f"  Sign in as    {DEMO_PEOPLE[0]} (owner), ben@ (maintainer), mia@ (developer) or vic@ (viewer)",
            f"  Password      {password}",
            f"  Demo project  {options.base_url}/demo/shop/",
            f"  Git           git clone {options.base_url}/demo/shop.git (password: a token from your account page)",
        ]
        if not instance.stamp("demo-work"):
            lines.append("                its branches and proposals come in within a minute")
        if password == KNOWN_PASSWORD and not _is_private(options.host):
            lines.append("  Warning       the demo's passwords are known, and others can reach this address")
    else:
        lines.append(f"  Sign up at    {options.base_url}/accounts/signup/")
    lines += [
        f"  Data, logs    {_short(instance.var)}, {_short(instance.logs)}",
        "",
        "  Ctrl-C stops everything.",
    ]
    print("\n".join(lines), flush=True)


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
