"""What a network makes of images: docs/function.md and docs/format.md."""

import math

import numpy as np

from .operators import OPERATORS

BATCH_NUMBERS = 1 << 21


def logits(model, images):
    """The outputs, [examples, outputs], of images [examples, channels, rows, columns]."""
    graph = model.graph
    last_use = {value: place for place, node in enumerate(graph.nodes) for value in node.reads}
    values = {0: np.ascontiguousarray(np.moveaxis(images, 0, -1))}
    with np.errstate(all="ignore"):
        for place, node in enumerate(graph.nodes):
            inputs = [values[value] for value in node.reads]
            made = OPERATORS[node.operator](node, model.weights[place], inputs)
            values[place + 1] = np.ascontiguousarray(made)
            for value in set(node.reads):
                if last_use[value] == place:
                    del values[value]
    made = values[len(graph.nodes)].reshape(-1, made.shape[-1])
    return np.broadcast_to(made, (len(made), len(images))).T


def batch_size(model):
    """How many examples are evaluated together: as many as caches hold."""
    largest = max(math.prod(shape) for shape in model.graph.shapes)
    return min(max(BATCH_NUMBERS // largest, 8), 512)


def pixels(levels, images):
    """"A pixel of grey level v in a data set with l levels is v / (l - 1)"."""
    return images.astype(np.float32) / np.float32(levels - 1)
