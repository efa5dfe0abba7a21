"""The line between hooks and the web process, with git itself at the other end."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apps.githost import hooks
from apps.githost.hooks import HookLine, HooksMissing, Question, Say
from apps.repositories.commands import git_environment

REF = f"{'0' * 40} {'1' * 40} refs/heads/x\n"


async def run_hook(judge: hooks.Judge, name: str = "pre-receive", **variables: str) -> tuple[int, str]:
    line = HookLine()
    try:
        process = await asyncio.create_subprocess_exec(
            str(hooks.HOOKS / name),
            env=git_environment(**line.environment, **variables),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=line.descriptors,
        )
        line.let_go()
        answering = asyncio.create_task(line.answer(judge))
        _, errors = await process.communicate(REF.encode())
        await answering
        return process.returncode or 0, errors.decode()
    finally:
        line.close()


def ask(judge: hooks.Judge, name: str = "pre-receive", **variables: str) -> tuple[int, str]:
    return asyncio.run(run_hook(judge, name, **variables))


def test_the_question_holds_what_git_told_the_hook() -> None:
    asked: list[Question] = []

    async def judge(question: Question, say: Say) -> bool:
        asked.append(question)
        say("hello  there")
        return True

    options = {"GIT_PUSH_OPTION_COUNT": "2", "GIT_PUSH_OPTION_0": "a=b c", "GIT_PUSH_OPTION_1": "$(id)"}
    assert ask(judge, GIT_QUARANTINE_PATH="/q", **options) == (0, "hello  there\n")
    (question,) = asked
    assert (question.hook, question.quarantine, question.options) == ("pre-receive", "/q", ("a=b c", "$(id)"))
    assert [(c.ref, c.before, c.after) for c in question.changes] == [("refs/heads/x", "", "1" * 40)]


def test_a_push_option_of_several_lines_can_pretend_nothing() -> None:
    asked: list[Question] = []

    async def judge(question: Question, say: Say) -> bool:
        asked.append(question)
        return True

    forged = f"x\nend\nhook post-receive\nref {REF}end"
    ask(judge, GIT_PUSH_OPTION_COUNT="2", GIT_PUSH_OPTION_0=forged, GIT_PUSH_OPTION_1="ok")
    assert [(question.hook, question.options) for question in asked] == [("pre-receive", ("ok",))]


def test_no_is_no() -> None:
    async def judge(question: Question, say: Say) -> bool:
        say("not today")
        return False

    assert ask(judge) == (1, "not today\n")


def test_a_judge_that_fails_is_a_no() -> None:
    async def judge(question: Question, say: Say) -> bool:
        raise ZeroDivisionError

    async def run() -> int:
        line = HookLine()
        process = await asyncio.create_subprocess_exec(
            str(hooks.HOOKS / "pre-receive"),
            env=git_environment(**line.environment),
            stdin=subprocess.PIPE,
            pass_fds=line.descriptors,
        )
        line.let_go()
        assert process.stdin is not None
        process.stdin.write(REF.encode())
        process.stdin.close()
        with pytest.raises(ZeroDivisionError):
            await line.answer(judge)
        try:
            return await asyncio.wait_for(process.wait(), 10)
        finally:
            line.close()

    assert asyncio.run(run()) == 1


def test_said_text_is_capped_and_made_plain() -> None:
    async def judge(question: Question, say: Say) -> bool:
        say("a\x1b[2Jb\nexit 0")
        for _ in range(1000):
            say("x" * 400)
        return False

    code, text = ask(judge)
    assert code == 1
    assert text.splitlines()[0] == "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}exit 0"
    assert len(text) <= hooks.MAX_SAID


@pytest.mark.parametrize("name", ["pre-receive", "post-receive"])
def test_a_hook_that_git_would_pass_over_stops_every_push(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(hooks.HOOKS, tmp_path / "hooks")
    monkeypatch.setattr(hooks, "HOOKS", tmp_path / "hooks")
    HookLine().close()
    (tmp_path / "hooks" / name).chmod(0o644)
    with pytest.raises(HooksMissing, match="is not executable"):
        HookLine()


def test_descriptors_keep_clear_of_those_that_the_hook_names() -> None:
    """In a process that has few files open, pipes would get the numbers 8 and 9 themselves."""
    script = (
        "import os, django; django.setup(); os.closerange(3, 50)\n"
        "from apps.githost.hooks import HookLine\n"
        "print(min(HookLine().descriptors))\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "braid.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True
    )
    assert int(done.stdout) >= 10


def test_no_descriptor_is_left_open() -> None:
    async def judge(question: Question, say: Say) -> bool:
        return True

    ask(judge)
    before = len(os.listdir("/proc/self/fd"))
    ask(judge)
    assert len(os.listdir("/proc/self/fd")) == before


def test_git_sees_nothing_of_braids_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BRAID_SECRET_KEY", "GIT_DIR", "GIT_SSH_COMMAND", "LD_PRELOAD"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in git_environment().values()
