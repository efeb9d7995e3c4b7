#!/usr/bin/env python3
"""A second decoder of the model file `.nvc`, versions 1 and 2, written from docs/format.md alone,
with the standard library.

    python3 decoder.py MODEL.nvc WEIGHTS [MODEL.nvc WEIGHTS]...

writes every weight of every tensor, in order, as little-endian single-precision numbers to WEIGHTS,
and prints the layers and the shapes of the tensors. It does not encode again, so it accepts files
that are not canonical.
"""

import math
import struct
import sys

PRECISION = 20
MASK = (1 << 64) - 1


class Invalid(Exception):
    """The file is not a model file."""


class Coder:
    """Section 2."""

    def __init__(self, data):
        self.data = data
        self.offset = 0
        self.lower = 0
        self.range = MASK
        self.point = self.word() << 32
        self.point |= self.word()

    def word(self):
        four = self.data[self.offset : self.offset + 4].ljust(4, b"\0")
        self.offset += 4
        return int.from_bytes(four, "big")

    def symbol(self, starts):
        """`starts` are where the intervals begin, and 2^20."""
        scale = self.range >> PRECISION
        quantile = ((self.point - self.lower) & MASK) // scale
        if quantile >> PRECISION:
            raise Invalid("no symbol has this code word")
        low, high = 0, len(starts) - 1
        while high - low > 1:
            middle = (low + high) // 2
            if starts[middle] <= quantile:
                low = middle
            else:
                high = middle
        self.lower = (self.lower + scale * starts[low]) & MASK
        self.range = scale * (starts[low + 1] - starts[low])
        if self.range < 1 << 32:
            self.lower = self.lower << 32 & MASK
            self.range <<= 32
            self.point = (self.point << 32 & MASK) + self.word()
        return low

    # Section 3.

    def weighted(self, *weights):
        total, count, before, starts = sum(weights), len(weights), 0, []
        for index, weight in enumerate(weights):
            starts.append(before * ((1 << PRECISION) - count) // total + index)
            before += weight
        return self.symbol(starts + [1 << PRECISION])

    def bit(self):
        return self.weighted(1, 1)

    def bits(self, count):
        value = 0
        for _ in range(count):
            value = 2 * value + self.bit()
        return value

    def gamma(self):
        more = 0
        while not self.bit():
            more += 1
            if more == 40:
                raise Invalid("an integer is too long")
        return 1 << more | self.bits(more)

    def signed(self):
        folded = self.gamma() - 1
        return -(folded + 1) // 2 if folded & 1 else folded // 2

    def even(self, ones):
        return self.symbol([0, (1 << PRECISION) - 16 * ones, 1 << PRECISION])

    def favourite(self, values, weights):
        index = self.weighted(*weights)
        return values[index] if index < len(values) else self.gamma()

    def width(self):
        digits = self.weighted(1, 2, 6, 16, 12, 6, 4, 3, 2, 2, 1, 1, 1)
        return self.gamma() if digits == 12 else 1 << digits | self.bits(digits)


class Adaptive:
    def __init__(self, weights):
        self.weights = list(weights)

    def read(self, coder):
        symbol = coder.weighted(*self.weights)
        self.weights[symbol] += 2
        return symbol


class AdaptiveBit:
    def __init__(self):
        self.counts = [0, 0]
        self.start = 1 << (PRECISION - 1)

    def read(self, coder):
        bit = coder.symbol([0, self.start, 1 << PRECISION])
        self.counts[bit] += 1
        coded = sum(self.counts)
        if coded <= 1024 or coded % 16 == 0:
            weights = [1 + 2 * count for count in self.counts]
            self.start = weights[0] * ((1 << PRECISION) - 2) // sum(weights) + 1
        return bit


# Section 4.

KINDS = "conv max avg gap relu norm dense relu6 bn branch exchange join oriented end".split()
NEXT = {
    "conv": [32, 32, 8, 8, 192, 64, 8, 2, 8, 1, 1, 4, 0, 8],
    "max": [128, 8, 8, 8, 64, 64, 64, 1, 1, 4, 1, 1, 0, 8],
    "avg": [128, 8, 8, 8, 16, 32, 64, 1, 1, 4, 1, 1, 0, 8],
    "gap": [16, 8, 8, 8, 16, 32, 128, 1, 1, 1, 1, 1, 0, 64],
    "relu": [128, 96, 16, 16, 8, 32, 64, 1, 1, 4, 1, 4, 0, 8],
    "norm": [96, 32, 8, 8, 128, 8, 64, 1, 1, 4, 1, 4, 0, 8],
    "dense": [8, 8, 8, 8, 48, 16, 16, 1, 1, 1, 1, 4, 0, 192],
    "relu6": [128, 8, 8, 32, 1, 8, 32, 1, 1, 16, 1, 8, 0, 8],
    "bn": [32, 8, 8, 8, 128, 1, 8, 64, 1, 16, 4, 32, 0, 8],
    "branch": [64, 1, 1, 1, 16, 8, 8, 8, 64, 1, 1, 1, 0, 1],
    "exchange": [64, 4, 16, 1, 1, 1, 8, 1, 4, 1, 1, 64, 0, 1],
    "join": [32, 4, 4, 8, 64, 8, 8, 16, 32, 64, 1, 8, 0, 8],
    "oriented": [32, 16, 8, 8, 192, 16, 8, 8, 8, 1, 1, 1, 0, 1],
    "start": [192, 8, 32, 8, 8, 16, 64, 1, 8, 1, 1, 1, 128, 8],
}


class Architecture:
    """Layers as text, and shapes `(dimensions, geometry)` of the tensors (section 5)."""

    def __init__(self, coder, is_deskewed):
        usual = [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 224, 224)]
        if coder.bit():
            self.size = usual[coder.bits(2)]
        else:
            self.size = (coder.gamma(), coder.gamma(), coder.gamma())
        self.layers, self.tensors, self.branches = ["upright"] if is_deskewed else [], [], []
        self.table = {kind: list(weights) for kind, weights in NEXT.items()}
        self.bias_weights = [15, 1]
        last = "start"
        while True:
            weights = list(self.table[last])
            if not self.branches:
                weights[KINDS.index("exchange")] = weights[KINDS.index("join")] = 0
            index = coder.weighted(*weights)
            self.table[last][index] += 64
            last = KINDS[index]
            if last == "end":
                return
            self.layers.append(getattr(self, last)(coder) or last)

    def has_bias(self, coder):
        bias = coder.weighted(*self.bias_weights)
        self.bias_weights[bias] += 8
        return bias

    def weights(self, rows, dimensions, geometry, bias):
        self.tensors.append((dimensions, geometry))
        if bias:
            self.tensors.append(((rows,), (1, rows, 1, 1)))

    def conv(self, coder):
        channels, height, width = self.size
        kernel = coder.favourite([1, 3, 5, 7, 2, 4], [6, 16, 4, 1, 1, 1, 1])
        stride = coder.favourite([1, 2], [24, 6, 1])
        padding = [kernel // 2, 0, "same", None][coder.weighted(128, 48, 8, 8)]
        if padding is None:
            padding = coder.gamma()
        grouping = coder.weighted(16, 8, 1)
        out = channels if grouping == 1 else coder.width()
        groups = (1, channels, None)[grouping] or coder.gamma()
        bias = self.has_bias(coder)
        dimensions = (out, channels // groups, kernel, kernel)
        self.weights(out, dimensions, dimensions, bias)

        def along(length):
            if padding == "same":
                return -(-length // stride)
            return (length + 2 * padding - kernel) // stride + 1

        self.size = (out, along(height), along(width))
        return f"conv:{out}:{kernel}:s{stride}:p{padding}:g{groups}" + (":b" if bias else "")

    def oriented(self, coder):
        filters = coder.favourite([4, 8, 12], [2, 4, 8, 1])
        self.size = (self.size[0] * filters, *self.size[1:])
        return f"oriented:{filters}"

    def pool(self, coder, name):
        window = coder.favourite([2, 3, 4], [24, 2, 2, 1])
        channels, height, width = self.size
        self.size = (channels, height // window, width // window)
        return f"{name}:{window}"

    def max(self, coder):
        return self.pool(coder, "max")

    def avg(self, coder):
        return self.pool(coder, "avg")

    def gap(self, coder):
        self.size = (self.size[0], 1, 1)

    def same(self, coder):
        pass

    relu = relu6 = norm = same

    def bn(self, coder):
        channels = self.size[0]
        self.weights(channels, (channels,), (1, channels, 1, 1), True)

    def branch(self, coder):
        self.branches.append(self.size)

    def exchange(self, coder):
        self.size, self.branches[-1] = self.branches[-1], self.size

    def join(self, coder):
        self.branches.pop()

    def dense(self, coder):
        units = coder.favourite([10, 2, 100, 1000], [24, 2, 1, 1, 12])
        bias = self.has_bias(coder)
        channels, height, width = self.size
        self.weights(units, (units, channels * height * width), (units, *self.size), bias)
        self.size = (units, 1, 1)
        return f"dense:{units}" + (":b" if bias else "")


# Section 6.

DIGITS = [12, 24, 32, 24, 12, 6, 4, 6, 2, 2, 4] + 11 * [1] + [4, 8, 8, 4, 2] + 5 * [1]


def single(number):
    """The nearest single-precision number, ties to even."""
    return struct.unpack("<f", struct.pack("<f", number))[0]


def read_codebook(coder):
    """The values, ascending, and how many are negative."""

    def exponent(values, weights):
        index = coder.weighted(*weights)
        return values[index] if index < len(values) else coder.signed()

    def first():
        return exponent([0, -1, 1, -2, 2, -3, -4, 3], [8, 8, 8, 4, 3, 3, 2, 1, 3])

    def following():
        return exponent([0, 1, -1, 2, -2], [16, 6, 6, 2, 2, 2])

    count = coder.weighted(1, 4, 24, 8, 8, 6, 6, 6, 4, 2, 2, 2, 2, 2, 2, 2, 3)
    if count == 16:
        count = 15 + coder.gamma()
    if count == 0:
        return [], 0
    is_grid = coder.weighted(2, 1)
    negative = coder.weighted(*(1 + 2 * min(n, count - n) for n in range(count + 1)))
    digits = coder.weighted(*DIGITS)
    values = []
    if not is_grid:
        last = None
        for index in range(count):
            last = first() if last is None else last + following()
            value = (1 + coder.bits(digits) / 2**digits) * 2.0**last
            values.append(-value if index < negative else value)
        return values, negative
    step = first()
    step = (1 + coder.bits(digits) / 2**digits) * 2.0**step
    is_next, last = AdaptiveBit(), 0
    for index in range(count):
        if index == negative:
            last = 0
        last += 1 if is_next.read(coder) else 1 + coder.gamma()
        values.append(-last if index < negative else last)
    values = values[:negative][::-1] + values[negative:]
    return [single(multiple * step) for multiple in values], negative


# Section 7.


def logarithm(v):
    exponent = v.bit_length() - 1
    result, mantissa = exponent, v << (31 - exponent)
    for _ in range(10):
        mantissa = mantissa * mantissa >> 31
        digit = mantissa >> 32
        mantissa >>= digit
        result = 2 * result + digit
    return result


ONE = 1 << 16
STRETCH = [0] * (ONE + 1)
SQUASH = []


def make_tables():
    logarithms = [0] + [logarithm(v) for v in range(1, ONE + 1)]
    for p in range(1, ONE):
        STRETCH[p] = logarithms[p] - logarithms[ONE - p]
    p = 0
    for u in range(4096):
        while p + 1 < ONE and STRETCH[p + 1] <= 8 * u - 16377:
            p += 1
        SQUASH.append(max(p, 1))


class Mixture:
    def __init__(self, kinds):
        self.counts = [0, 0]
        self.contexts = [{} for _ in range(kinds)]
        self.weights = [(1 << 20) // 5] * kinds

    def read(self, coder, values):
        zeros, ones = self.counts
        both = min(max((2 * ones + 1) * ONE // (2 * (zeros + ones) + 2), 1), ONE - 1)
        without = STRETCH[both]
        inputs, counters = [], []
        for context, value in zip(self.contexts, values):
            counter = context.setdefault(value, [0, 0])
            counters.append(counter)
            p = max(1, (counter[1] * ONE + 8 * both) // (counter[0] + counter[1] + 8))
            inputs.append(STRETCH[p] - without)
        total = sum(weight * x for weight, x in zip(self.weights, inputs))
        s = min(max(without + (total >> 20), -16384), 16383)
        p = SQUASH[(s + 16384) // 8]
        bit = coder.even(p)
        for kind, x in enumerate(inputs):
            step = ((ONE * bit - p) * x + (1 << 11)) >> 12
            self.weights[kind] = min(max(self.weights[kind] + step, -(1 << 26)), 1 << 26)
        for counter in counters:
            counter[bit] += 1
            if counter[0] + counter[1] == 1024:
                counter[0] //= 2
                counter[1] //= 2
        self.counts[bit] += 1
        return bit


class Alphabet:
    """Symbols of a codebook: signs and ranks."""

    def __init__(self, count, negative):
        self.negative, self.positive = negative, count - negative

    def sign(self, symbol):
        return 0 if symbol == 0 else 2 if symbol > self.negative else 1

    def rank(self, symbol):
        return symbol - 1 - self.negative if symbol > self.negative else self.negative - symbol

    def symbol(self, positive, rank):
        return self.negative + 1 + rank if positive else self.negative - rank

    def size(self, positive):
        return self.positive if positive else self.negative

    def only(self):
        return True if self.negative == 0 else False if self.positive == 0 else None


def read_unmixed(coder, alphabet, length, has_runs):
    masks, sign = [AdaptiveBit() for _ in range(24)], AdaptiveBit()
    ranks = [Adaptive([1] * alphabet.size(positive)) for positive in (0, 1)]
    symbols, zeros = [], 0
    for _ in range(length):
        if not masks[min(zeros.bit_length(), 23) if has_runs else 0].read(coder):
            zeros += 1
            symbols.append(0)
            continue
        zeros = 0
        positive = alphabet.only()
        if positive is None:
            positive = sign.read(coder)
        rank = ranks[positive].read(coder) if alphabet.size(positive) > 1 else 0
        symbols.append(alphabet.symbol(positive, rank))
    return symbols


def read_mixed(coder, alphabet, geometry, is_sorted):
    if not STRETCH[1]:
        make_tables()
    rows, channels, height, width = geometry
    area = height * width
    columns = channels * area
    mask, signs = Mixture(7), Mixture(4)
    more, digits = [Mixture(3) for _ in range(8)], {}
    taken, symbols = [0] * columns, []
    for row in range(rows):
        tied, begun = row > 0, False
        for column in range(columns):
            here = len(symbols)
            channel, y, x = column // area, column % area // width, column % width
            row_before = symbols[here - columns] if row else 0
            if is_sorted and tied and row_before == 0:
                symbols.append(0)
                continue
            left = symbols[here - 1] if x else 0
            above = symbols[here - width] if y else 0
            above_left = symbols[here - width - 1] if y and x else 0
            above_right = symbols[here - width + 1] if y and x + 1 < width else 0
            second_left = symbols[here - 2] if x >= 2 else 0
            second_above = symbols[here - 2 * width] if y >= 2 else 0
            channel_before = symbols[here - area] if channel else 0
            near = (left, above, above_left, above_right, second_left, second_above)
            nearest = next((symbol for symbol in near if symbol), 0)
            start = (2 if row_before else 1) if tied else (0 if begun else 3)
            before = taken[column - 1] if area == 1 and column else 0
            is_nonzero = mask.read(
                coder,
                (
                    row,
                    column,
                    bool(left)
                    + 2 * bool(above)
                    + 4 * bool(above_left)
                    + 8 * bool(above_right)
                    + 16 * start,
                    channel,
                    2 * (3 * taken[column] + before) + bool(channel_before),
                    x,
                    y,
                ),
            )
            tied = tied and bool(is_nonzero) == bool(row_before)
            if not is_nonzero:
                symbols.append(0)
                continue
            begun = True
            taken[column] = min(taken[column] + 1, 2)
            positive = alphabet.only()
            if positive is None:
                sign = alphabet.sign
                previous = sign(channel_before) if channel_before else 3 + sign(row_before)
                values = (3 * sign(left) + sign(above), sign(nearest), channel, previous)
                positive = signs.read(coder, values)
            size = alphabet.size(positive)
            nearest_digits = (alphabet.rank(nearest) + 1).bit_length() if nearest else 0
            reached = 1
            contexts = (row, channel, nearest_digits)
            while reached < size.bit_length() and more[reached].read(coder, contexts):
                reached += 1
            magnitude = 1
            for rest in reversed(range(reached - 1)):
                if (2 * magnitude + 1) << rest > size:
                    magnitude *= 2
                else:
                    model = digits.setdefault((reached, magnitude), AdaptiveBit())
                    magnitude = 2 * magnitude + model.read(coder)
            symbols.append(alphabet.symbol(positive, magnitude - 1))
    return symbols


def mix(z):
    z = (z + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def subspace_weights(coordinates, terms, seed, length):
    weights = []
    for i in range(length):
        total = 0.0
        for j in range(terms):
            noise = mix(mix(mix(seed) ^ i) ^ j)
            value = coordinates[(noise >> 1) * len(coordinates) >> 63]
            total = single(total - value if noise & 1 else total + value)
        weights.append(total)
    return weights


def kronecker_weights(coordinates, rows, seed, shape_rows, length):
    def factor(side, count, columns):
        done = []
        for j in range(columns):
            key = mix(mix(seed) ^ (side << 32 | j))
            column = [(mix(key ^ i) >> 11) / 2.0**52 - 1.0 for i in range(count)]
            for before in done:
                along = 0.0
                for a, b in zip(before, column):
                    along += a * b
                column = [value - along * other for value, other in zip(column, before)]
            square = 0.0
            for value in column:
                square += value * value
            norm = math.sqrt(square)
            done.append([value / norm if norm > 1e-9 else 0.0 for value in column])
        return done

    inner = len(coordinates) // rows
    left, right = factor(0, shape_rows, rows), factor(1, length // shape_rows, inner)
    half = []
    for a in range(rows):
        sums = [0.0] * (length // shape_rows)
        for b in range(inner):
            x = coordinates[a * inner + b]
            sums = [total + x * other for total, other in zip(sums, right[b])]
        half.append(sums)
    weights = []
    for row in range(shape_rows):
        sums = [0.0] * (length // shape_rows)
        for a in range(rows):
            sums = [total + left[a][row] * other for total, other in zip(sums, half[a])]
        weights.extend(single(total) for total in sums)
    return weights


def decode(data):
    """The architecture and a list of weights for each tensor."""
    coder = Coder(data)
    is_deskewed = coder.weighted(15, 1) == 1
    if is_deskewed and coder.weighted(15, 1):
        raise Invalid("a later version")
    architecture = Architecture(coder, is_deskewed)
    is_new, ways = AdaptiveBit(), Adaptive([24, 24, 8, 4, 1])
    values, negative, tensors = None, 0, []
    for dimensions, geometry in architecture.tensors:
        if values is None or is_new.read(coder):
            values, negative = read_codebook(coder)
        length = 1
        for dimension in dimensions:
            length *= dimension
        if not values:
            tensors.append([0.0] * length)
            continue
        way, subspace, count = ways.read(coder), None, length
        if way == 4:
            count, terms = coder.gamma(), coder.gamma()
            rows = coder.gamma() if terms == 65 else None
            seed = coder.gamma() - 1
            subspace, geometry = (terms, seed), (1, count, 1, 1)
            way = ways.read(coder)
        alphabet = Alphabet(len(values), negative)
        if way in (0, 3):
            symbols = read_unmixed(coder, alphabet, count, way == 3)
        else:
            symbols = read_mixed(coder, alphabet, geometry, way == 2)
        numbers = [values[symbol - 1] if symbol else 0.0 for symbol in symbols]
        if subspace and subspace[0] == 65:
            numbers = kronecker_weights(numbers, rows, subspace[1], dimensions[0], length)
        elif subspace:
            numbers = subspace_weights(numbers, *subspace, length)
        tensors.append(numbers)
    return architecture, tensors


def main():
    arguments = sys.argv[1:]
    for model, output in zip(arguments[::2], arguments[1::2]):
        with open(model, "rb") as file:
            architecture, tensors = decode(file.read())
        with open(output, "wb") as file:
            for tensor in tensors:
                file.write(struct.pack(f"<{len(tensor)}f", *tensor))
        print(" ".join(architecture.layers))
        for dimensions, _ in architecture.tensors:
            print("x".join(map(str, dimensions)))


if __name__ == "__main__":
    main()
