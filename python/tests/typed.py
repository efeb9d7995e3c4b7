"""A user's program, as ``mypy --strict`` reads it; it is not run."""

from pathlib import Path

import nonvacuous
import numpy as np
import numpy.typing as npt


def largest(errors: npt.NDArray[np.int64]) -> float:
    """The largest of the bounds for these errors."""
    found = nonvacuous.bounds(60_000, errors, 2_000, kinds=["occam_binomial"])
    return float(found["occam_binomial"].max())


def certified(path: Path, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> bool:
    """Whether the network in a file gets a certificate that holds."""
    certificate: nonvacuous.Certificate = nonvacuous.certify(path, images, labels, minutes=5.0)
    verdict: nonvacuous.Verdict = certificate.verify(images, labels)
    weights: dict[str, npt.NDArray[np.float32]] = certificate.model().weights
    return verdict.holds and bool(weights)
