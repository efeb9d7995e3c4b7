"""Nodes and their dimensions: docs/graph.md, "Dimensions".

A node's numbers stand here for themselves, not relative to what is read. Chains of layers of
versions 1 and 2 become such nodes too (chain.py), with two operators that no graph has: `deskew`
and `oriented`.
"""

import math
from dataclasses import dataclass, field
from itertools import zip_longest

from .errors import Invalid

LARGEST_VALUE = 1 << 24


@dataclass
class Window:
    """Two sides, two strides, four paddings (above, below, left, right), two dilations."""

    side: tuple
    stride: tuple
    padding: tuple
    dilation: tuple


@dataclass
class Node:
    """An operator, the values that it reads, and its numbers by name."""

    operator: str
    reads: tuple
    numbers: dict
    shape: tuple = ()
    tensors: list = field(default_factory=list)


@dataclass
class Tensor:
    """The dimensions of a tensor of weights, and how it is seen in the models of its symbols."""

    dims: tuple
    view: tuple


def require(fits, what):
    """Refuses what does not fit."""
    if not fits:
        raise Invalid(f"does not fit: {what}")


def positions(length, side, stride, before, after, dilation, rounded_up=False):
    """Along one axis: the number of positions of a window."""
    extent = (side - 1) * dilation + 1
    require(min(side, stride, dilation) >= 1, "a window with a 0")
    require(max(side, dilation) <= 65535 and stride <= 1 << 24, "a window that is too large")
    require(max(before, after) <= extent, "a padding above the window's extent")
    require(length + before + after >= extent, "a window larger than the map")
    count, left = divmod(length + before + after - extent, stride)
    count += 1
    return count + 1 if rounded_up and left and count * stride < length + before else count


def moved(shape, window, rounded_up=False):
    """Rows and columns of what a window makes of a map."""
    pads = (window.padding[:2], window.padding[2:])
    return tuple(positions(shape[1 + axis], window.side[axis], window.stride[axis], *pads[axis],
                           window.dilation[axis], rounded_up) for axis in (0, 1))


def broadcast(first, second):
    """The shape that two are brought to: axes are aligned at the last."""
    pairs = zip_longest(reversed(first), reversed(second), fillvalue=1)
    made = []
    for one, other in pairs:
        require(one == other or 1 in (one, other), "lengths that differ")
        made.append(max(one, other))
    return tuple(reversed(made))


def axis_of(numbers, shape, name="axis"):
    """An axis that is named must be there."""
    require(numbers[name] < len(shape), "an axis that is not there")
    return numbers[name]


def replaced(shape, axis, length):
    """The shape with another length of one axis."""
    return shape[:axis] + (length,) + shape[axis + 1:]


def shape_of(operator, numbers, shapes):
    """The dimensions of what an operator makes of values of these dimensions."""
    shape = shapes[0] if shapes else ()
    made = RULES[operator](numbers, shape, shapes)
    require(len(made) <= 8 and all(length >= 1 for length in made), "an axis that is empty")
    require(math.prod(made) <= LARGEST_VALUE, "a value of more than 2^24 numbers")
    return tuple(made)


def map_of(shape):
    """A feature map has three axes."""
    require(len(shape) == 3, "not of three axes")
    return shape


def convolution(numbers, shape, _):
    channels, groups = numbers["width"], numbers["groups"]
    rows, columns = moved(map_of(shape), numbers["window"])
    require(shape[0] % groups == 0 and channels % groups == 0, "groups that do not divide")
    return channels, rows, columns


def dense(numbers, shape, _):
    require(len(shape) >= 1, "dense without an axis")
    return shape[:-1] + (numbers["width"],)


def affine(numbers, shape, _):
    axis_of(numbers, shape)
    return shape


def lengths(numbers, *_):
    return tuple(numbers["lengths"])


def pool(numbers, shape, _):
    window = numbers["window"]
    for axis in (0, 1):
        extent = (window.side[axis] - 1) * window.dilation[axis] + 1
        require(max(window.padding[2 * axis:2 * axis + 2]) <= extent - 1, "padding of a pool")
    return (map_of(shape)[0],) + moved(shape, window, numbers["rounded up"])


def reduce(numbers, shape, _):
    axes = numbers["axes"]
    require(len(axes) >= 1 and max(axes) < len(shape), "axes that are not there")
    kept = ((1 if axis in axes else length, axis in axes) for axis, length in enumerate(shape))
    return tuple(length for length, gone in kept if numbers["keep"] or not gone)


