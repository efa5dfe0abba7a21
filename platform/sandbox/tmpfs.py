"""A size-limited file system in memory for one server's data, where we may mount one.

The limit is then the kernel's and cannot be outrun; elsewhere `sandbox.watching`
measures the folder instead.
"""

import ctypes
import os
from pathlib import Path

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MNT_DETACH = 2
# A database of 1,000 tables with their indexes has some 4,000 files.
FILES = 400_000

_libc = ctypes.CDLL(None, use_errno=True)


def mount(folder: Path, size_mb: int) -> bool:
    """Mount an empty file system of at most `size_mb` on `folder`; False where that is not permitted."""
    if os.geteuid() != 0:
        return False
    options = f"size={size_mb}m,nr_inodes={FILES},mode=0711".encode()
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    code: int = _libc.mount(b"braid-sandbox", os.fsencode(folder), b"tmpfs", flags, options)
    return code == 0


def unmount(folder: Path) -> None:
    """Detach whatever is mounted on `folder`, also while somebody is in it."""
    if os.geteuid() == 0 and os.path.ismount(folder):
        _libc.umount2(os.fsencode(folder), MNT_DETACH)
