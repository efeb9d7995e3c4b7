"""The command `nonvacuous`: ``python -m nonvacuous`` is the same."""

import signal
import sys

from . import _nonvacuous


def main() -> None:
    """Runs the command with the words of the command line."""
    # The command ends at once, as a program does; what is finished is in its files.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_nonvacuous.run_command(["nonvacuous", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
