#!/usr/bin/env python3
"""A second decoder of the model file `.nvc`, written from docs/format.md, docs/graph.md and
docs/relative.md alone, with the standard library.

    python3 decoder.py MODEL.nvc [--base BASE.nvc] WEIGHTS [MODEL.nvc ...]...

writes every weight of every tensor, in order, as little-endian single-precision numbers to WEIGHTS,
and prints the layers or nodes, the dimensions of what nodes make, and those of the tensors. It does
not encode again, so it accepts files that are not canonical.
"""

import hashlib
import math
import os
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

    def quantile(self):
        quantile = ((self.point - self.lower) & MASK) // (self.range >> PRECISION)
        if quantile >> PRECISION:
            raise Invalid("no symbol has this code word")
        return quantile

    def take(self, start, end):
        scale = self.range >> PRECISION
        self.lower = (self.lower + scale * start) & MASK
        self.range = scale * (end - start)
        if self.range < 1 << 32:
            self.lower = self.lower << 32 & MASK
            self.range <<= 32
            self.point = (self.point << 32 & MASK) + self.word()

    def symbol(self, starts):
        """`starts` are where the intervals begin, and 2^20."""
        quantile = self.quantile()
        low, high = 0, len(starts) - 1
        while high - low > 1:
            middle = (low + high) // 2
            if starts[middle] <= quantile:
                low = middle
            else:
                high = middle
        self.take(starts[low], starts[low + 1])
        return low

    def half(self):
        """16 bits of a raw number."""
        half = self.quantile() >> 4
        self.take(16 * half, 16 * half + 16)
        return half

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


def read_input(coder):
    """Channels, rows and columns."""
    if coder.bit():
        return [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 224, 224)][coder.bits(2)]
    return coder.gamma(), coder.gamma(), coder.gamma()


class Architecture:
    """Layers as text, and shapes `(dimensions, geometry)` of the tensors (section 5)."""

    def __init__(self, coder, is_deskewed):
        self.size = read_input(coder)
        self.values = [self.size]
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


# Version 3: docs/graph.md.

NAMES = (
    "end convolution dense affine constant pool reduce normalise local-response softmax activation "
    "scalar combine matrix-product concatenate reshape flatten transpose slice pad select resize"
).split()
(
    END, CONVOLUTION, DENSE, AFFINE, CONSTANT, POOL, REDUCE, NORMALISE, LOCAL_RESPONSE, SOFTMAX,
    ACTIVATION, SCALAR, COMBINE, MATRIX_PRODUCT, CONCATENATE, RESHAPE, FLATTEN, TRANSPOSE, SLICE,
    PAD, SELECT, RESIZE,
) = range(22)  # fmt: skip
READS = {CONSTANT: 0, COMBINE: 2, MATRIX_PRODUCT: 2}
ACTIVATION_SINGLES = {1: 2, 2: 1, 3: 1, 5: 2}

WINDOW = ["side", "side+", "stride", "stride+", "padding"] + 3 * ["padding+"]
WINDOW += ["dilation", "dilation+"]


def fields(kind, numbers, axes):
    """The field of each number in turn, of which the first are already in `numbers`; `axes` is how
    many the first value has. With a plus, one that may be as the number before."""
    if kind == CONVOLUTION:
        yield from ["width"] + WINDOW + ["groups", "bias"]
    elif kind == DENSE:
        yield from ["width", "bias"]
    elif kind == AFFINE:
        yield from ["axis", "parts"]
    elif kind in (CONSTANT, RESHAPE):
        yield "axis count"
        yield from (numbers[0] - (kind == RESHAPE)) * ["length"]
    elif kind == POOL:
        yield from ["pooling"] + WINDOW + ["rounded up"]
    elif kind == REDUCE:
        yield from ["reduction", "axes", "keep"]
    elif kind == NORMALISE:
        yield from ["axis count", "single"]
    elif kind == LOCAL_RESPONSE:
        yield from ["side"] + 3 * ["single"]
    elif kind == SOFTMAX or kind == CONCATENATE:
        yield "axis"
    elif kind == ACTIVATION:
        yield "activation"
        yield from ACTIVATION_SINGLES.get(numbers[0], 0) * ["single"]
    elif kind == SCALAR:
        yield from ["arithmetic", "single", "is first"]
    elif kind == COMBINE:
        yield "arithmetic"
    elif kind == TRANSPOSE:
        yield from axes * ["axis"]
    elif kind == SLICE:
        yield from ["axis", "part", "start", "step"]
    elif kind == PAD:
        yield "axis count"
        yield from (["index"] + 15 * ["index+"])[: 2 * numbers[0]]
    elif kind == SELECT:
        yield from ["axis", "count"]
        yield from numbers[1] * ["index"]
    elif kind == RESIZE:
        yield from ["length", "length+"]


