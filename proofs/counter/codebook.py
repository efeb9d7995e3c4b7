"""Codebooks: docs/format.md, section 6."""

import numpy as np

from .codes import AdaptiveBit, bits, gamma, listed, signed
from .errors import Invalid

COUNT = (1, 4, 24, 8, 8, 6, 6, 6, 4, 2, 2, 2, 2, 2, 2, 2, 3)
DIGITS = (12, 24, 32, 24, 12, 6, 4, 6, 2, 2, 4) + (1,) * 11 + (4, 8, 8, 4, 2) + (1,) * 5
LARGEST_MULTIPLE = 1 << 16


class Codebook:
    """The values in ascending order, the first `negative` of them below zero."""

    def __init__(self, values, negative):
        self.values = np.array(values, np.float32)
        self.negative = negative
        self.positive = len(values) - negative

    def weights(self, symbols):
        """The numbers that symbols stand for: 0 is zero, s the s-th value."""
        return np.concatenate([np.zeros(1, np.float32), self.values])[symbols]


def first(coder):
    """`first(e)`."""
    return listed(coder, (0, -1, 1, -2, 2, -3, -4, 3), (8, 8, 8, 4, 3, 3, 2, 1, 3), signed)


def following(coder):
    """`next(d)`."""
    return listed(coder, (0, 1, -1, 2, -2), (16, 6, 6, 2, 2, 2), signed)


def read(coder):
    """A codebook."""
    count = coder.weighted(COUNT)
    if count == 16:
        count = 15 + gamma(coder)
    if count > 255:
        raise Invalid("a codebook of more than 255 values")
    if count == 0:
        return Codebook([], 0)
    form = coder.weighted((2, 1))
    negative = coder.weighted([1 + 2 * min(n, count - n) for n in range(count + 1)])
    digits = coder.weighted(DIGITS)
    values = (grid if form else plain_list)(coder, count, negative, digits)
    with np.errstate(over="ignore", under="ignore"):
        single = np.array(values, np.float64).astype(np.float32)
    if not np.all(np.isfinite(single)) or np.any(np.abs(single) < np.float32(2.0 ** -126)):
        raise Invalid("a codebook with a number that is not normal")
    if np.any(single[1:] <= single[:-1]):
        raise Invalid("a codebook that does not ascend")
    return Codebook(single, negative)


def plain_list(coder, count, negative, digits):
    """"List"."""
    if digits > 23:
        raise Invalid("a list of more than 23 digits")
    values = []
    exponent = 0
    for place in range(count):
        exponent = exponent + following(coder) if place else first(coder)
        if not -126 <= exponent <= 127:
            raise Invalid("an exponent of no normal number")
        magnitude = (1 + bits(coder, digits) / 2 ** digits) * 2.0 ** exponent
        values.append(-magnitude if place < negative else magnitude)
    return values


def grid(coder, count, negative, digits):
    """"Grid"; in double precision steps and multiples are exact, so that one rounding is left."""
    exponent = first(coder)
    if not -160 <= exponent <= 127:
        raise Invalid("a step with an exponent out of range")
    step = (1 + bits(coder, digits) / 2 ** digits) * 2.0 ** exponent
    by_one = AdaptiveBit()
    sides = []
    for size in (negative, count - negative):
        multiple = 0
        side = []
        for _ in range(size):
            multiple += 1 if by_one.code(coder) else 1 + gamma(coder)
            if multiple > LARGEST_MULTIPLE:
                raise Invalid("a multiple above 2^16")
            side.append(multiple * step)
        sides.append(side)
    return [-value for value in reversed(sides[0])] + sides[1]
