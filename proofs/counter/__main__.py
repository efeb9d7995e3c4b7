"""`python -m counter CERTIFICATE_DIR [--data FOLDER] [--base BASE]`: README.md."""

import argparse
import sys
from pathlib import Path

from . import certificate, checks
from .errors import CannotCheck, Invalid


def main():
    """Exit codes: 0 everything agrees, 1 something does not, 2 it cannot be checked."""
    parser = argparse.ArgumentParser(prog="python -m counter", description=__doc__)
    parser.add_argument("certificate", type=Path, help="the folder of the certificate")
    parser.add_argument("--data", type=Path, help="the folder of the data set")
    parser.add_argument("--base", type=Path, help="the model file that the model is relative to")
    options = parser.parse_args()
    try:
        claim = certificate.read(options.certificate / "certificate.json")
        agrees = checks.check(claim, options.certificate, options.data, options.base)
    except Invalid as error:
        print(f"Disagrees: {error}.")
        return 1
    except CannotCheck as error:
        print(f"Cannot check: {error}.")
        return 2
    print("Everything agrees." if agrees else "Something does not agree.")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