def pattern(number):
    """The 32 bits of a single-precision number."""
    return struct.unpack("<I", struct.pack("<f", number))[0]


def number_of(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


SINGLES = [0, 1, 2, 1 / 2, 3, 6, 1e-5, 1e-6, 1e-12, -1, 0.2, 0.01, 1 / 6]
SINGLES += [2**0.5, 0.5**0.5, 1 / 8, 0.17677669]
FIELDS = {
    "width": (range(9), [8, 6, 1, 6, 4, 4, 1, 4, 4, 16]),
    "side": ([1, 3, 5, 7, 2, 4], [12, 16, 4, 2, 4, 1, 1]),
    "stride": ([1, 2, 0], [16, 8, 6, 1]),
    "padding": (range(4), [16, 12, 2, 2, 1]),
    "dilation": ([1, 2], [24, 1, 1]),
    "groups": (range(2), [16, 8, 2]),
    "bias": (range(2), [1, 3]),
    "parts": (range(3), [4, 1, 1]),
    "pooling": (range(3), [4, 2, 1]),
    "rounded up": (range(2), [8, 1]),
    "reduction": (range(3), [16, 1, 1]),
    "axes": ([6, 1, 2, 4], [16, 2, 2, 2, 1]),
    "keep": (range(2), [2, 1]),
    "axis": (range(8), [8, 4, 4, 1, 1, 1, 1, 1]),
    "axis count": (range(9), [1, 8, 8, 8, 2, 1, 1, 1, 1]),
    "length": (range(3), [16, 4, 1, 8]),
    "count": ([1, 2], [8, 2, 16]),
    "index": ([0, 1], [12, 4, 8]),
    "part": ([4, 6, 8, 3], [8, 8, 2, 2, 8]),
    "start": ([0, 2, 4, 6], [8, 4, 4, 1, 4]),
    "step": ([1, 2], [16, 1, 1]),
    "activation": (range(14), [24, 6, 2, 1, 6, 2, 2, 2, 8, 1, 1, 1, 1, 1]),
    "arithmetic": (range(7), [16, 2, 8, 2, 1, 1, 1]),
    "is first": (range(2), [8, 1]),
    "single": ([pattern(x) for x in SINGLES], [8, 8, 8, 8, 1, 4, 4, 4, 1, 1] + 7 * [2] + [24]),
}
KIND_WEIGHTS = [1, 16, 8, 4, 1, 4, 2, 2, 1, 1, 16, 2, 8, 2, 2, 2, 2, 2, 2, 1, 1, 1]
DIGIT_COUNTS = [1, 2, 6, 8, 8, 6, 6, 6, 6, 6, 6, 4, 4, 2, 2] + 10 * [1]


class History:
    """The records so far, and which one they predict."""

    def __init__(self):
        self.records, self.likeness = [], []

    def predicted(self):
        best = 0
        for index, likeness in enumerate(self.likeness[:-1]):
            if likeness > 0 and likeness >= self.likeness[best]:
                best = index
        return self.records[best + 1] if self.likeness[:-1] and self.likeness[best] else None

    def append(self, record):
        for index in reversed(range(len(self.records))):
            before = self.likeness[index - 1] if index else 0
            if self.records[index] == record:
                self.likeness[index] = min(before + 1, 32)
            elif self.records[index][0] == record[0]:
                self.likeness[index] = before // 2 + 1
            else:
                self.likeness[index] = 0
        self.records.append(record)
        self.likeness.append(32)


class Records:
    """The code of records. A record is its kind, its distances and its numbers. Whatever is coded
    here is read from the coder; or, if it is known, as in the primer, only learned."""

    def __init__(self):
        self.history, self.in_a_row = History(), 0
        self.as_predicted = [Adaptive(row) for row in [(3, 2), (2, 3), (1, 4), (1, 12), (1, 32)]]
        self.kinds = list(KIND_WEIGHTS)
        self.kinds_after = [[0] * 22 for _ in range(22)]
        self.last_kind = 0
        self.concatenated = Adaptive([8, 4, 4, 4])
        self.is_predicted_distance, self.is_in_line = Adaptive([1, 3]), Adaptive([1, 3])
        self.distances = [Adaptive([24, 1, 1, 1, 2]), Adaptive([8, 4, 1, 1, 8])]
        self.fields = {field: Adaptive(weights) for field, (_, weights) in FIELDS.items()}
        self.is_predicted_number = {field: Adaptive([1, 8]) for field in FIELDS}
        self.is_predicted_number["width"] = Adaptive([2, 1])
        self.is_number_before = {field: Adaptive([1, 8]) for field in FIELDS}
        self.digit_count = Adaptive(DIGIT_COUNTS)

    def symbol(self, coder, model, known):
        if known is None:
            return model.read(coder)
        model.weights[known] += 2
        return known

    def agrees(self, coder, model, guess, known):
        return self.symbol(coder, model, None if known is None else int(guess == known))

    def width(self, coder, known):
        more = self.symbol(coder, self.digit_count, known and known.bit_length() - 1)
        if known is not None:
            return known
        zeros = coder.weighted(*range(1, more + 2))
        if zeros == more:
            return 1 << more
        return (1 << more) + (2 * coder.bits(more - 1 - zeros) + 1 << zeros)

    def one_of(self, coder, model, values, known, other):
        """One of the values, or any number as `other` gives it."""
        index = None
        if known is not None:
            index = values.index(known) if known in values else len(values)
        index = self.symbol(coder, model, index)
        return values[index] if index < len(values) else other(known)

    def kind(self, coder, known):
        after = self.kinds_after[self.last_kind]
        kind = known
        if kind is None:
            kind = coder.weighted(*(u + v for u, v in zip(self.kinds, after)))
        self.kinds[kind] += 2
        after[kind] += 24
        return kind

    def reads(self, coder, kind, known):
        if kind != CONCATENATE:
            return READS.get(kind, 1)
        known = known and len(known[1])
        width = lambda known: self.width(coder, known)
        return self.one_of(coder, self.concatenated, range(2, 5), known, width)

    def distance(self, coder, before, guess, known):
        line = 2 * before[-1] - before[-2] if len(before) > 1 else -1
        if guess is not None:
            if self.agrees(coder, self.is_predicted_distance, guess, known):
                return guess
        elif line >= 0 and self.agrees(coder, self.is_in_line, line, known):
            return line
        width = lambda known: self.width(coder, known)
        return self.one_of(coder, self.distances[bool(before)], range(4), known, width)

    def number(self, coder, field, before, guess, known):
        is_repeated, field = field.endswith("+"), field.rstrip("+")
        if guess is not None:
            if self.agrees(coder, self.is_predicted_number[field], guess, known):
                return guess
        elif is_repeated and self.agrees(coder, self.is_number_before[field], before[-1], known):
            return before[-1]

        def other(known):
            if field == "single":
                return coder.bits(32) if known is None else known
            if field in ("index", "start"):
                return self.width(coder, None if known is None else known + 1) - 1
            return self.width(coder, known)

        return self.one_of(coder, self.fields[field], FIELDS[field][0], known, other)

    def unpredicted(self, coder, axes_of_first, guess, known):
        kind = self.kind(coder, known and known[0])
        if kind == END:
            return None
        if guess is None or guess[0] != kind:
            guess = (kind, (), ())

        def at(numbers, index):
            return numbers[index] if index < len(numbers) else None

        distances, numbers = [], []
        for index in range(self.reads(coder, kind, known)):
            known_distance = known and known[1][index]
            distances.append(self.distance(coder, distances, at(guess[1], index), known_distance))
        axes = len(known[2]) if known else axes_of_first(distances)
        for index, field in enumerate(fields(kind, numbers, axes)):
            known_number = known and known[2][index]
            guessed = at(guess[2], index)
            numbers.append(self.number(coder, field, numbers, guessed, known_number))
        return kind, tuple(distances), tuple(numbers)

    def record(self, coder, axes_of_first, known=None):
        """The next record, or nothing at the end."""
        guess, record = self.history.predicted(), None
        if guess is not None:
            row = self.as_predicted[(0, 1, 2, 2, 3)[min(self.in_a_row, 4)]]
            if self.in_a_row >= 12:
                row = self.as_predicted[4]
            if self.agrees(coder, row, guess, known):
                record = guess
        is_as_predicted = record is not None
        if not is_as_predicted:
            record = self.unpredicted(coder, axes_of_first, guess, known)
        if record is not None:
            self.in_a_row = self.in_a_row + 1 if is_as_predicted else 0
            self.last_kind = record[0]
            self.history.append(record)
        return record


def primer():
    """The records at the end of docs/graph.md."""
    page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs/graph.md")
    with open(page, encoding="utf-8") as file:
        lines = file.read().rsplit("```text\n", 1)[1].split("```")[0].splitlines()
    for line in lines:
        kind, distances, written = (part.split() for part in line.split(":"))
        kind, numbers = int(kind[0]), []
        for number, field in zip(written, fields(kind, numbers, len(written))):
            numbers.append(pattern(float(number)) if field == "single" else int(number))
        yield kind, tuple(map(int, distances)), tuple(numbers)


def resolved(kind, numbers, first):
    """The numbers of a record, where those that were relative to the dimensions of the first value
    are what they stand for there; of a reshape all lengths."""
    numbers = list(numbers)

    def width(code, of):
        if code >= 9:
            return code - 8
        return [of, 2 * of, 3 * of, 4 * of, 6 * of, of // 2, of // 3, of // 4, of // 6][code]

    if kind in (CONVOLUTION, POOL):
        numbers[3:5] = [stride or side for stride, side in zip(numbers[3:5], numbers[1:3])]
    if kind == CONVOLUTION:
        numbers[0] = width(numbers[0], first[0])
        numbers[11] = (1, first[0])[numbers[11]] if numbers[11] < 2 else numbers[11] - 1
    elif kind == DENSE:
        numbers[0] = width(numbers[0], first[-1])
    elif kind in (CONSTANT, RESHAPE):
        numbers[1:] = [first[axis] if n == 0 else n for axis, n in enumerate(numbers[1:])]
        if kind == RESHAPE and numbers[0]:
            numbers.append(math.prod(first) // math.prod(numbers[1:]))
    elif kind == RESIZE:
        numbers = [length or before for length, before in zip(numbers, first[1:])]
    elif kind == SLICE:
        axis, part, start, _ = numbers
        count = part // 2 if part % 2 else 2 * first[axis] // part
        numbers[1:3] = count, start // 2 * (1 if start % 2 else count)
    return tuple(numbers)


class Graph:
    """Nodes `(kind, values that are read, resolved numbers)`, also as text, the dimensions of all
    values, and shapes `(dimensions, geometry)` of the tensors."""

    def __init__(self, size):
        self.values, self.nodes = [size], []
        self.layers, self.tensors, self.flattened = [], [], {}

    def read_records(self, coder, records):
        while True:
            record = records.record(coder, lambda distances: len(self.first(self.read(distances))))
            if record is None:
                return
            kind, distances, numbers = record
            read = self.read(distances)
            self.add(kind, read, resolved(kind, numbers, self.first(read)))

    def read(self, distances):
        """The numbers of the values that are read."""
        last = len(self.values) - 1
        if any(distance > last for distance in distances):
            raise Invalid("a value before the input")
        return [last - distance for distance in distances]

    def first(self, read):
        return self.values[(read or [-1])[0]]

    def add(self, kind, read, numbers):
        output = getattr(self, NAMES[kind].replace("-", "_"), lambda size, *_: size)
        size = tuple(output(self.first(read), numbers, read))
        if len(size) > 8 or not all(length > 0 for length in size) or math.prod(size) > 1 << 24:
            raise Invalid("a value has no such dimensions")
        self.values.append(size)
        self.nodes.append((kind, read, numbers))
        singles = [field == "single" for field in fields(kind, numbers, len(numbers))]
        singles += (len(numbers) - len(singles)) * [False]
        text = [str(number_of(n) if is_single else n) for n, is_single in zip(numbers, singles)]
        self.layers.append(":".join([NAMES[kind], ",".join(map(str, read)), ",".join(text)]))

    def weights(self, dimensions, geometry=None):
        if geometry is None and len(dimensions) == 4:
            geometry = dimensions
        elif geometry is None and len(dimensions) == 2:
            geometry = (*dimensions, 1, 1)
        self.tensors.append((dimensions, geometry or (1, math.prod(dimensions), 1, 1)))

    # Below, the dimensions that each kind makes.

    def windows(self, size, window, is_rounded_up):
        def along(length, side, stride, before, after, dilation):
            room = length + before + after - (side - 1) * dilation - 1
            positions = room // stride + 1
            is_added = is_rounded_up and room % stride and positions * stride < length + before
            return positions + bool(is_added)

        side, stride, padding, dilation = window[:2], window[2:4], window[4:8], window[8:]
        for axis, length in enumerate(size[1:]):
            before, after = padding[2 * axis : 2 * axis + 2]
            yield along(length, side[axis], stride[axis], before, after, dilation[axis])

    def convolution(self, size, numbers, _):
        channels, window, (groups, bias) = numbers[0], numbers[1:11], numbers[11:]
        self.weights((channels, size[0] // groups, *window[:2]))
        if bias:
            self.weights((channels,))
        return channels, *self.windows(size, window, False)

    def dense(self, size, numbers, read):
        units, bias = numbers
        before = self.flattened.get(read[0])
        self.weights((units, size[-1]), before and (units, *before))
        if bias:
            self.weights((units,))
        return *size[:-1], units

    def affine(self, size, numbers, _):
        for _ in range(1 if numbers[1] else 2):
            self.weights((size[numbers[0]],))
        return size

    def constant(self, _, numbers, __):
        self.weights(numbers[1:])
        return numbers[1:]

    def pool(self, size, numbers, _):
        return size[0], *self.windows(size, numbers[1:11], numbers[11])

    def reduce(self, size, numbers, _):
        axes, keep = numbers[1:]
        for axis, length in enumerate(size):
            if not axes >> axis & 1:
                yield length
            elif keep:
                yield 1

    def combine(self, _, __, read):
        return self.broadcast(*(self.values[value] for value in read))

    def broadcast(self, one, other):
        axes = max(len(one), len(other))
        one, other = ((axes - len(size)) * (1,) + size for size in (one, other))
        if any(a != b and 1 not in (a, b) for a, b in zip(one, other)):
            raise Invalid("these do not fit")
        return [max(a, b) for a, b in zip(one, other)]

    def matrix_product(self, _, __, read):
        one, other = (self.values[value] for value in read)
        return *self.broadcast(one[:-2], other[:-2]), one[-2], other[-1]

    def concatenate(self, size, numbers, read):
        (axis,) = numbers
        along = sum(self.values[value][axis] for value in read)
        return *size[:axis], along, *size[axis + 1 :]

    def reshape(self, size, numbers, _):
        if math.prod(size) != math.prod(numbers[1:]):
            raise Invalid("a value has no such dimensions")
        return numbers[1:]

    def flatten(self, size, _, read):
        if len(size) == 3:
            self.flattened[len(self.values)] = size
        return (math.prod(size),)

    def transpose(self, size, numbers, _):
        return (size[axis] for axis in numbers)

    def slice(self, size, numbers, _):
        axis, count = numbers[:2]
        return *size[:axis], count, *size[axis + 1 :]

    def pad(self, size, numbers, _):
        axes, padding = numbers[0], numbers[1:]
        sums = [before + after for before, after in zip(padding[::2], padding[1::2])]
        sums = (len(size) - axes) * [0] + sums
        return (length + more for length, more in zip(size, sums))

    def select(self, size, numbers, _):
        axis, count = numbers[:2]
        return *size[:axis], count, *size[axis + 1 :]

    def resize(self, size, numbers, _):
        return size[0], *numbers


def learned_from_the_primer():
    records = Records()
    for record in primer():
        records.record(None, None, record)
    return records


def read_graph(coder):
    graph = Graph(read_input(coder))
    graph.read_records(coder, learned_from_the_primer())
    return graph


# Version 4: docs/relative.md.


def read_relative_graph(coder, base, digest):
    """The graph; and of each tensor its number among the base's, or nothing if it is in the place
    of none."""
    if coder.half() << 16 | coder.half() != int.from_bytes(digest[:4], "big"):
        raise Invalid("of another base")
    has_front, records = coder.weighted(3, 1), learned_from_the_primer()
    graph = Graph(read_input(coder) if has_front else base.values[0])
    if has_front:
        graph.read_records(coder, records)
    front, before = len(graph.nodes), len(graph.tensors)
    kept = len(base.nodes) - (coder.gamma() - 1)
    if kept < 1:
        raise Invalid("nothing stays of the base")
    for kind, read, numbers in base.nodes[:kept]:
        graph.add(kind, [value + front for value in read], numbers)
    of_base = len(graph.tensors) - before
    if any(a[0] != b[0] for a, b in zip(graph.tensors[before:], base.tensors)):
        raise Invalid("a tensor of the base has other dimensions here")
    graph.read_records(coder, records)
    places = before * [None] + list(range(of_base))
    return graph, places + (len(graph.tensors) - len(places)) * [None]


UNCHANGED, ADDED, SCALED, PRODUCT, NEW = range(5)


def relate(relation, dimensions, numbers, base):
    """The weights of a tensor that relates to the base's by these numbers."""
    if relation == ADDED:
        return [single(b + c) for b, c in zip(base, numbers)]
    rows = dimensions[0] if dimensions else 1
    row = len(base) // rows
    if relation == PRODUCT:
        rank = len(numbers) // (rows + row)
        left, right = numbers[: rank * rows], numbers[rank * rows :]
        weights = []
        for index, b in enumerate(base):
            i, j = divmod(index, row)
            total = 0.0
            for k in range(rank):
                total = single(total + single(left[i * rank + k] * right[k * row + j]))
            weights.append(single(b + total))
        return weights
    return [single(b * single(1 + numbers[index // row])) for index, b in enumerate(base)]


# Section 6 of docs/format.md.

DIGITS = [12, 24, 32, 24, 12, 6, 4, 6, 2, 2, 4] + 11 * [1] + [4, 8, 8, 4, 2] + 5 * [1]


def single(number):
    """The nearest single-precision number, ties to even."""
    try:
        return struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)


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


def decode(data, base=None):
    """The architecture and a list of weights for each tensor; `base` is the file of the base."""
    coder = Coder(data)
    version = 1
    while version < 5 and coder.weighted(15, 1):
        version += 1
    if version > 4:
        raise Invalid("a later version")
    if (version == 4) != (base is not None):
        raise Invalid("a file of version 4 has a base, others have none")
    places, of_base = None, None
    if version == 4:
        base_graph, of_base = decode(base)
        if not isinstance(base_graph, Graph):
            raise Invalid("a base is of version 3")
        digest = hashlib.sha256(base).digest()
        architecture, places = read_relative_graph(coder, base_graph, digest)
    elif version == 3:
        architecture = read_graph(coder)
    else:
        architecture = Architecture(coder, version == 2)
    relations = Adaptive([16, 2, 2, 1, 1])
    is_raw, is_new, ways = AdaptiveBit(), AdaptiveBit(), Adaptive([24, 24, 8, 4, 1])
    values, negative, tensors = None, 0, []
    for index, (dimensions, geometry) in enumerate(architecture.tensors):
        length, relation, before = math.prod(dimensions), NEW, None
        if places and places[index] is not None:
            before = of_base[places[index]]
            relation = relations.read(coder)
        if relation == UNCHANGED:
            tensors.append(before)
            continue
        if relation == SCALED:
            length = dimensions[0] if dimensions else 1
            geometry = (1, length, 1, 1)
        if relation == PRODUCT:
            rows = dimensions[0] if dimensions else 1
            rank = coder.gamma()
            if rank > min(255, rows, length // rows):
                raise Invalid("a product of too high a rank")
            length = rank * (rows + length // rows)
            geometry = (1, length, 1, 1)
        if relation == NEW and version >= 3 and is_raw.read(coder):
            tensors.append([number_of(coder.half() << 16 | coder.half()) for _ in range(length)])
            continue
        if values is None or is_new.read(coder):
            values, negative = read_codebook(coder)
        way, subspace, count = ways.read(coder) if values else None, None, length
        if way == 4:
            if relation in (SCALED, PRODUCT):
                raise Invalid("these numbers are in no subspace")
            count, terms = coder.gamma(), coder.gamma()
            rows = coder.gamma() if terms == 65 else None
            seed = coder.gamma() - 1
            subspace, geometry = (terms, seed), (1, count, 1, 1)
            way = ways.read(coder)
        if way is None:
            numbers = [0.0] * length
        else:
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
        if relation != NEW:
            numbers = relate(relation, dimensions, numbers, before)
        tensors.append(numbers)
    return architecture, tensors


def content(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    arguments = sys.argv[1:]
    while arguments:
        model, base = arguments.pop(0), None
        if arguments[0] == "--base":
            base = content(arguments[1])
            del arguments[:2]
        architecture, tensors = decode(content(model), base)
        with open(arguments.pop(0), "wb") as file:
            for tensor in tensors:
                file.write(struct.pack(f"<{len(tensor)}f", *tensor))
        print("layers", *architecture.layers)
        tensors = [dimensions for dimensions, _ in architecture.tensors]
        for dimensions in architecture.values[1:] + tensors:
            print("x".join(map(str, dimensions)))


if __name__ == "__main__":
    main()
