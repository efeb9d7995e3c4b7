"""Chains of layers, versions 1 and 2: docs/format.md, sections 4 and 5.

A chain is read as the nodes that do the same (docs/format.md, "The function of a model").
"""

import math

import numpy as np

from .codes import favourite, gamma, width
from .errors import Invalid
from .graph import Graph, read_input
from .nodes import Tensor, Window, require, vector

KINDS = ("convolution", "max", "average", "global average", "relu", "norm", "dense", "relu6",
         "batch norm", "branch", "exchange", "join", "oriented", "end")
EXCHANGE, JOIN, END = KINDS.index("exchange"), KINDS.index("join"), KINDS.index("end")
START = 13
TABLE = """
     32   32    8    8  192   64    8    2    8    1    1    4    0    8
    128    8    8    8   64   64   64    1    1    4    1    1    0    8
    128    8    8    8   16   32   64    1    1    4    1    1    0    8
     16    8    8    8   16   32  128    1    1    1    1    1    0   64
    128   96   16   16    8   32   64    1    1    4    1    4    0    8
     96   32    8    8  128    8   64    1    1    4    1    4    0    8
      8    8    8    8   48   16   16    1    1    1    1    4    0  192
    128    8    8   32    1    8   32    1    1   16    1    8    0    8
     32    8    8    8  128    1    8   64    1   16    4   32    0    8
     64    1    1    1   16    8    8    8   64    1    1    1    0    1
     64    4   16    1    1    1    8    1    4    1    1   64    0    1
     32    4    4    8   64    8    8   16   32   64    1    8    0    8
     32   16    8    8  192   16    8    8    8    1    1    1    0    1
    192    8   32    8    8   16   64    1    8    1    1    1  128    8
"""
MOST_LAYERS = 1024


