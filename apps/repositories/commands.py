"""How Braid runs git: a clean environment, its own policy, limits on time, memory and file size.

Nothing of the machine's or a user's configuration reaches these processes, and
nothing of the process that starts them but what is named here.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

POLICY = Path(__file__).with_name("policy.gitconfig")
MEGABYTE = 1024 * 1024
CPU_SECONDS = 600
ADDRESS_SPACE_MB = 6144
OPEN_FILES = 512

# `ulimit -f` counts blocks of 512 bytes, `-v` counts kilobytes.
_LIMITED = 'ulimit -c 0; ulimit -n "$1"; ulimit -t "$2"; ulimit -v "$3"; ulimit -f "$4"; shift 4; exec "$@"'


def git_command(*arguments: str, config: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The argument vector of one git process under its limits."""
    pairs = {
        "receive.maxInputSize": f"{settings.MAX_PUSH_MB}m",
        "core.hooksPath": os.devnull,
        **(config or {}),
    }
    options = [part for key, value in pairs.items() for part in ("-c", f"{key}={value}")]
    # A thin pack grows by the objects that it leaves out, so files may be somewhat larger than a push.
    blocks = max(settings.MAX_PUSH_MB, settings.PROJECT_QUOTA_MB) * MEGABYTE // 512
    limits = (str(OPEN_FILES), str(CPU_SECONDS), str(ADDRESS_SPACE_MB * 1024), str(blocks))
    return ("sh", "-c", _LIMITED, "git-limited", *limits, "git", *options, *arguments)


def git_environment(**extra: str) -> dict[str, str]:
    """The whole environment of a git process."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(POLICY),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        **extra,
    }


def run_git(repository: Path, *arguments: str, timeout_s: float = 600) -> str:
    """Run git in a repository and return what it printed; raises CalledProcessError with its message."""
    done = subprocess.run(
        git_command("-C", str(repository), *arguments),
        env=git_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=timeout_s,
        text=True,
        errors="replace",
    )
    return done.stdout
