"""Graphs: docs/graph.md, "The graph"."""

import math

from .codes import bits, gamma
from .errors import Invalid
from .meanings import resolve
from .nodes import Node, require, shape_of
from .records import LARGEST_SIZE

KNOWN_INPUTS = ((1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 224, 224))
LARGEST_VALUE = 1 << 24
MOST_NODES = 8192
OPERATORS = (
    None, "convolution", "dense", "affine", "constant", "pool", "reduce", "normalise",
    "local response", "softmax", "activation", "scalar", "combine", "matrix product",
    "concatenate", "reshape", "flatten", "transpose", "slice", "pad", "select", "resize")


def read_input(coder):
    """"Input": docs/format.md, section 4."""
    if coder.weighted((1, 1)):
        return KNOWN_INPUTS[bits(coder, 2)]
    shape = tuple(gamma(coder) for _ in range(3))
    if shape in KNOWN_INPUTS:
        raise Invalid("not the canonical file: an input that has a symbol of its own")
    require(math.prod(shape) <= LARGEST_VALUE, "an image of more than 2^24 numbers")
    return shape


class Graph:
    """The nodes so far, and the dimensions of all values."""

    def __init__(self, shape):
        self.shapes = [shape]
        self.nodes = []

    def add(self, operator, reads, numbers):
        """A node whose numbers stand for themselves."""
        shape = shape_of(operator, numbers, [self.shapes[value] for value in reads])
        self.nodes.append(Node(operator, reads, numbers, shape))
        self.shapes.append(shape)
        require(len(self.nodes) <= MOST_NODES, "a graph of more than 8,192 nodes")

    def read(self, records):
        """Nodes from a file until a record of kind 0; gives the size of all records."""
        size = 0
        while True:
            record = records.code(self.axes_at)
            if record.kind == 0:
                return size
            size += record.size()
            require(size <= LARGEST_SIZE, "records of more than 2^20 numbers")
            reads = tuple(self.value_at(distance) for distance in record.distances)
            first = self.shapes[reads[0]] if reads else self.shapes[-1]
            numbers = resolve(record, first)
            self.add(OPERATORS[record.kind], reads, numbers)

    def value_at(self, distance):
        """The value at a distance from the next node."""
        require(distance < len(self.shapes), "a value before the image")
        return len(self.shapes) - 1 - distance

    def axes_at(self, distance):
        """How many axes the value at a distance has."""
        return len(self.shapes[self.value_at(distance)])

    def check_whole(self):
        """"Each value but the image and the last is read by a node"."""
        read = {value for node in self.nodes for value in node.reads}
        require(all(value in read for value in range(1, len(self.nodes))), "a value unread")
        require(len(self.nodes) >= 1, "a graph without nodes")
        require(math.prod(self.shapes[-1]) >= 2, "fewer than two outputs")
