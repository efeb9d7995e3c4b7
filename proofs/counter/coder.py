"""The arithmetic coder: docs/format.md, section 2.

The decoder encodes again what it decodes, since only the canonical file is valid.
"""

from .errors import Invalid

TOTAL = 1 << 20
MASK = (1 << 64) - 1
WORD = (1 << 32) - 1


class Decoder:
    """Reads symbols from the bytes of a file and writes them again beside."""

    def __init__(self, data):
        self.data = data
        self.position = 8
        self.lower = 0
        self.range = MASK
        self.point = int.from_bytes(data[:8].ljust(8, b"\0"), "big")
        self.scale = 0
        self.words = []

    def quantile(self):
        """Steps 1 and 2: the number whose interval is looked for."""
        self.scale = self.range >> 20
        quantile = ((self.point - self.lower) & MASK) // self.scale
        if quantile >= TOTAL:
            raise Invalid("no symbol has this code")
        return quantile

    def take(self, start, width):
        """Steps 3 and 4, after `quantile`: the symbol with the interval [start, start + width)."""
        lower = self.lower + self.scale * start
        if lower > MASK:
            self.carry()
            lower &= MASK
        size = self.scale * width
        if size <= WORD:
            self.words.append(lower >> 32)
            lower = (lower << 32) & MASK
            size <<= 32
            word = self.data[self.position:self.position + 4].ljust(4, b"\0")
            self.point = ((self.point << 32) & MASK) + int.from_bytes(word, "big")
            self.position += 4
        self.lower = lower
        self.range = size

    def carry(self):
        """Adds one to the words already written."""
        place = len(self.words) - 1
        while self.words[place] == WORD:
            self.words[place] = 0
            place -= 1
        self.words[place] += 1

    def weighted(self, weights, _wanted=None):
        """`weighted(w_0, ..., w_(r-1))`: docs/format.md, section 3.

        `_wanted` is what a coder to nowhere would take (see records.py): here the file says.
        """
        quantile = self.quantile()
        free = TOTAL - len(weights)
        whole = sum(weights)
        below = start = 0
        for symbol, weight in enumerate(weights):
            below += weight
            end = below * free // whole + symbol + 1
            if quantile < end:
                self.take(start, end - start)
                return symbol
            start = end
        raise AssertionError("the intervals fill the whole")

    def sixteen(self):
        """A number of 16 bits: docs/graph.md, "Tensors"."""
        number = self.quantile() >> 4
        self.take(number << 4, 16)
        return number

    def even(self, ones):
        """`even(ones)`: docs/format.md, section 3."""
        border = TOTAL - 16 * ones
        if self.quantile() < border:
            self.take(0, border)
            return 0
        self.take(border, 16 * ones)
        return 1

    def finish(self):
        """"End": what an encoder would have written must be what was read."""
        for count in range(1, 9):
            unit = 1 << (64 - 8 * count)
            value = -(-self.lower // unit) * unit
            if value + unit <= self.lower + self.range:
                break
        if value > MASK:
            self.carry()
        written = b"".join(word.to_bytes(4, "big") for word in self.words)
        written += (value & MASK).to_bytes(8, "big")[:count]
        if written != self.data:
            raise Invalid("not the canonical file: encoded again it has other bytes")
