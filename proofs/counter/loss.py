"""When an example is right: docs/format.md, last paragraph; docs/certificate.md, `loss`."""

import numpy as np

TOP_1 = "zero-one with margin"
TOP_5 = "top-5 with margin"
MARGIN = np.float32(1 / 4096)


def wrong(logits, outputs, loss):
    """Whether each example is an error; `outputs` has the output of each one's class.

    Differences and margins are rounded to single precision, as all numbers are; the largest
    magnitude is that of the logits that are numbers.
    """
    with np.errstate(all="ignore"):
        margin = np.fmax.reduce(np.abs(logits), axis=1) * MARGIN
        own = np.take_along_axis(logits, outputs[:, None], axis=1)
        exceeded = (own - logits > margin[:, None]).sum(axis=1)
    others = logits.shape[1] - 1
    return exceeded < (others - 4 if loss == TOP_5 else others)
