"""Long work: the command in a process of its own, so that it can be interrupted."""

import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ._progress import Progress
from .exceptions import (
    DoesNotHold,
    MachineError,
    NonvacuousError,
    NonvacuousWarning,
    UsageError,
)

LOG = logging.getLogger("nonvacuous")

_MARK = "progress "
_OURS = ("nonvacuous: ", "error: ")
_FAILURES: dict[int, type[NonvacuousError]] = {1: DoesNotHold, 2: UsageError, 3: MachineError}
_SECONDS_TO_END = 1.0

# The package that is imported here, whatever the folder has and the environment says.
_PACKAGES = str(Path(__file__).absolute().parents[1])
_START = (
    f"import sys; sys.path[:] = [{_PACKAGES!r}, *(p for p in sys.path if p)]; "
    "from nonvacuous.__main__ import main; main(ends_with_parent=True)"
)


def run(
    words: Sequence[str],
    folder: Path,
    *,
    progress: bool | None,
    json_out: bool,
    stacklevel: int = 3,
) -> Any:
    """Runs the command in a folder; what it prints as JSON, or as text.

    Lines that it writes for people go to the log, advice becomes warnings, and what goes wrong an
    exception with its message. An interruption (Ctrl-C) ends it; what was finished is in its files.
    """
    command = [sys.executable, "-c", _START, *words, "--progress-lines"]
    if json_out:
        command.append("--json")
    process = subprocess.Popen(
        command,
        cwd=folder,
        # Closed when this process ends, however: then the command ends, too.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    printed: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        printed.append(process.stdout.read())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    said: list[str] = []
    try:
        with Progress(progress) as bar:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith(_MARK):
                    bar.show(line.removeprefix(_MARK).strip())
                elif line.strip():
                    said.append(line.rstrip())
                    LOG.info(line.rstrip())
        process.wait()
        reader.join()
    except BaseException:
        _end(process)
        raise
    finally:
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None and process.poll() is not None:
                pipe.close()
    text = "".join(printed)
    if process.returncode != 0:
        raise _failure(process.returncode, said)
    for line in said:
        if line.startswith("nonvacuous: "):
            advice = line.removeprefix("nonvacuous: ")
            warnings.warn(advice, NonvacuousWarning, stacklevel=stacklevel)
    return json.loads(text) if json_out else text


def _failure(code: int, said: list[str]) -> NonvacuousError:
    """The exception for an exit code, with what the command said last."""
    begun = [place for place, line in enumerate(said) if line.startswith(_OURS)]
    if code not in _FAILURES or not begun:
        message = "\n".join(said) or "it said nothing"
        return MachineError(f"the command ended with {code}: {message}")
    message = "\n".join(said[begun[-1]:])
    for mark in _OURS:
        message = message.removeprefix(mark)
    return _FAILURES[code](message)


def _end(process: "subprocess.Popen[str]") -> None:
    """Ends a process, and waits for it."""
    process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def options(**given: Any) -> list[str]:
    """Options of a command line: what is None or False is left out."""
    words: list[str] = []
    for name, value in given.items():
        option = "--" + name.replace("_", "-")
        if value is None or (isinstance(value, (bool, np.bool_)) and not value):
            continue
        if isinstance(value, (bool, np.bool_)):
            words.append(option)
        else:
            words.append(f"{option}={value}")
    return words
