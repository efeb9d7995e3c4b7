"""The model file: docs/format.md, section 1."""

import math
from dataclasses import dataclass

import numpy as np

from . import relative
from .chain import ChainReader
from .coder import Decoder
from .errors import Invalid
from .graph import Graph, read_input
from .nodes import tensors_of
from .records import RecordCoder
from .tensors import TensorReader

WEIGHTS_PER_BYTE = 65536


@dataclass
class Model:
    """A network: its graph, and for each node its tensors of weights."""

    version: int
    graph: Graph
    weights: list


def read_version(coder):
    """1.: the version."""
    version = 1
    while version < 4 and coder.weighted((15, 1)):
        version += 1
    if version == 4 and coder.weighted((15, 1)):
        raise Invalid("a version that the format does not know")
    return version


def read(data, base_bytes=None):
    """The network that a file decodes to; relative to a base, if it is of version 4."""
    base = read_base(base_bytes) if base_bytes is not None else None
    coder = Decoder(data)
    version = read_version(coder)
    origins = {}
    if version <= 2:
        graph = ChainReader(coder, version == 2).read()
    elif version == 3:
        graph = Graph(read_input(coder))
        records = RecordCoder()
        records.coder = coder
        graph.read(records)
        graph.check_whole()
        for node in graph.nodes:
            node.tensors = tensors_of(node, graph.nodes, graph.shapes)
    else:
        graph, origins = relative.read_graph(coder, base, base_bytes)
    check_size(graph, origins, len(data))
    weights = read_weights(coder, version, graph, origins)
    coder.finish()
    return Model(version, graph, weights)


def read_base(data):
    """"A complete file of version 3": docs/relative.md."""
    base = read(data)
    if base.version != 3:
        raise Invalid("a base that is not of version 3")
    return base


def check_size(graph, origins, size):
    """"Limits": weights a byte, but for those in the place of a base's."""
    count = sum(math.prod(tensor.dims) for place, node in enumerate(graph.nodes)
                if place not in origins for tensor in node.tensors)
    if count > WEIGHTS_PER_BYTE * size:
        raise Invalid("more weights than a file of this size may hold")


def read_weights(coder, version, graph, origins):
    """3.: all tensors, in the order of the nodes."""
    reader = TensorReader(coder)
    by_base = relative.RelativeTensors(reader)
    read_one = reader.coded if version <= 2 else reader.any
    weights = []
    with np.errstate(all="ignore"):
        for place, node in enumerate(graph.nodes):
            if place in origins:
                weights.append([by_base.read(tensor, before)
                                for tensor, before in zip(node.tensors, origins[place])])
            else:
                weights.append([read_one(tensor.dims, tensor.view) for tensor in node.tensors])
    return weights
