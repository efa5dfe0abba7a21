"""Starts the programs in order, watches them, and stops them in the opposite order."""

import asyncio
import signal
import socket
from collections.abc import Awaitable

from braid.up import programs
from braid.up.child import Child, NeverReady
from braid.up.database import Database
from braid.up.instance import Instance
from braid.up.options import Options, child_environment
from braid.up.programs import Program
from braid.up.schema_stamp import schema_stamp
from braid.up.sign_in import demo_password, say_sign_in
from sandbox.errors import SandboxError

READY_S = 90.0
WATCH_S = 1.0
STOP_DEMO_S = 10.0


class Failed(Exception):
    """Something needed did not start; the message says what and shows its last words."""


class Supervisor:
    def __init__(self, options: Options, instance: Instance, listener: socket.socket) -> None:
        self._options = options
        self._instance = instance
        self._listener = listener
        self._database = Database(instance) if options.embedded else None
        self._environment: dict[str, str] = {}
        self._children: list[Child] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._demo_work: asyncio.Task[None] | None = None
        self._asked_to_end = asyncio.Event()

    async def run(self) -> int:
        """Until somebody asks to end; 0 when that went well. Raises Failed when it could not start."""
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(each, self._end)
        try:
            await self._unless_asked_to_end(self._start())
            await self._unless_asked_to_end(self._watch())
        finally:
            await self._stop()
        return 0

    def _end(self) -> None:
        if self._asked_to_end.is_set():
            return
        say("stopping ...")
        self._asked_to_end.set()

    async def _unless_asked_to_end(self, work: Awaitable[None]) -> None:
        if self._asked_to_end.is_set():
            if asyncio.iscoroutine(work):
                work.close()
            return None
        working = asyncio.ensure_future(work)
        asked = asyncio.ensure_future(self._asked_to_end.wait())
        await asyncio.wait([working, asked], return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if working.done():
            return working.result()
        working.cancel()
        await asyncio.wait([working])
        return None

    async def _start(self) -> None:
        if self._database:
            self._database.start()
        url = self._database.url if self._database else self._options.database_url
        self._environment = child_environment(self._options, url, self._instance.secret("django"))
        await self._prepare(url)
        await self._start_programs()
        await self._make_demo()
        say_sign_in(self._options, self._instance)
        if self._options.demo and self._instance.stamp("demo") and not self._instance.stamp("demo-work"):
            self._demo_work = asyncio.create_task(self._let_demo_work())

    async def _prepare(self, url: str) -> None:
        stamp = schema_stamp(url, self._environment.get("BROKER_URL", ""))
        if self._instance.stamp("schema") != stamp:
            say("bringing the database up to date ...")
            await self._run_to_end(programs.prepare(), self._environment)
            self._instance.set_stamp("schema", stamp)

    async def _start_programs(self) -> None:
        """All at once: each spends most of its start importing."""
        fd = self._listener.fileno()
        self._keep_running(programs.web(), {**self._environment, "BRAID_LISTEN_FD": str(fd)}, fd=fd)
        self._keep_running(programs.worker(self._options.workers), self._environment)
        self._keep_running(programs.beat(self._instance.run), self._environment)
        ready = asyncio.create_task(self._all_ready())
        try:
            await asyncio.wait([ready, *self._tasks], timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        self._raise_failures()
        waiting = [child.program.name for child in self._children if not child.ready.is_set()]
        if waiting:
            raise Failed(
                f"{', '.join(waiting)} did not get ready in {READY_S:.0f} s; see {self._instance.logs}"
            )

    async def _all_ready(self) -> None:
        for child in self._children:
            await child.ready.wait()

    def _keep_running(self, program: Program, environment: dict[str, str], *, fd: int = -1) -> None:
        child = Child(program, environment, self._instance.logs, say, fd=fd)
        self._children.append(child)
        self._tasks.append(asyncio.create_task(child.keep_running()))

    async def _run_to_end(self, program: Program, environment: dict[str, str]) -> None:
        child = Child(program, environment, self._instance.logs, say)
        try:
            code = await child.run_once()
        except asyncio.CancelledError:
            await child.stop()
            raise
        if code:
            raise Failed(child.last_words(code))

    async def _make_demo(self) -> None:
        """A failure here is said, not fatal: the site is up, and the next start tries again."""
        if not self._options.demo or self._instance.stamp("demo"):
            return
        password = demo_password(self._options, self._instance)
        say("making the demo team and pushing its project ...")
        environment = {
            **self._environment,
            "BRAID_DEMO_PASSWORD": password,
            "BRAID_DEMO_SERVER": self._options.internal_url,
        }
        try:
            await self._run_to_end(programs.demo(), environment)
            self._instance.set_stamp("demo", password)
        except Failed as error:
            say(str(error))

    async def _let_demo_work(self) -> None:
        """Its people push and answer each other as workers come to it, while others look around already."""
        environment = {**self._environment, "BRAID_DEMO_SERVER": self._options.internal_url}
        try:
            await self._run_to_end(programs.demo_work(), environment)
            self._instance.set_stamp("demo-work", "done")
        except Failed as error:
            say(str(error))

    async def _watch(self) -> None:
        while True:
            await asyncio.wait(self._tasks, timeout=WATCH_S, return_when=asyncio.FIRST_COMPLETED)
            self._raise_failures()
            if self._database and not self._database.is_running:
                await self._restart_database(self._database)

    def _raise_failures(self) -> None:
        for task in self._tasks:
            if task.done() and isinstance(error := task.exception(), NeverReady):
                raise Failed(str(error)) from None
            if task.done():
                task.result()

    async def _restart_database(self, database: Database) -> None:
        say(f"the database ended, starting it again; it said: {database.last_words() or 'nothing'}")
        try:
            database.start()
        except SandboxError as error:
            say(str(error))
            await asyncio.sleep(5)

    async def _stop(self) -> None:
        """What makes new work first, the database last."""
        if self._demo_work:
            self._demo_work.cancel()
            await asyncio.wait([self._demo_work], timeout=STOP_DEMO_S)
        for name in ("beat", "worker", "web"):
            for child in self._children:
                if child.program.name == name:
                    await child.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        if self._database:
            self._database.stop()


def say(line: str) -> None:
    print(line, flush=True)
