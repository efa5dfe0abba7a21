"""A worker process's sandboxes: whose server runs, which are ready ahead of need, which have gone.

A project's SQL runs on a server that no other project's SQL ever touches. A server
that is not needed for a while is parked: its process ends, its data stays, and
the project's next job, in whichever worker process, starts it again.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from types import TracebackType
from typing import Self, TypeVar

import psycopg

from sandbox import given, parking, server
from sandbox.binaries import Installation, available, find
from sandbox.errors import LimitExceeded, SandboxError, ServerDown
from sandbox.failures import describe_crash
from sandbox.folders import default_home
from sandbox.host import Host
from sandbox.reading import Terms
from sandbox.replaying import Limits, Replaying
from sandbox.replays import OnProgress, Replay
from sandbox.seeds import Seed, seed_of
from sandbox.server import Server
from sandbox.settings import SandboxSettings
from schemata.history import History

Result = TypeVar("Result")


def _explain(error: psycopg.Error, borrowed: Host, has_run: bool) -> SandboxError:
    """What stopped our own work on a server: a limit that the team's SQL has used up, or the server's end."""
    if isinstance(error, psycopg.errors.DiskFull) or _is_full(borrowed):
        return LimitExceeded(
            "disk", "the sandbox's disk is full (SANDBOX_DISK_MB); the server was thrown away"
        )
    if isinstance(error, psycopg.errors.OutOfMemory):
        return LimitExceeded("memory", "the sandbox's memory is used up; the server was thrown away")
    if has_run and not borrowed.answers():
        return LimitExceeded("crash", describe_crash(borrowed, "this history"))
    return ServerDown(f"a sandbox server went away: {error}")


def _is_full(borrowed: Host) -> bool:
    with suppress(psycopg.Error, OSError):
        return borrowed.is_full()
    return False


class Sandboxes:
    """Context manager; safe to use from several threads, one job per project at a time."""

    def __init__(self, settings: SandboxSettings | None = None) -> None:
        self.settings = settings or SandboxSettings.from_environment()
        self.home = self.settings.home or default_home()
        self.root = parking.root_folder(self.settings)
        self._changed = threading.Condition()
        self._servers: list[Host] = []
        self._busy: set[str] = set()
        self._warm: list[Future[Server]] = []
        self._finishing = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sandbox-finish")
        self._warming = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-warm")
        self._closed = threading.Event()
        self._janitor = threading.Thread(target=self._tidy, name="sandbox-janitor", daemon=True)

    def __enter__(self) -> Self:
        self.sweep()
        self._janitor.start()
        if self.settings.warm and not self.settings.urls:
            self._warm_up(find(home=self.home))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def replay(
        self,
        history: History,
        *,
        owner: str,
        postgres: int | None = None,
        deadline_s: float,
        on_progress: OnProgress | None = None,
    ) -> Replay:
        """Run `history` on the server of `owner` and read what stands there then.

        A migration that fails is in the result. Raises SandboxError.
        """
        return self.perform(
            owner, postgres, deadline_s, on_progress, lambda replaying: replaying.replay(history)
        )

    def replay_pair(
        self,
        base: History,
        head: History,
        *,
        owner: str,
        postgres: int | None = None,
        deadline_s: float,
        on_progress: OnProgress | None = None,
    ) -> tuple[Replay, Replay]:
        """Run both from their longest common prefix, so that identities in the catalogs are comparable."""
        return self.perform(
            owner, postgres, deadline_s, on_progress, lambda replaying: replaying.replay_pair(base, head)
        )

    def perform(
        self,
        owner: str,
        postgres: int | None,
        deadline_s: float,
        on_progress: OnProgress | None,
        work: Callable[[Replaying], Result],
    ) -> Result:
        """Do `work` on the server of `owner`, alone there. Raises SandboxError."""
        borrowed = self._borrow(sha256(owner.encode()).hexdigest()[:24], postgres, deadline_s)
        terms = Terms(self.settings.catalog_mb, self.settings.check_readings)
        limits = Limits(deadline_s, terms, self._others(borrowed))
        replaying = Replaying(borrowed, limits, on_progress)
        try:
            return work(replaying)
        except psycopg.Error as error:
            explained = _explain(error, borrowed, replaying.has_run)
            borrowed.kill()
            raise explained from error
        finally:
            # What is left to do, nobody has to wait for; the owner's next job waits until it is done.
            self._finishing.submit(self._give_back, borrowed, replaying)

    def _others(self, borrowed: Host) -> tuple[Installation, ...]:
        """What else a team could ask for, for a message."""
        if self.settings.urls:
            return ()
        return tuple(each for each in available(home=self.home) if each.major != borrowed.installation.major)

    def _borrow(self, owner: str, postgres: int | None, timeout_s: float) -> Host:
        """The server of `owner`, ours alone until it is given back."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while owner in self._busy:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise ServerDown("this project's sandbox is busy with another job; try again later")
            self._busy.add(owner)
        try:
            return self._given_to(owner, postgres) if self.settings.urls else self._own_for(owner, postgres)
        except BaseException:
            self._release(owner)
            raise

    def _given_to(self, owner: str, postgres: int | None) -> Host:
        """The project's part of a given server."""
        for each in self._owned(owner):
            if each.answers() and postgres in (None, each.installation.major):
                return each
        url, installation = given.choose(self.settings.urls, owner, postgres)
        return self._add(given.GivenServer(url, owner, installation, self.settings))

    def _own_for(self, owner: str, postgres: int | None) -> Host:
        """The project's own server: running, parked, or new."""
        installation = find(postgres, home=self.home)
        for each in self._owned(owner):
            if each.installation.bin == installation.bin:
                if each.is_alive:
                    return each
                self._forget(each)
        self._make_room()
        found = self._take_parked(owner, installation) or self._take_warm(installation)
        if found is None:
            found = server.make(self.root, installation, self._seed(installation), self.settings)
        if found.owner != owner:
            found.claim(owner)
        return self._add(found)

    def _add(self, found: Host) -> Host:
        with self._changed:
            self._servers.append(found)
        return found

    def _owned(self, owner: str) -> list[Host]:
        with self._changed:
            return [each for each in self._servers if each.owner == owner]

    def _seed(self, installation: Installation) -> Seed:
        return seed_of(installation, self.home)

    def _take_parked(self, owner: str, installation: Installation) -> Server | None:
        found = parking.take_parked(self.root, owner, installation.bin)
        if found is None:
            return None
        folder, lock, label = found
        try:
            return Server(folder, lock, label, installation, self._seed(installation), self.settings)
        except SandboxError:
            # It was thrown away: it did not survive whatever ended it. A new one does the work again.
            return None

    def _take_warm(self, installation: Installation) -> Server | None:
        with self._changed:
            waiting, self._warm = self._warm, []
        self._warm_up(installation)
        taken: Server | None = None
        for future in waiting:
            with suppress(SandboxError):
                ready = future.result()
                if taken is None and ready.is_alive and ready.installation.bin == installation.bin:
                    taken = ready
                else:
                    ready.throw_away()
        return taken

    def _warm_up(self, installation: Installation) -> None:
        """Start a server ahead of need, for the next project that has none."""
        if self._closed.is_set() or not self.settings.warm:
            return
        future = self._warming.submit(
            lambda: server.make(self.root, installation, self._seed(installation), self.settings)
        )
        with self._changed:
            self._warm.append(future)

    def _give_back(self, borrowed: Host, replaying: Replaying) -> None:
        try:
            if borrowed.is_alive:
                replaying.finish()
            borrowed.used_at = time.monotonic()
        except (psycopg.Error, SandboxError, OSError):
            borrowed.kill()
        finally:
            if not borrowed.is_alive:
                self._forget(borrowed)
            self._release(borrowed.owner)

    def _release(self, owner: str) -> None:
        with self._changed:
            self._busy.discard(owner)
            self._changed.notify_all()

    def _forget(self, gone: Host) -> None:
        with self._changed:
            if gone in self._servers:
                self._servers.remove(gone)
        gone.throw_away()

    def _make_room(self) -> None:
        """Park what has been idle the longest, so that one more server fits."""
        self._park(lambda idle: idle[: max(0, len(self._servers) - self.settings.servers + 1)])

    def _park(self, choose: Callable[[list[Host]], list[Host]]) -> None:
        with self._changed:
            idle = [each for each in self._servers if each.owner not in self._busy]
            chosen = choose(sorted(idle, key=lambda each: each.used_at))
            for each in chosen:
                self._servers.remove(each)
        for each in chosen:
            self._put_away(each)

    def _put_away(self, idle: Host) -> None:
        if idle.is_alive and self.settings.parked_mb > 0:
            idle.park()
        else:
            idle.throw_away()

    def _tidy(self) -> None:
        """Park what is idle, for as long as this process lives."""
        while not self._closed.wait(max(1.0, self.settings.idle_s / 4)):
            with suppress(SandboxError, OSError):
                self._park_idle()

    def _park_idle(self) -> None:
        long_ago = time.monotonic() - self.settings.idle_s
        self._park(lambda idle: [each for each in idle if each.used_at < long_ago])

    def sweep(self) -> int:
        """Park what is idle, remove what was abandoned; for beat and at start. How many folders went."""
        self._park_idle()
        return parking.sweep(self.root, self.settings)

    def close(self) -> None:
        """Wait for running work to be put away, then park or remove every server of this process."""
        self._closed.set()
        if self._janitor.is_alive():
            self._janitor.join()
        self._finishing.shutdown(wait=True)
        self._warming.shutdown(wait=True)
        for future in self._warm:
            with suppress(SandboxError):
                future.result().throw_away()
        self._warm = []
        self._park(lambda idle: idle)
