"""What the numbers of records stand for: docs/graph.md, "What the numbers mean"."""

import math

import numpy as np

from .errors import Invalid
from .nodes import Window, require

TIMES = ((1, 1), (2, 1), (3, 1), (4, 1), (6, 1), (1, 2), (1, 3), (1, 4), (1, 6))
POOLINGS = ("largest", "mean", "padded mean")
REDUCTIONS = ("mean", "sum", "largest")
ARITHMETIC = ("add", "subtract", "multiply", "divide", "larger", "smaller", "power")
ACTIVATIONS = ("relu", "clip", "leaky relu", "elu", "sigmoid", "hard sigmoid", "hard swish",
               "tanh", "gelu", "exp", "log", "erf", "sqrt", "abs")


def resolve(record, first):
    """What a record's numbers stand for, given the dimensions of the first value."""
    return MEANINGS[record.kind](record.numbers, first)


def canonical(is_first_way):
    """"The first of these ways that gives a number is the one that is written"."""
    if not is_first_way:
        raise Invalid("not the canonical file: a number that is told in another way")


def width(code, length):
    """"width"."""
    whole = [(length * times // parts if length * times % parts == 0 else None)
             for times, parts in TIMES]
    if code <= 8:
        require(whole[code] is not None, "a width that is not whole")
        return whole[code]
    canonical(code - 8 not in whole)
    return code - 8


def window(codes):
    """The ten numbers of a window, strides among them."""
    side, stride = codes[0:2], []
    for one, code in zip(side, codes[2:4]):
        canonical(one != 1 if code == 0 else one == 1 or code != one)
        stride.append(code or one)
    return Window(tuple(side), tuple(stride), tuple(codes[4:8]), tuple(codes[8:10]))


def grouping(code, channels):
    """"groups"."""
    if code <= 1:
        canonical(code == 0 or channels != 1)
        return channels if code else 1
    canonical(code - 1 not in (1, channels))
    return code - 1


def length(code, first, axis):
    """"length"."""
    there = axis < len(first)
    if code == 0:
        require(there, "the length of an axis that is not there")
        return first[axis]
    canonical(not there or first[axis] != code)
    return code


def convolution(codes, first):
    require(len(first) == 3, "a convolution of a map that has not three axes")
    return {"width": width(codes[0], first[0]), "window": window(codes[1:11]),
            "groups": grouping(codes[11], first[0]), "bias": codes[12] == 1}


def dense(codes, first):
    require(len(first) >= 1, "dense without an axis")
    return {"width": width(codes[0], first[-1]), "bias": codes[1] == 1}


def affine(codes, _):
    return {"axis": codes[0], "scales": codes[1] != 2, "shifts": codes[1] != 1}


def constant(codes, first):
    return {"lengths": [length(code, first, axis) for axis, code in enumerate(codes[1:])]}


def pool(codes, _):
    return {"pooling": POOLINGS[codes[0]], "window": window(codes[1:11]),
            "rounded up": codes[11] == 1}


def reduce(codes, _):
    axes = [axis for axis in range(codes[1].bit_length()) if codes[1] >> axis & 1]
    return {"reduction": REDUCTIONS[codes[0]], "axes": axes, "keep": codes[2] == 1}


def normalise(codes, _):
    return {"axis count": codes[0], "epsilon": number(codes[1])}


def local_response(codes, _):
    alpha, beta, bias = map(number, codes[1:])
    return {"side": codes[0], "alpha": alpha, "beta": beta, "bias": bias}


def softmax(codes, _):
    return {"axis": codes[0]}


def activation(codes, _):
    return {"activation": ACTIVATIONS[codes[0]], "singles": [number(code) for code in codes[1:]]}


def scalar(codes, _):
    return {"arithmetic": ARITHMETIC[codes[0]], "single": number(codes[1]),
            "is first": codes[2] == 1}


def combine(codes, _):
    return {"arithmetic": ARITHMETIC[codes[0]]}


def nothing(_codes, _first):
    return {}


def reshape(codes, first):
    made = [length(code, first, axis) for axis, code in enumerate(codes[1:])]
    if codes[0]:
        left, rest = divmod(math.prod(first), math.prod(made))
        require(rest == 0, "a reshape that does not come out whole")
        made.append(left)
    return {"lengths": made}


def transpose(codes, _):
    return {"order": list(codes)}


def slicing(codes, first):
    axis, part, start, step = codes
    require(axis < len(first), "an axis that is not there")
    count = part >> 1
    if part % 2 == 0:
        require(count > 0 and first[axis] % count == 0, "a part that is not whole")
        count = first[axis] // count
    else:
        require(count > 0, "an empty slice")
        canonical(first[axis] % count != 0)
    if start % 2:
        canonical((start >> 1) % count != 0)
    start = start >> 1 if start % 2 else (start >> 1) * count
    return {"axis": axis, "count": count, "start": start, "step": step}


def pad(codes, _):
    pairs = list(codes[1:])
    return {"pads": list(zip(pairs[0::2], pairs[1::2]))}


def select(codes, _):
    return {"axis": codes[0], "indices": list(codes[2:])}


def resize(codes, first):
    return {"lengths": [length(code, first, axis) for axis, code in enumerate(codes, 1)]}


def number(code):
    """The single-precision number with these 32 bits."""
    return np.uint32(code).view(np.float32)


MEANINGS = (
    None, convolution, dense, affine, constant, pool, reduce, normalise, local_response, softmax,
    activation, scalar, combine, nothing, softmax, reshape, nothing, transpose, slicing, pad,
    select, resize)
