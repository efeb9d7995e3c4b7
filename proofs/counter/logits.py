"""`python -m counter.logits CERTIFICATE_DIR [--base BASE]`: the logits of both programs.

A network with a large base takes seconds an image, hours on all of them; this compares its logits,
bit for bit, on N random images of the training set with those of the `nonvacuous` package, which
must be installed (`pip install ./python`).
"""

import argparse
import hashlib
import sys
import time
from pathlib import Path

import nonvacuous
import numpy as np

from . import certificate, checks, evaluation, examples, model


def main():
    """Exit codes: 0 all logits are equal to the bit, 1 some are not."""
    parser = argparse.ArgumentParser(prog="python -m counter.logits", description=__doc__)
    parser.add_argument("certificate", type=Path, help="the folder of the certificate")
    parser.add_argument("--data", type=Path, help="the folder of the data set")
    parser.add_argument("--base", type=Path, help="the model file that the model is relative to")
    parser.add_argument("--images", type=int, default=500, help="how many are drawn")
    options = parser.parse_args()
    claim = certificate.read(options.certificate / "certificate.json")
    training, _ = examples.read(options.data or checks.folder_of(claim))
    chosen = np.random.default_rng(0).choice(len(training.labels), options.images, replace=False)
    path = options.certificate / claim["model"]["file"]
    base = options.base and options.base.read_bytes()
    ours = model.read(path.read_bytes(), base)
    theirs = nonvacuous.Model.open(path, base=options.base)
    differing, digest, start = 0, hashlib.sha256(), time.monotonic()
    size = 20  # larger than for whole data sets: most of the time is spent once a call
    for begin in range(0, len(chosen), size):
        images = training.images[chosen[begin:begin + size]]
        found = np.asarray(evaluation.logits(ours, evaluation.pixels(training.levels, images)))
        found = found.astype(np.float32).reshape(len(images), -1)
        expected = theirs.logits(images).reshape(len(images), -1)
        for one, other in zip(found, expected, strict=True):
            differing += one.tobytes() != other.tobytes()
        digest.update(found.tobytes())
    print(f"{len(chosen)} images, {found.shape[1]} logits each, {time.monotonic() - start:.0f} s: "
          f"{differing} differ; SHA-256 of ours {digest.hexdigest()}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
