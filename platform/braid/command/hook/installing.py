"""Putting the hook where git looks for it, and taking it out; a hook that is there already is kept and goes first."""

import argparse
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from string import Template

from braid.command.exits import Exit, Stop

MARK = "Braid's pre-push hook"
BEFORE = ".before-braid"
_SHARED = ("global", "system")


def install(given: argparse.Namespace) -> Exit:
    """Write the hook; a second time renews it. Raises Stop."""
    hook = _place()
    before = hook.with_name(hook.name + BEFORE)
    try:
        hook.parent.mkdir(parents=True, exist_ok=True)
        if _is_there(hook) and not _is_ours(hook):
            if _is_there(before):
                raise Stop(
                    f"{hook} is not Braid's, and {before} is there as well; remove the one that is not needed"
                )
            hook.rename(before)
        hook.write_text(_script(given), encoding="utf-8")
        hook.chmod(0o755)
    except OSError as error:
        raise Stop(f"{hook}: {error.strerror}") from None
    chained = f"; {before.name} goes first" if _is_there(before) else ""
    print(f"{hook} {'stops' if given.block else 'warns before'} pushes that collide{chained}")
    return Exit.FINE


def uninstall(given: argparse.Namespace) -> Exit:
    """Remove the hook and put back the one that was there before. Raises Stop."""
    hook = _place()
    before = hook.with_name(hook.name + BEFORE)
    if not _is_ours(hook):
        raise Stop(f"{hook} is not Braid's" if _is_there(hook) else f"there is no {hook}")
    try:
        hook.unlink()
        if _is_there(before):
            before.rename(hook)
    except OSError as error:
        raise Stop(f"{hook}: {error.strerror}") from None
    print(f"{hook} is {'the one from before again' if _is_there(hook) else 'gone'}")
    return Exit.FINE


def _place() -> Path:
    """Where git looks for it: in `core.hooksPath`, else in the repository, whose worktrees share it."""
    top = _git("rev-parse", "--show-toplevel")
    scope, _, folder = _git("config", "--show-scope", "--get", "core.hooksPath", missing="").partition("\t")
    if scope in _SHARED:
        raise Stop(
            f"core.hooksPath of your {scope} settings, {folder}, serves all repositories; call `braid hook run "
            '-- "$@"` in its pre-push yourself, or set core.hooksPath in this repository'
        )
    # A relative core.hooksPath counts from where hooks run, which is the top of the worktree.
    return Path(top, _git("-C", top, "rev-parse", "--git-path", "hooks/pre-push"))


def _git(*arguments: str, missing: str | None = None) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError:
        raise Stop("git is not on this machine") from None
    if done.returncode and missing is None:
        raise Stop(done.stderr.strip().removeprefix("fatal: ") or f"git {arguments[0]} failed")
    return done.stdout.rstrip("\n") if done.returncode == 0 else missing or ""


def _is_there(path: Path) -> bool:
    """A link that leads nowhere is there as well."""
    return path.exists() or path.is_symlink()


def _is_ours(hook: Path) -> bool:
    try:
        return MARK in hook.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _script(given: argparse.Namespace) -> str:
    options = ["--timeout", f"{given.timeout:g}", *(["--block"] if given.block else [])]
    for name in ("base", "root", "postgres"):
        value = getattr(given, name)
        options += [f"--{name}={value}"] if value else []
    text = files(__package__).joinpath("pre-push.sh").read_text(encoding="utf-8")
    return Template(text).substitute(
        mark=MARK,
        before=f"pre-push{BEFORE}",
        suffix=BEFORE,
        braid=shlex.quote(_executable()),
        options=shlex.join(options),
        missing=int(given.block),
    )


def _executable() -> str:
    """This very command. Not `python -m`, which would look for modules in the repository first."""
    beside = Path(sys.executable).with_name("braid")
    found = str(beside) if beside.exists() else shutil.which("braid")
    if found is None:
        raise Stop("the braid command is not installed here, so no hook could call it")
    return found
