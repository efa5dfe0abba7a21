"""The line between git's hooks and the web process that started git.

A hook is a few lines of sh (`hooks/ask`) that writes what git told it into one
inherited pipe and reads what to do from another. The resident process reads the
quarantine and the database, so a push pays for no interpreter's start:
5 ms where a Python hook took 400.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from apps.githost.terminal import plain
from apps.repositories.actions import RefChange

HOOKS = Path(__file__).with_name("hooks")
MAX_REFS = 5000
MAX_OPTIONS = 16
MAX_OPTION = 200
# Less than a pipe holds: a client that does not read can't make the event loop wait.
MAX_SAID = 32 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """What git asks: which hook, the refs that are to move or have moved, the quarantine's folder."""

    hook: str
    changes: tuple[RefChange, ...]
    quarantine: str
    options: tuple[str, ...]


Say = Callable[[str], None]
Judge = Callable[[Question, Say], Awaitable[bool]]


class HooksMissing(Exception):
    """The hooks can't be run, and git would then take every push."""


class HookLine:
    """Both pipes of one git process: open it, start git with `descriptors`, `answer` until git is gone."""

    def __init__(self) -> None:
        _check_hooks()
        questions, questions_end = os.pipe()
        answers_end, answers = os.pipe()
        os.set_blocking(answers, False)
        self._questions: BinaryIO = os.fdopen(questions, "rb", 0)
        self._answers: int | None = answers
        self.descriptors: tuple[int, ...] = (_raised(questions_end), _raised(answers_end))
        self.environment = {
            "BRAID_QUESTIONS": str(self.descriptors[0]),
            "BRAID_ANSWERS": str(self.descriptors[1]),
        }

    def let_go(self) -> None:
        """Close the ends that git holds by now; without this its end would never be seen."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = ()

    async def answer(self, judge: Judge) -> None:
        """Answer each hook as `judge` says; returns when git and its hooks have ended."""
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), self._questions
        )
        try:
            while question := await _read_question(reader):
                await self._settle(question, judge)
        finally:
            transport.close()
            self._hang_up()

    def close(self) -> None:
        """Close what is open still."""
        self.let_go()
        self._questions.close()
        self._hang_up()

    def _hang_up(self) -> None:
        """Close our end; a hook that still waits then fails, and so does its push."""
        if self._answers is not None:
            os.close(self._answers)
            self._answers = None

    async def _settle(self, question: Question, judge: Judge) -> None:
        said = 0

        def say(line: str) -> None:
            nonlocal said
            said += len(text := f"say {plain(line)}\n".encode())
            if said <= MAX_SAID:
                self._write(text)

        accepted = await judge(question, say)
        self._write(b"exit 0\n" if accepted else b"exit 1\n")

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, BlockingIOError):
            if self._answers is not None:
                os.write(self._answers, data)


def _raised(descriptor: int) -> int:
    """The same pipe under a number of two digits: the hook gives 8 and 9 a meaning of its own."""
    raised = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return raised


async def _read_question(reader: asyncio.StreamReader) -> Question | None:
    """One hook's lines up to `end`, or None when the pipe ends first; refs beyond the cap count as one."""
    hook = quarantine = ""
    changes: list[RefChange] = []
    options: list[str] = []
    while line := await reader.readline():
        word, _, rest = line.decode("utf-8", "replace").rstrip("\n").partition(" ")
        if word == "end":
            return Question(hook, tuple(changes), quarantine, tuple(options))
        if word == "hook":
            hook = rest
        elif word == "quarantine":
            quarantine = rest
        elif word == "ref" and len(changes) <= MAX_REFS:
            changes.append(_change(rest))
        elif word == "option" and len(options) < MAX_OPTIONS:
            options.append(plain(rest, MAX_OPTION))
    return None


def _change(line: str) -> RefChange:
    before, after, ref = line.split(" ", 2)
    return RefChange(ref, before.strip("0") and before, after.strip("0") and after)


def _check_hooks() -> None:
    """A hook that is not executable is passed over by git, and the default branch would be open to all."""
    for name in ("pre-receive", "post-receive"):
        if not os.access(HOOKS / name, os.X_OK):
            raise HooksMissing(f"{HOOKS / name} is not executable; run chmod +x on it")
