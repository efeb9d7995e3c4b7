"""Distributions and integers: docs/format.md, section 3.

Each reader refuses what an encoder would have written in another way ("only the canonical file is
valid", docs/format.md, section 1).
"""

from .errors import Invalid


def bits(coder, count):
    """`bits(n)`."""
    number = 0
    for _ in range(count):
        number = 2 * number + coder.weighted((1, 1))
    return number


def gamma(coder):
    """`gamma`, Elias's code of a number from 1 on, at most 40 digits."""
    zeros = 0
    while coder.weighted((1, 1)) == 0:
        zeros += 1
        if zeros == 40:
            raise Invalid("a gamma code of more than 40 digits")
    return (1 << zeros) | bits(coder, zeros)


def signed(coder):
    """`signed`: 0, -1, 1, -2, 2, ... for the gamma code of 1, 2, 3, 4, 5, ..."""
    number = gamma(coder)
    return number // 2 if number % 2 else -(number // 2)


def listed(coder, values, weights, other):
    """A symbol of `weighted(weights)` for one of the values, or `other(coder)` after the last."""
    symbol = coder.weighted(weights)
    if symbol < len(values):
        return values[symbol]
    number = other(coder)
    if number in values:
        raise Invalid(f"not the canonical file: {number} has a symbol of its own")
    return number


def favourite(coder, values, weights):
    """`favourite(values; weights)`."""
    return listed(coder, values, weights, gamma)


def width(coder):
    """`width` of versions 1 and 2."""
    digits = coder.weighted((1, 2, 6, 16, 12, 6, 4, 3, 2, 2, 1, 1, 1))
    if digits < 12:
        return (1 << digits) | bits(coder, digits)
    number = gamma(coder)
    if number < 1 << 12:
        raise Invalid("not the canonical file: a width that has a symbol of its own")
    return number


class Adaptive:
    """`adaptive from (weights)`; `adaptive(r)` is that from r ones."""

    def __init__(self, weights):
        self.weights = list(weights)

    def code(self, coder, wanted=None):
        """Codes a symbol and learns it."""
        symbol = coder.weighted(self.weights, wanted)
        self.weights[symbol] += 2
        return symbol


class AdaptiveBit:
    """`adaptive bit`."""

    def __init__(self):
        self.weights = [1, 1]
        self.known = [1, 1]
        self.count = 0

    def code(self, coder):
        """Codes a bit; after 1,024 bits the counts are brought up to date every 16."""
        bit = coder.weighted(self.known)
        self.weights[bit] += 2
        self.count += 1
        if self.count <= 1024 or self.count % 16 == 0:
            self.known = self.weights[:]
        return bit
