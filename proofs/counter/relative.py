"""Networks relative to a base, version 4: docs/relative.md."""

import hashlib

import numpy as np

from .codes import Adaptive, gamma
from .errors import CannotCheck, Invalid
from .graph import Graph, read_input
from .nodes import require, tensors_of
from .records import LARGEST_SIZE, RecordCoder
from .tensors import one_row

KEPT, ADDED, SCALED, PRODUCT, NEW = range(5)
RELATIONS = (16, 2, 2, 1, 1)


def read_graph(coder, base, base_bytes):
    """2. to 5.: the graph, and for each node the tensors in whose places its own are."""
    check = (coder.sixteen() << 16) | coder.sixteen()
    if base is None:
        raise CannotCheck("the model is relative to a base: name it with --base")
    if check != int.from_bytes(hashlib.sha256(base_bytes).digest()[:4], "big"):
        raise CannotCheck("the model is relative to another base")
    records = RecordCoder()
    records.coder = coder
    graph = Graph(base.graph.shapes[0])
    size = 0
    if coder.weighted((3, 1)):
        graph = Graph(read_input(coder))
        size = graph.read(records)
        if not graph.nodes and graph.shapes == base.graph.shapes[:1]:
            raise Invalid("not the canonical file: a front that does nothing")
    left_out = gamma(coder) - 1
    kept = len(base.graph.nodes) - left_out
    require(kept >= 1, "no node of the base stays")
    front = len(graph.nodes)
    origins = [None] * front
    for node in base.graph.nodes[:kept]:
        reads = tuple(front + value for value in node.reads)
        graph.add(node.operator, reads, node.numbers)
        origins.append(node)
    size += graph.read(records)
    require(size <= LARGEST_SIZE, "records of more than 2^20 numbers")
    origins += [None] * (len(graph.nodes) - len(origins))
    graph.check_whole()
    for node, origin in zip(graph.nodes, origins):
        node.tensors = tensors_of(node, graph.nodes, graph.shapes)
        if origin:
            require([tensor.dims for tensor in node.tensors]
                    == [tensor.dims for tensor in origin.tensors], "tensors of other dimensions")
    return graph, base_weights(base, kept, front)


def base_weights(base, kept, front):
    """By the number of a node of the graph: the weights of the base's node in its place."""
    return {front + place: base.weights[place] for place in range(kept)}


class RelativeTensors:
    """"Tensors"."""

    def __init__(self, reader):
        self.reader = reader
        self.relations = Adaptive(RELATIONS)

    def read(self, tensor, before):
        """A tensor in the place of one of the base's."""
        relation = self.relations.code(self.reader.coder)
        if relation == KEPT:
            return before
        if relation == NEW:
            return self.reader.any(tensor.dims, tensor.view)
        dims = tensor.dims
        rows = dims[0] if dims else 1
        columns = before.size // rows
        if relation == ADDED:
            return before + self.reader.coded(dims, tensor.view)
        if relation == SCALED:
            scales = self.reader.coded((rows,), one_row(rows), False) + np.float32(1)
            return (before.reshape(rows, columns) * scales[:, None]).reshape(dims)
        rank = gamma(self.reader.coder)
        require(rank <= min(255, rows, columns), "a rank that is too large")
        count = rank * (rows + columns)
        numbers = self.reader.coded((count,), one_row(count), False)
        first = numbers[:rank * rows].reshape(rows, rank)
        second = numbers[rank * rows:].reshape(rank, columns)
        total = np.zeros((rows, columns), np.float32)
        for inner in range(rank):
            total = total + first[:, inner:inner + 1] * second[inner:inner + 1]
        return before + total.reshape(dims)
