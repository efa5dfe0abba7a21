"""A line on the terminal that says what is being replayed, once it takes more than a second."""

import shutil
import time
from types import TracebackType
from typing import Self, TextIO

from sandbox.replays import Progress

_PATIENCE_S = 1.0
_EVERY_S = 0.1
_CLEAR = "\r\x1b[2K"


class ProgressLine:
    """Rewrites one line of a terminal; silent where the stream is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._next = time.monotonic() + _PATIENCE_S
        self._is_drawn = False

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if not self._is_terminal or now < self._next:
            return
        self._next = now + _EVERY_S
        self._is_drawn = True
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(_CLEAR + _line(progress)[:width])
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_drawn:
            self._stream.write(_CLEAR)
            self._stream.flush()


def _line(progress: Progress) -> str:
    side = "base " if progress.phase == "base" else ""
    return f"replaying {side}{progress.done + 1}/{progress.total}  {progress.migration}"
