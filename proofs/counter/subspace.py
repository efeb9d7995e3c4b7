"""Weights in a subspace: docs/format.md, section 7, "Subspace"."""

import numpy as np

WORD = (1 << 64) - 1


def mix(z):
    """`mix(z)` of an array of 64-bit numbers."""
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def numbers(values):
    """An array of 64-bit numbers (arrays wrap around silently)."""
    return np.atleast_1d(np.asarray(values, np.uint64))


def signed_sums(coordinates, count, terms, seed):
    """Each weight is a sum of `terms` coordinates with signs, in single precision."""
    size = np.uint64(len(coordinates))
    weights = np.zeros(count, np.float32)
    start = mix(mix(numbers(seed)) ^ np.arange(count, dtype=np.uint64))
    for term in range(terms):
        hashed = mix(start ^ numbers(term))
        half = hashed >> np.uint64(1)
        low = ((half & np.uint64(0xFFFFFFFF)) * size) >> np.uint64(32)
        index = ((half >> np.uint64(32)) * size + low) >> np.uint64(31)
        sign = np.where(hashed & np.uint64(1), np.float32(-1), np.float32(1))
        weights = weights + coordinates[index.astype(np.int64)] * sign
    return weights


def factor(seed, side, rows, columns):
    """The factor of a side: random numbers, made orthonormal column by column."""
    entries = mix(numbers(seed))
    made = []
    for column in range(columns):
        place = mix(entries ^ numbers((side << 32) + column))
        hashed = mix(place ^ np.arange(rows, dtype=np.uint64)) >> np.uint64(11)
        vector = hashed.astype(np.float64) / 2.0 ** 52 - 1.0
        for before in made:
            vector = vector - in_order(vector * before) * before
        root = np.sqrt(in_order(vector * vector))
        made.append(vector / root if root > 1e-9 else np.zeros(rows))
    return np.stack(made, 1)


def in_order(products):
    """The sum from 0, one after the other."""
    return np.add.accumulate(products)[-1]


def product(first, second):
    """A product of matrices in double precision, sums from 0 in the order of the inner index."""
    total = np.zeros((first.shape[0], second.shape[1]))
    for inner in range(first.shape[1]):
        total = total + first[:, inner:inner + 1] * second[inner:inner + 1, :]
    return total


def kronecker(coordinates, rows, columns, inner_rows, inner_columns, seed):
    """`A X B^T`."""
    left = factor(seed, 0, rows, inner_rows)
    right = factor(seed, 1, columns, inner_columns)
    middle = coordinates.astype(np.float64).reshape(inner_rows, inner_columns)
    return product(left, product(middle, right.T)).astype(np.float32).ravel()