class ChainReader:
    """Reads layer after layer."""

    def __init__(self, coder, deskewed):
        self.coder = coder
        self.table = [[int(word) for word in line.split()] for line in TABLE.split("\n")[1:-1]]
        self.bias = [15, 1]
        self.graph = Graph(read_input(coder))
        self.branches = []
        self.now = 0
        if deskewed:
            self.add("deskew", {})

    def read(self):
        """The graph of the layers."""
        before = START
        for _ in range(MOST_LAYERS + 1):
            before = self.kind(before)
            if before == END:
                break
            LAYERS[KINDS[before]](self)
        else:
            raise Invalid("more than 1,024 layers")
        require(not self.branches, "a branch that stays open")
        require(math.prod(self.shape()) >= 2, "fewer than two outputs")
        return self.graph

    def kind(self, before):
        """The kind of the next layer, which the table learns."""
        row = self.table[before]
        weights = list(row)
        if not self.branches:
            weights[EXCHANGE] = weights[JOIN] = 0
        kind = self.coder.weighted(weights)
        row[kind] += 64
        return kind

    def has_bias(self):
        """Whether a layer has a bias."""
        bias = self.coder.weighted(self.bias)
        self.bias[bias] += 8
        return bias == 1

    def shape(self):
        """Channels, rows and columns of the present map."""
        return self.graph.shapes[self.now]

    def add(self, operator, numbers, tensors=(), reads=None):
        """A node that makes the present map."""
        self.graph.add(operator, (self.now,) if reads is None else reads, numbers)
        self.graph.nodes[-1].tensors = list(tensors)
        self.now = len(self.graph.nodes)

    def convolution(self):
        side = favourite(self.coder, (1, 3, 5, 7, 2, 4), (6, 16, 4, 1, 1, 1, 1))
        stride = favourite(self.coder, (1, 2), (24, 6, 1))
        padding = self.padding(side, stride)
        inputs = self.shape()[0]
        grouping = self.coder.weighted((16, 8, 1))
        channels = inputs if grouping == 1 else width(self.coder)
        groups = (1, inputs, 0)[grouping] or gamma(self.coder)
        require(grouping != 1 or inputs > 1, "a depthwise convolution of one channel")
        if grouping == 2 and (groups == 1 or groups == inputs == channels):
            raise Invalid("not the canonical file: groups that have a symbol of their own")
        bias = self.has_bias()
        require(inputs % groups == 0, "groups that do not divide the channels")
        dims = (channels, inputs // groups, side, side)
        numbers = {"width": channels, "groups": groups, "bias": bias,
                   "window": Window((side,) * 2, (stride,) * 2, padding, (1, 1))}
        self.add("convolution", numbers, [Tensor(dims, dims)] + vector(channels, bias))

    def padding(self, side, stride):
        """Zeros above, below, left and right."""
        symbol = self.coder.weighted((128, 48, 8, 8))
        if symbol == 2:
            pads = []
            for length in self.shape()[1:]:
                zeros = max(0, (-(-length // stride) - 1) * stride + side - length)
                pads += [zeros // 2, zeros - zeros // 2]
            return tuple(pads)
        half = side // 2
        if symbol == 3:
            padding = gamma(self.coder)
            if padding == half:
                raise Invalid("not the canonical file: a padding that has a symbol of its own")
        else:
            padding = (half, 0)[symbol]
            if symbol == 1 and half == 0:
                raise Invalid("not the canonical file: a padding that has a symbol of its own")
        return (padding,) * 4

    def oriented(self):
        filters = favourite(self.coder, (4, 8, 12), (2, 4, 8, 1))
        require(filters <= 12, "more than 12 filters")
        channels = self.shape()[0]
        self.add("oriented", {"width": filters * channels, "groups": channels, "bias": False,
                              "window": Window((5, 5), (1, 1), (2,) * 4, (1, 1))})

    def pool(self, pooling):
        side = favourite(self.coder, (2, 3, 4), (24, 2, 2, 1))
        self.add("pool", {"pooling": pooling, "rounded up": False,
                          "window": Window((side,) * 2, (side,) * 2, (0,) * 4, (1, 1))})

    def global_average(self):
        self.add("reduce", {"reduction": "mean", "axes": [1, 2], "keep": True})

    def relu(self):
        self.add("activation", {"activation": "relu", "singles": []})

    def relu6(self):
        singles = [np.float32(0), np.float32(6)]
        self.add("activation", {"activation": "clip", "singles": singles})

    def norm(self):
        self.add("normalise", {"axis count": 3, "epsilon": np.float32(1e-5)})

    def batch_norm(self):
        channels = self.shape()[0]
        self.add("affine", {"axis": 0, "scales": True, "shifts": True},
                 vector(channels, True) + vector(channels, True))

    def dense(self):
        units = favourite(self.coder, (10, 2, 100, 1000), (24, 2, 1, 1, 12))
        bias = self.has_bias()
        view = (units,) + self.shape()
        self.add("flatten", {})
        tensor = Tensor((units, math.prod(view[1:])), view)
        self.add("dense", {"width": units, "bias": bias}, [tensor] + vector(units, bias))
        self.add("reshape", {"lengths": [units, 1, 1]})

    def branch(self):
        self.branches.append([self.now, False])

    def exchange(self):
        require(self.branches and not self.branches[-1][1], "an exchange without a branch")
        self.branches[-1], self.now = [self.now, True], self.branches[-1][0]

    def join(self):
        require(self.branches, "a join without a branch")
        remembered, _ = self.branches.pop()
        require(self.shape() == self.graph.shapes[remembered], "a join of two sizes")
        self.add("combine", {"arithmetic": "add"}, reads=(self.now, remembered))


LAYERS = {
    "convolution": ChainReader.convolution, "max": lambda reader: reader.pool("largest"),
    "average": lambda reader: reader.pool("mean"), "global average": ChainReader.global_average,
    "relu": ChainReader.relu, "norm": ChainReader.norm, "dense": ChainReader.dense,
    "relu6": ChainReader.relu6, "batch norm": ChainReader.batch_norm,
    "branch": ChainReader.branch, "exchange": ChainReader.exchange, "join": ChainReader.join,
    "oriented": ChainReader.oriented,
}
