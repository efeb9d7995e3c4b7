"""How far long work has come: a bar, if tqdm is there."""

import sys
from typing import Any


class Progress:
    """A bar of tqdm's; without tqdm, or where nobody looks, nothing.

    Parameters
    ----------
    shown : bool, optional
        Whether to show it; without it, on a terminal and in a notebook.
    """

    def __init__(self, shown: bool | None) -> None:
        self._bar: Any = None
        self._tqdm: Any = None
        if shown is False or (shown is None and not _is_watched()):
            return
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        self._tqdm = tqdm

    def show(self, line: str) -> None:
        """Shows ``POSITION/LENGTH MESSAGE``."""
        if self._tqdm is None:
            return
        place, _, message = line.partition(" ")
        position, _, length = place.partition("/")
        if not (position.isdigit() and length.isdigit()):
            return
        if self._bar is None:
            self._bar = self._tqdm(total=int(length), leave=False)
        if self._bar.total != int(length):
            self._bar.reset(total=int(length))
        self._bar.n = int(position)
        self._bar.set_description(message.strip(), refresh=True)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _is_watched() -> bool:
    in_notebook = "ipykernel" in sys.modules
    return in_notebook or sys.stderr.isatty()
