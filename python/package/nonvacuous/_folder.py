"""A folder for long work: one that is kept, or one that is not."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .exceptions import UsageError


@contextmanager
def working_folder(kept: "str | os.PathLike[str] | None" = None) -> Iterator[Path]:
    """A folder that is kept, where work can be gone on with; without a name one that is not."""
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="nonvacuous-") as name:
            yield Path(name)
        return
    folder = Path(kept)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder: name another (out=)")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
