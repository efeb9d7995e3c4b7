"""Tensors of weights: docs/format.md, section 1 (3.) and 7; docs/graph.md, "Tensors"."""

import math

import numpy as np

from . import codebook, subspace
from .codes import Adaptive, AdaptiveBit, gamma
from .errors import Invalid
from .symbols import Mixed, plain

WAYS = (24, 24, 8, 4, 1)
PLAIN, MIXED, SORTED, RUNS, SUBSPACE = range(5)


def one_row(count):
    """How a tensor is seen that is neither a convolution's nor a dense layer's."""
    return (1, count, 1, 1)


class TensorReader:
    """Reads one tensor after the other, and what the file has learned on the way."""

    def __init__(self, coder):
        self.coder = coder
        self.is_new = AdaptiveBit()
        self.is_raw = AdaptiveBit()
        self.ways = Adaptive(WAYS)
        self.codebook = None

    def coded(self, dims, view, may_be_subspace=True):
        """A tensor by codebook and symbols."""
        count = math.prod(dims)
        if self.codebook is None or self.is_new.code(self.coder):
            self.codebook = codebook.read(self.coder)
        if len(self.codebook.values) == 0:
            return np.zeros(dims, np.float32)
        way = self.ways.code(self.coder)
        if way != SUBSPACE:
            return self.symbols(way, count, view).reshape(dims)
        if not may_be_subspace:
            raise Invalid("a subspace where there is none")
        return self.subspace(dims, count).reshape(dims)

    def symbols(self, way, count, view):
        """The numbers whose symbols are coded in one of the first four ways."""
        if way in (PLAIN, RUNS):
            symbols = plain(self.coder, self.codebook, count, way == RUNS)
        else:
            symbols = Mixed(self.coder, self.codebook, view).read(way == SORTED)
        return self.codebook.weights(symbols)

    def subspace(self, dims, count):
        """The weights of a tensor in a subspace."""
        size = gamma(self.coder)
        if size > count:
            raise Invalid("more coordinates than weights")
        terms = gamma(self.coder)
        if terms > 65:
            raise Invalid("too many terms")
        inner_rows = gamma(self.coder) if terms == 65 else 0
        seed = gamma(self.coder) - 1
        if seed >= 1 << 32:
            raise Invalid("the seed is too large")
        way = self.ways.code(self.coder)
        if way == SUBSPACE:
            raise Invalid("a subspace in a subspace")
        if terms < 65:
            coordinates = self.symbols(way, size, one_row(size))
            return subspace.signed_sums(coordinates, count, terms, seed)
        rows = dims[0] if dims else 1
        columns = count // rows
        inner_columns = size // inner_rows
        if inner_rows * inner_columns != size or inner_rows > min(64, rows):
            raise Invalid("a Kronecker product whose rows do not fit")
        if inner_columns > min(64, columns):
            raise Invalid("a Kronecker product whose columns do not fit")
        coordinates = self.symbols(way, size, one_row(size))
        return subspace.kronecker(coordinates, rows, columns, inner_rows, inner_columns, seed)

    def any(self, dims, view):
        """A tensor of a graph: raw, or by codebook and symbols."""
        if self.is_raw.code(self.coder):
            return self.raw(dims)
        return self.coded(dims, view)

    def raw(self, dims):
        """A tensor as it is, 32 bits a number, which is finite."""
        words = np.array([(self.coder.sixteen() << 16) | self.coder.sixteen()
                          for _ in range(math.prod(dims))], np.uint32)
        numbers = words.view(np.float32)
        if not np.all(np.isfinite(numbers)):
            raise Invalid("a raw number that is not finite")
        return numbers.reshape(dims)
