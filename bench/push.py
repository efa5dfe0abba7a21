"""How fast the transport is: pushes and clones through Braid against plain git to a folder beside it.

    python bench/push.py [--rounds 20] [--sizes 1 10 100]

Starts a Braid of its own without waiting for verdicts. "plain" is the same push by
the same client to a bare repository by path, without HTTP, rows, hooks or fsck.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from stack import Stack, running

AUTHOR = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")
ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100], help="MB in one push")
    options = parser.parse_args()
    with running(1, BRAID_VERDICT_WAIT_MS="0") as stack, tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), stack)
        print("| | Braid | plain git |\n| --- | --- | --- |")
        bench.small(options.rounds)
        for size in options.sizes:
            bench.large(size)
        bench.parallel(20)
        print(f"\nMemory of the web process: {stack.memory_mb().get('web', 0):.0f} MB")


class Bench:
    """A working copy with two remotes: `braid` and `plain`."""

    def __init__(self, folder: Path, stack: Stack) -> None:
        self.folder = folder / "work"
        self.plain = folder / "plain.git"
        subprocess.run(["git", "init", "--quiet", "--bare", self.plain], check=True, env=ENVIRONMENT)
        subprocess.run(["git", "init", "--quiet", "-b", "main", self.folder], check=True, env=ENVIRONMENT)
        self.git("remote", "add", "plain", str(self.plain))
        self.git("remote", "add", "braid", make_project(stack))
        self.commit({"db/migration/V1__users.sql": b"create table users (id int);\n"})
        for remote in ("braid", "plain"):
            self.git("push", "--quiet", remote, "main")

    def git(self, *arguments: str, folder: Path | None = None) -> None:
        command = ["git", *AUTHOR, *arguments]
        subprocess.run(command, cwd=folder or self.folder, check=True, capture_output=True, env=ENVIRONMENT)

    def commit(self, files: dict[str, bytes]) -> None:
        for path, data in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")

    def small(self, rounds: int) -> None:
        """One commit with one migration, pushed to a branch of its own."""
        times: dict[str, list[float]] = {"braid": [], "plain": []}
        for number in range(rounds):
            self.commit({f"db/migration/V{number + 2}__step.sql": b"alter table users add x int;\n"})
            for remote, taken in times.items():
                taken.append(
                    timed(lambda r=remote, n=number: self.git("push", r, f"HEAD:refs/heads/small-{n}"))
                )
        report(
            f"a small push, median of {rounds}", *(statistics.median(times[r]) for r in ("braid", "plain"))
        )

    def large(self, megabytes: int) -> None:
        """Incompressible data, so that the transport is measured and not zlib."""
        self.commit({"seed.bin": os.urandom(megabytes * 1_000_000)})
        ref = f"HEAD:refs/heads/large-{megabytes}"
        pushes = [timed(lambda r=remote: self.git("push", r, ref)) for remote in ("braid", "plain")]
        report(f"a push of {megabytes} MB", *pushes)
        clones = [timed(lambda r=remote: self._clone(r, megabytes)) for remote in ("braid", "plain")]
        report(f"a clone of {megabytes} MB", *clones)

    def _clone(self, remote: str, megabytes: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = subprocess.check_output(["git", "remote", "get-url", remote], cwd=self.folder, text=True)
            branch = ("--single-branch", f"--branch=large-{megabytes}")
            self.git("clone", "--quiet", "--no-local", "--bare", *branch, source.strip(), folder)

    def parallel(self, count: int) -> None:
        """So many pushes at once, to as many branches."""

        def push_all(remote: str) -> None:
            threads = [
                threading.Thread(target=self.git, args=("push", remote, f"HEAD:refs/heads/parallel-{number}"))
                for number in range(count)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        report(
            f"{count} pushes at once", *(timed(lambda r=remote: push_all(r)) for remote in ("braid", "plain"))
        )


def timed(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def report(what: str, braid: float, plain: float) -> None:
    print(f"| {what} | {braid:.3f} s | {plain:.3f} s |", flush=True)


def make_project(stack: Stack) -> str:
    """A team, a project and a token in the stack's database; the address to push to."""
    from apps.accounts import tokens
    from apps.accounts.models import Scope, User
    from apps.projects.actions import create_project
    from apps.teams.actions import create_team

    user = User.objects.create_user("bench@example.com", name="Bench")
    create_project(user, create_team(user, "Bench", "bench"), "Push", "push")
    secret = tokens.create(user, "bench", [Scope.WRITE]).secret
    return f"{stack.url.replace('://', f'://bench:{secret}@')}/bench/push.git"


if __name__ == "__main__":
    main()
