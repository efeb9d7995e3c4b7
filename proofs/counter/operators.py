"""Operators: docs/function.md, sections 2 and 3.

Arrays have one axis more than values, the last: the examples. A value that is the same for all
has length 1 there. Sums are loops over what is added, so that only their order decides.
"""

import math

import numpy as np

from .fixed import FILTERS, deskew
from .functions import ARITHMETIC, F, activate, exp, larger, power


def span(count, length, stride, offset):
    """Along one axis, at a place of the window: the positions inside the map, and its entries."""
    first = max(0, -(offset // stride))
    last = min(count, (length - 1 - offset) // stride + 1)
    begin = first * stride + offset
    return slice(first, last), slice(begin, begin + (last - first - 1) * stride + 1, stride)


def places(window, shape, made):
    """For each row and column of the window: positions, and the entries of the map there."""
    axes = []
    for axis in (0, 1):
        axes.append([span(made[1 + axis], shape[1 + axis], window.stride[axis],
                          step * window.dilation[axis] - window.padding[2 * axis])
                     for step in range(window.side[axis])])
    for row, (rows, from_rows) in enumerate(axes[0]):
        for column, (columns, from_columns) in enumerate(axes[1]):
            if rows.start < rows.stop and columns.start < columns.stop:
                yield row, column, (rows, columns), (from_rows, from_columns)


def convolution(node, weights, inputs):
    """"Convolution", one output channel after the other."""
    x = inputs[0]
    kernel = weights[0]
    window = node.numbers["window"]
    there = [(row, column, to, source) for row, column, to, source
             in places(window, x.shape, node.shape)]
    where = {(row, column): (to, source) for row, column, to, source in there}
    channels, depth = kernel.shape[:2]
    result = np.zeros(node.shape + x.shape[-1:], np.float32)
    product = np.empty(node.shape[1:] + x.shape[-1:], np.float32)
    group_size = channels // node.numbers["groups"]
    for channel in range(channels):
        total = result[channel]
        if node.numbers["bias"] and weights[1][channel] != 0:
            total[...] = weights[1][channel]
        first = channel // group_size * depth
        for source, row, column in zip(*np.nonzero(kernel[channel])):
            if (row, column) not in where:
                continue
            to, entries = where[row, column]
            part = product[to]
            np.multiply(x[first + source][entries], kernel[channel, source, row, column],
                        out=part)
            total[to] += part
    return result


def dense(node, weights, inputs):
    """"Dense", one input after the other for all units at once."""
    x = inputs[0]
    matrix = weights[0]
    result = np.zeros(node.shape + x.shape[-1:], np.float32)
    if node.numbers["bias"]:
        bias = np.where(weights[1] == 0, F(0), weights[1])
        result += bias[:, None]
    for place in range(matrix.shape[1]):
        units = np.flatnonzero(matrix[:, place])
        if len(units) == matrix.shape[0]:
            result += x[..., place, None, :] * matrix[:, place, None]
        elif len(units):
            result[..., units, :] += x[..., place, None, :] * matrix[units, place, None]
    return result


def affine(node, weights, inputs):
    x = inputs[0]
    shape = [1] * x.ndim
    shape[node.numbers["axis"]] = -1
    weights = list(weights)
    if node.numbers["scales"]:
        x = x * weights.pop(0).reshape(shape)
    if node.numbers["shifts"]:
        x = x + weights.pop(0).reshape(shape)
    return x


def constant(_node, weights, _inputs):
    return weights[0][..., None]


def pool(node, _weights, inputs):
    """"Pool": each first entry is taken as it is, the others are taken in."""
    x = inputs[0]
    window = node.numbers["window"]
    largest = node.numbers["pooling"] == "largest"
    result = np.zeros(node.shape + x.shape[-1:], np.float32)
    count = np.zeros(node.shape[1:] + (1,), np.int64)
    for _, _, to, source in places(window, x.shape, node.shape):
        before, entries = result[:, *to], x[:, *source]
        taken = larger(before, entries) if largest else before + entries
        result[:, *to] = np.where(count[to] == 0, entries, taken)
        count[to] += 1
    if largest:
        return result
    if node.numbers["pooling"] == "padded mean":
        count = np.where(count == 0, 0, math.prod(window.side))
    return np.where(count == 0, F(0), result / np.maximum(count, 1).astype(np.float32))


def reduce(node, _weights, inputs):
    x = inputs[0]
    axes = node.numbers["axes"]
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    moved = x.transpose(axes + kept).reshape((-1,) + tuple(x.shape[axis] for axis in kept))
    reduction = node.numbers["reduction"]
    result = np.full(moved.shape[1:], -np.inf if reduction == "largest" else 0, np.float32)
    for entries in moved:
        result = larger(result, entries) if reduction == "largest" else result + entries
    if reduction == "mean":
        result = result / F(len(moved))
    return result.reshape(node.shape + x.shape[-1:])


def total(entries):
    """The sum from 0 along the first axis, one after the other."""
    result = np.zeros(entries.shape[1:], np.float32)
    for one in entries:
        result = result + one
    return result


def normalise(node, _weights, inputs):
    x = inputs[0]
    stay = x.ndim - 1 - node.numbers["axis count"]
    lasts = np.moveaxis(x.reshape(x.shape[:stay] + (-1,) + x.shape[-1:]), stay, 0)
    count = F(len(lasts))
    lasts = lasts - total(lasts) / count
    variance = total(lasts * lasts) / count
    lasts = lasts / np.sqrt(variance + node.numbers["epsilon"])
    return np.moveaxis(lasts, 0, stay).reshape(x.shape)


def local_response(node, _weights, inputs):
    x = inputs[0]
    numbers = node.numbers
    size = numbers["side"]
    scale = numbers["alpha"] / F(size)
    result = np.empty_like(x)
    for channel in range(len(x)):
        begin = channel - (size - 1) // 2
        squares = [entry * entry for entry in x[max(begin, 0):begin + size]]
        base = numbers["bias"] + scale * total(np.stack(squares))
        result[channel] = x[channel] / power(base, numbers["beta"])
    return result


def softmax(node, _weights, inputs):
    entries = np.moveaxis(inputs[0], node.numbers["axis"], 0)
    most = np.full(entries.shape[1:], -np.inf, np.float32)
    for one in entries:
        most = larger(most, one)
    raised = exp(entries - most)
    return np.moveaxis(raised / total(raised), 0, node.numbers["axis"])


def activation(node, _weights, inputs):
    return activate(node.numbers["activation"], node.numbers["singles"], inputs[0])


def scalar(node, _weights, inputs):
    pair = (inputs[0], node.numbers["single"])
    first, second = reversed(pair) if node.numbers["is first"] else pair
    return ARITHMETIC[node.numbers["arithmetic"]](first, second)


def aligned(first, second):
    """Two arrays whose value axes are aligned at the last."""
    axes = max(first.ndim, second.ndim)
    return [x.reshape((1,) * (axes - x.ndim) + x.shape) for x in (first, second)]


def combine(node, _weights, inputs):
    return ARITHMETIC[node.numbers["arithmetic"]](*aligned(*inputs))


def matrix_product(node, _weights, inputs):
    first, second = aligned(*inputs)
    examples = max(first.shape[-1], second.shape[-1])
    result = np.zeros(node.shape + (examples,), np.float32)
    for inner in range(first.shape[-2]):
        result += first[..., :, inner, None, :] * second[..., inner, None, :, :]
    return result


def concatenate(node, _weights, inputs):
    examples = max(x.shape[-1] for x in inputs)
    whole = [np.broadcast_to(x, x.shape[:-1] + (examples,)) for x in inputs]
    return np.concatenate(whole, node.numbers["axis"])


def reshape(node, _weights, inputs):
    return inputs[0].reshape(node.shape + inputs[0].shape[-1:])


def transpose(node, _weights, inputs):
    return inputs[0].transpose(node.numbers["order"] + [inputs[0].ndim - 1])


def slicing(node, _weights, inputs):
    numbers = node.numbers
    start, step = numbers["start"], numbers["step"]
    entries = [slice(None)] * inputs[0].ndim
    entries[numbers["axis"]] = slice(start, start + step * (numbers["count"] - 1) + 1, step)
    return inputs[0][tuple(entries)]


def pad(node, _weights, inputs):
    pads = [tuple(pair) for pair in node.numbers["pads"]]
    kept = [(0, 0)] * (inputs[0].ndim - 1 - len(pads))
    return np.pad(inputs[0], kept + pads + [(0, 0)])


def select(node, _weights, inputs):
    return np.take(inputs[0], node.numbers["indices"], node.numbers["axis"])


def resize(node, _weights, inputs):
    x = inputs[0]
    for axis in (2, 1):
        length, made = x.shape[axis], node.shape[axis]
        at = np.clip((2 * np.arange(made) + 1) * length - made, 0, 2 * made * (length - 1))
        low, left = np.divmod(at, 2 * made)
        share = left.astype(np.float32) / F(2 * made)
        share = share.reshape((-1,) + (1,) * (x.ndim - 1 - axis))
        a, b = (np.take(x, index, axis) for index in (low, np.minimum(low + 1, length - 1)))
        x = a + share * (b - a)
    return x


def oriented(node, _weights, inputs):
    """An oriented layer: docs/format.md, "The function of a model"."""
    filters = FILTERS[:node.numbers["width"] // node.numbers["groups"]]
    kernel = np.tile(filters, (node.numbers["groups"], 1, 1))[:, None]
    return convolution(node, [kernel], inputs)


def upright(_node, _weights, inputs):
    return deskew(inputs[0])


OPERATORS = {
    "convolution": convolution, "dense": dense, "affine": affine, "constant": constant,
    "pool": pool, "reduce": reduce, "normalise": normalise, "local response": local_response,
    "softmax": softmax, "activation": activation, "scalar": scalar, "combine": combine,
    "matrix product": matrix_product, "concatenate": concatenate, "reshape": reshape,
    "flatten": reshape, "transpose": transpose, "slice": slicing, "pad": pad, "select": select,
    "resize": resize, "deskew": upright, "oriented": oriented,
}
