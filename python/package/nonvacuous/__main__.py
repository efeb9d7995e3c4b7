"""The command `nonvacuous`: ``python -m nonvacuous`` is the same."""

import os
import signal
import sys
import threading

from . import _nonvacuous

_FAILED = 70
"""Exit code where Python itself failed; those of the command are below."""


def main(ends_with_parent: bool = False) -> None:
    """Runs the command with the words of the command line."""
    # The command ends at once, as a program does; what is finished is in its files.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if ends_with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        code = _nonvacuous.run_command(["nonvacuous", *sys.argv[1:]])
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        code = _FAILED
    sys.exit(code)


def _end_with_parent() -> None:
    """Ends this process when the one that started it has ended: then standard input does."""
    # Without Python's own buffer, whose lock the interpreter would wait for when it ends.
    while os.read(0, 1):
        pass
    os._exit(_FAILED)


if __name__ == "__main__":
    main()
