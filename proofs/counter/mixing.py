"""Mixtures of contexts: docs/format.md, section 7, "Mixed and sorted"."""

import numpy as np

ONE = 1 << 16
FIRST_WEIGHT = (1 << 20) // 5
LARGEST_WEIGHT = 1 << 26


def logarithms():
    """`log(v)` for v from 0 (unused) to 2^16."""
    numbers = np.arange(1, ONE + 1, dtype=np.uint64)
    digits = np.zeros(ONE, np.int64)
    for place in range(1, 17):
        digits += (numbers >> np.uint64(place)) > 0
    result = digits.copy()
    mantissa = numbers << (31 - digits).astype(np.uint64)
    for _ in range(10):
        mantissa = (mantissa * mantissa) >> np.uint64(31)
        bit = mantissa >> np.uint64(32)
        mantissa >>= bit
        result = 2 * result + bit.astype(np.int64)
    return np.concatenate([[0], result])


def tables():
    """The tables of `stretch` and of `squash`, the latter by `u`."""
    log = logarithms()
    stretch = np.zeros(ONE, np.int64)
    stretch[1:] = log[1:ONE] - log[ONE - 1:0:-1]
    borders = 8 * np.arange(4096) - 16377
    squash = np.searchsorted(np.sort(stretch[1:]), borders, side="right")
    return stretch.tolist(), np.maximum(squash, 1).tolist()


STRETCH, SQUASH = tables()


class Mixture:
    """A mixture of some kinds of context, which codes bits."""

    def __init__(self, kinds):
        self.weights = [FIRST_WEIGHT] * kinds
        self.counts = [{} for _ in range(kinds)]
        self.all = [0, 0]

    def code(self, coder, contexts):
        """A bit, given the values of the contexts."""
        zeros, ones = self.all
        prior = min(max(((2 * ones + 1) * ONE) // (2 * (zeros + ones) + 2), 1), ONE - 1)
        base = STRETCH[prior]
        found = []
        inputs = []
        mixed = 0
        for counts, weight, value in zip(self.counts, self.weights, contexts):
            pair = counts.get(value)
            if pair is None:
                pair = counts[value] = [0, 0]
            found.append(pair)
            chance = max(1, (ONE * pair[1] + 8 * prior) // (pair[0] + pair[1] + 8))
            stretched = STRETCH[chance] - base
            inputs.append(stretched)
            mixed += weight * stretched
        total = min(max(base + (mixed >> 20), -16384), 16383)
        chance = SQUASH[(total + 16384) >> 3]
        bit = coder.even(chance)
        error = (ONE if bit else 0) - chance
        for kind, (pair, stretched) in enumerate(zip(found, inputs)):
            weight = self.weights[kind] + ((error * stretched + 2048) >> 12)
            self.weights[kind] = min(max(weight, -LARGEST_WEIGHT), LARGEST_WEIGHT)
            pair[bit] += 1
            if pair[0] + pair[1] == 1024:
                pair[0] >>= 1
                pair[1] >>= 1
        self.all[bit] += 1
        return bit
