"""Become an unprivileged, limited process that dies with its parent, then run a program.

Run as a script, without site-packages: `python -I -S launch.py OPTIONS -- program arguments`.
A script of its own because it must change user before it asks for the death
signal (changing user forgets it), and code between fork and exec is not safe in
a process with threads.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
FOLDER_HANDLE = 9
FOLDER_NAME = f"/proc/self/fd/{FOLDER_HANDLE}"


def main(arguments: list[str]) -> None:
    split = arguments.index("--")
    options = dict(option.split("=", 1) for option in arguments[:split])
    program = arguments[split + 1 :]
    os.umask(0o077)
    limit(options)
    if "folder" in options:
        enter(options["folder"])
    if "uid" in options:
        become(int(options["uid"]))
    die_with_parent(int(options["parent"]), int(options.get("signal", signal.SIGQUIT)))
    os.execv(program[0], program)  # noqa: S606


def enter(folder: str) -> None:
    """Stand in `folder` and keep it open, so that FOLDER_NAME leads there without passing the folders above."""
    os.chdir(folder)
    os.dup2(os.open(folder, os.O_RDONLY | os.O_DIRECTORY), FOLDER_HANDLE, inheritable=True)


def limit(options: dict[str, str]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "memory" in options:
        memory = int(options["memory"])
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if "file" in options:
        size = int(options["file"])
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def die_with_parent(parent: int, death: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)
    # The parent may have died before the request; then nobody would ever stop us.
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
