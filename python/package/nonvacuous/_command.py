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

from ._progress import Progress
from .exceptions import DoesNotHold, MachineError, NonvacuousWarning, UsageError

LOG = logging.getLogger("nonvacuous")

_MARK = "progress "
_FAILURES = {1: DoesNotHold, 3: MachineError}
_SECONDS_TO_END = 1.0


def run(words: Sequence[str], folder: Path, *, progress: bool | None, json_out: bool) -> Any:
    """Runs the command in a folder; what it prints as JSON, or as text.

    Lines that it writes for people go to the log, advice becomes warnings, and what goes wrong an
    exception with its message. An interruption (Ctrl-C) ends it; what was finished is in its files.
    """
    command = [sys.executable, "-m", "nonvacuous", *words, "--progress-lines"]
    if json_out:
        command.append("--json")
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
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
    text = "".join(printed)
    if process.returncode != 0:
        message = "\n".join(said) or text or f"the command ended with {process.returncode}"
        raise _FAILURES.get(process.returncode, UsageError)(message.removeprefix("nonvacuous: "))
    for line in said:
        if line.startswith("nonvacuous: "):
            advice = line.removeprefix("nonvacuous: ")
            warnings.warn(advice, NonvacuousWarning, stacklevel=3)
    return json.loads(text) if json_out else text


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
        if value is None or value is False:
            continue
        if value is True:
            words.append(option)
        else:
            words += [option, str(value)]
    return words
