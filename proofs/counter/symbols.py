"""How the symbols of a tensor are coded: docs/format.md, section 7.

A tensor is seen as `view`: rows, channels, height, width.
"""

from .codes import Adaptive, AdaptiveBit
from .errors import Invalid
from .mixing import Mixture

LARGEST_MIXED = 1 << 21


class Signs:
    """What a symbol stands for: which sign, and the rank among the values of that sign."""

    def __init__(self, codebook):
        self.negative = codebook.negative
        self.positive = codebook.positive

    def both(self):
        """Whether the sign is not certain."""
        return self.negative > 0 and self.positive > 0

    def among(self, positive):
        """`g`: how many values have the sign."""
        return self.positive if positive else self.negative

    def symbol(self, positive, rank):
        """The symbol of this sign and rank."""
        return self.negative + 1 + rank if positive else self.negative - rank

    def magnitude(self, symbol):
        """The rank of a symbol that is not 0, plus 1."""
        return symbol - self.negative if symbol > self.negative else self.negative + 1 - symbol

    def sign(self, symbol):
        """`g(s)`: 0 for 0, 1 for a negative, 2 for a positive symbol."""
        return 0 if symbol == 0 else 1 if symbol <= self.negative else 2


def plain(coder, codebook, count, by_run):
    """"Plain and runs"."""
    signs = Signs(codebook)
    masks = {}
    sign = AdaptiveBit()
    ranks = [Adaptive([1] * signs.among(positive)) for positive in (0, 1)]
    symbols = []
    zeros = 0
    for _ in range(count):
        mask = masks.setdefault(min(zeros.bit_length(), 23) if by_run else 0, AdaptiveBit())
        if mask.code(coder) == 0:
            zeros += 1
            symbols.append(0)
            continue
        zeros = 0
        positive = sign.code(coder) if signs.both() else int(signs.positive > 0)
        rank = ranks[positive].code(coder) if signs.among(positive) > 1 else 0
        symbols.append(signs.symbol(positive, rank))
    return symbols


class Mixed:
    """"Mixed and sorted": the models of one tensor."""

    def __init__(self, coder, codebook, view):
        self.coder = coder
        self.signs = Signs(codebook)
        self.rows, self.channels, self.height, self.width = view
        self.columns = self.channels * self.height * self.width
        self.mask = Mixture(7)
        self.sign = Mixture(4)
        self.lengths = {}
        self.digits = {}
        self.symbols = []
        self.used = [0] * self.columns

    def read(self, in_order):
        """All symbols; `in_order` for `sorted`."""
        if self.rows * self.columns > LARGEST_MIXED:
            raise Invalid("a tensor that is too large for mixing")
        for row in range(self.rows):
            begin = row * self.columns
            alike = row > 0
            empty = True
            for column in range(self.columns):
                before = self.symbols[begin - self.columns + column] if row else 0
                if in_order and alike and before == 0:
                    self.symbols.append(0)
                    continue
                state = (1 if before == 0 else 2) if alike else 3 if empty else 0
                symbol = self.one(row, column, state, before)
                self.symbols.append(symbol)
                if symbol:
                    empty = False
                    self.used[column] += 1
                alike = alike and (symbol == 0) == (before == 0)
        return self.symbols

    def one(self, row, column, state, row_before):
        """One symbol, in up to three parts."""
        width = self.width
        area = self.height * width
        channel, place = divmod(column, area)
        y, x = divmod(place, width)
        at = len(self.symbols)
        symbols = self.symbols
        left = symbols[at - 1] if x else 0
        above = symbols[at - width] if y else 0
        above_left = symbols[at - width - 1] if y and x else 0
        above_right = symbols[at - width + 1] if y and x + 1 < width else 0
        channel_before = symbols[at - area] if channel else 0
        pattern = (left > 0) + 2 * (above > 0) + 4 * (above_left > 0) + 8 * (above_right > 0)
        here = min(self.used[column], 2)
        beside = min(self.used[column - 1], 2) if area == 1 and column else 0
        contexts = (row, column, pattern + 16 * state, channel,
                    2 * (3 * here + beside) + (channel_before > 0), x, y)
        if self.mask.code(self.coder, contexts) == 0:
            return 0
        second_left = symbols[at - 2] if x > 1 else 0
        second_above = symbols[at - 2 * width] if y > 1 else 0
        nearest = left or above or above_left or above_right or second_left or second_above
        positive = int(self.signs.positive > 0)
        if self.signs.both():
            sign = self.signs.sign
            beyond = sign(channel_before) or 3 + sign(row_before)
            positive = self.sign.code(self.coder, (3 * sign(left) + sign(above), sign(nearest),
                                                   channel, beyond))
        near = self.signs.magnitude(nearest).bit_length() if nearest else 0
        magnitude = self.magnitude(self.signs.among(positive), (row, channel, near))
        return self.signs.symbol(positive, magnitude - 1)

    def magnitude(self, largest, contexts):
        """"rank", as a magnitude from 1 to `largest`."""
        length = 1
        while length < largest.bit_length():
            model = self.lengths.setdefault(length, Mixture(3))
            if model.code(self.coder, contexts) == 0:
                break
            length += 1
        number = 1
        for left in range(length - 2, -1, -1):
            number *= 2
            if (number + 1) << left <= largest:
                model = self.digits.setdefault((length, number // 2), AdaptiveBit())
                number += model.code(self.coder)
        return number
