"""Somebody with a browser and a git client, over real HTTP and with no shortcut through the database."""

import logging
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx

from tests.system.running import Running, wait_for

VERDICT_S = 90.0
# Polling would fill the report of a failed test.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Person:
    def __init__(self, running: Running, email: str, password: str) -> None:
        self.running = running
        self.browser = httpx.Client(base_url=running.url, follow_redirects=True, timeout=30)
        self.submit("/accounts/login/", login=email, password=password)

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.close()

    def submit(self, path: str, **fields: str) -> httpx.Response:
        """Open a page and send its form, with the hidden fields that it has."""
        page = self.browser.get(path)
        assert page.status_code == 200, page.text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        answer = self.browser.post(
            path, data={"csrfmiddlewaretoken": token, **fields}, headers={"Referer": str(page.url)}
        )
        assert answer.status_code == 200, answer.text
        return answer

    def make_token(self, scope: str = "write") -> str:
        answer = self.submit("/accounts/tokens/", name="system test", scope=scope, expiry="30")
        return re.search(r"\bbrd_[0-9A-Za-z]+", answer.text)[0]

    def page(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def api(self, path: str) -> Any:
        answer = self.browser.get(f"/api/v1{path}")
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def verdict(self, project: str, branch: str, commit: str = "") -> dict[str, Any]:
        """The finished verdict of a branch, of this commit when one is named."""

        def newest() -> dict[str, Any] | None:
            found = self.api("/teams/{}/projects/{}/branches/{}/".format(*project.split("/"), branch))[
                "verdict"
            ]
            done = found and found["finished"] and found["commit"].startswith(commit)
            return found if done else None

        # Asked once more it may be judged again: what lands makes verdicts stale.
        return wait_for(newest, VERDICT_S)


class Clone:
    """A working copy whose remote carries a token."""

    def __init__(self, running: Running, project: str, token: str, folder: Path) -> None:
        self.folder = folder
        address = running.url.replace("http://", f"http://token:{token}@") + f"/{project}.git"
        self.git("clone", "--quiet", address, str(folder), cwd=folder.parent)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """What git printed, its `remote:` lines included."""
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Sam",
            "GIT_AUTHOR_EMAIL": "sam@example.com",
            "GIT_COMMITTER_NAME": "Sam",
            "GIT_COMMITTER_EMAIL": "sam@example.com",
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def push_migration(self, branch: str, name: str, sql: str) -> str:
        """A branch off main with one more Prisma migration, pushed; what the push printed."""
        self.git("checkout", "--quiet", "-B", branch, "origin/main")
        folder = self.folder / "prisma" / "migrations" / name
        folder.mkdir(parents=True)
        (folder / "migration.sql").write_text(sql)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", name)
        return self.git("push", "--force", "origin", branch)

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()