def normalise(numbers, shape, _):
    require(1 <= numbers["axis count"] <= len(shape), "an axis count")
    return shape


def local_response(numbers, shape, _):
    require(1 <= numbers["side"] <= 2 * map_of(shape)[0], "a side")
    return shape


def same(_numbers, shape, _shapes):
    return shape


def combine(_numbers, _shape, shapes):
    return broadcast(*shapes)


def matrix_product(_numbers, _shape, shapes):
    first, second = shapes
    require(len(first) >= 2 and len(second) >= 2, "a matrix product of fewer than two axes")
    require(first[-1] == second[-2], "a matrix product's inner axis")
    return broadcast(first[:-2], second[:-2]) + (first[-2], second[-1])


def concatenate(numbers, shape, shapes):
    axis = axis_of(numbers, shape)
    for other in shapes[1:]:
        require(len(other) == len(shape), "concatenation of other axes")
        require(replaced(other, axis, 0) == replaced(shape, axis, 0), "concatenated lengths")
    return replaced(shape, axis, sum(other[axis] for other in shapes))


def reshape(numbers, shape, _):
    require(math.prod(numbers["lengths"]) == math.prod(shape), "a reshape's numbers")
    return tuple(numbers["lengths"])


def flatten(_numbers, shape, _):
    return (math.prod(shape),)


def transpose(numbers, shape, _):
    require(sorted(numbers["order"]) == list(range(len(shape))), "an order of axes")
    return tuple(shape[axis] for axis in numbers["order"])


def slicing(numbers, shape, _):
    axis = axis_of(numbers, shape)
    count, start, step = numbers["count"], numbers["start"], numbers["step"]
    require(1 <= count <= shape[axis] and step >= 1, "a slice")
    require(start + step * (count - 1) < shape[axis], "a slice beyond the end")
    return replaced(shape, axis, count)


def pad(numbers, shape, _):
    pads = numbers["pads"]
    require(1 <= len(pads) <= len(shape), "an axis count")
    kept = len(shape) - len(pads)
    return shape[:kept] + tuple(a + n + b for n, (a, b) in zip(shape[kept:], pads))


def select(numbers, shape, _):
    axis, indices = axis_of(numbers, shape), numbers["indices"]
    require(all(index < shape[axis] for index in indices), "an index beyond the end")
    return replaced(shape, axis, len(indices))


def resize(numbers, shape, _):
    return (map_of(shape)[0],) + tuple(numbers["lengths"])


RULES = {
    "convolution": convolution, "dense": dense, "affine": affine, "constant": lengths,
    "pool": pool, "reduce": reduce, "normalise": normalise, "local response": local_response,
    "softmax": affine, "activation": same, "scalar": same, "combine": combine,
    "matrix product": matrix_product, "concatenate": concatenate, "reshape": reshape,
    "flatten": flatten, "transpose": transpose, "slice": slicing, "pad": pad,
    "select": select, "resize": resize, "deskew": same, "oriented": convolution,
}


def tensors_of(node, nodes, shapes):
    """The tensors of a node of a graph, in order: docs/graph.md, "Tensors"."""
    numbers = node.numbers
    shape = shapes[node.reads[0]] if node.reads else ()
    if node.operator == "convolution":
        dims = (numbers["width"], shape[0] // numbers["groups"]) + numbers["window"].side
        return [Tensor(dims, dims)] + vector(numbers["width"], numbers["bias"])
    if node.operator == "dense":
        dims = (numbers["width"], shape[-1])
        view = dims + (1, 1)
        source = nodes[node.reads[0] - 1] if node.reads[0] else None
        if source and source.operator == "flatten" and len(shapes[source.reads[0]]) == 3:
            view = dims[:1] + shapes[source.reads[0]]
        return [Tensor(dims, view)] + vector(numbers["width"], numbers["bias"])
    if node.operator == "affine":
        length = shape[numbers["axis"]]
        return vector(length, numbers["scales"]) + vector(length, numbers["shifts"])
    if node.operator == "constant":
        dims = tuple(numbers["lengths"])
        return [Tensor(dims, dims if len(dims) == 4 else dims + (1, 1) if len(dims) == 2 else
                       (1, math.prod(dims), 1, 1))]
    return []


def vector(length, there):
    """A tensor of one axis, if it is there."""
    return [Tensor((length,), (1, length, 1, 1))] if there else []
