"""Deskewing and oriented filters: docs/format.md, "The function of a model"."""

import numpy as np

F = np.float32
LINES = """
-1  0  2  0 -1   -3  0  6  0 -3   -5  0 10  0 -5   -3  0  6  0 -3   -1  0  2  0 -1
-2 -4 -2  1  0   -4 -4  3  4  1   -2  3 12  3 -2    1  4  3 -4 -4    0  1 -2 -4 -2
 0 -1  0  1  0   -2 -5  0  5  2   -3 -8  0  8  3   -2 -5  0  5  2    0 -1  0  1  0
-1 -2 -2 -1  0   -2 -7 -5  0  1   -2 -5  0  5  2   -1  0  5  7  2    0  1  2  2  1
"""


def oriented_filters():
    """Filters 0 to 11: L, M, E and D, and their quarter turns."""
    line, skew_line, edge, skew_edge = (
        np.array(line.split(), np.float32).reshape(5, 5) / F(16)
        for line in LINES.strip().split("\n"))
    filters = [line, skew_line, turn(line), turn(skew_line)]
    for _ in range(4):
        filters += [edge, skew_edge]
        edge, skew_edge = turn(edge), turn(skew_edge)
    return np.stack(filters)


def turn(filter_):
    """A quarter turn: what is in row a, column b goes to row b, column 4 - a."""
    return filter_.T[:, ::-1]


FILTERS = oriented_filters()


def deskew(images):
    """`upright`, of arrays [channels, rows, columns, examples]."""
    channels, rows, columns, examples = images.shape
    v = np.zeros(images.shape[1:], np.float32)
    for channel in images:
        v = v + channel
    y = np.arange(rows, dtype=np.float32)[:, None, None]
    x = np.arange(columns, dtype=np.float32)[None, :, None]
    mass = total(v)
    center_y, center_x = total(v * y) / mass, total(v * x) / mass
    from_y = y - center_y
    a = total(v * ((x - center_x) * from_y))
    b = total(v * (from_y * from_y))
    s = a / b
    s = np.where(s < F(-1), F(-1), np.where(s > F(1), F(1), s))
    s = np.where(b > F(0), s, F(0))
    h, w = F(rows - 1) / F(2), F(columns - 1) / F(2)
    at_y = np.broadcast_to(y + (center_y - h), v.shape)
    at_x = x + (s * (y - h) + (center_x - w))
    top, left = np.floor(at_y), np.floor(at_x)
    d, r = at_y - top, at_x - left
    one = F(1)
    index = np.arange(examples)[None, None, :]
    result = np.empty_like(images)
    for channel in range(channels):
        def u(down, across):
            row, column = top + F(down), left + F(across)
            inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
            old = images[channel, np.where(inside, row, F(0)).astype(np.int64),
                         np.where(inside, column, F(0)).astype(np.int64), index]
            return np.where(inside, old, F(0))
        result[channel] = (one - d) * ((one - r) * u(0, 0) + r * u(0, 1)) \
            + d * ((one - r) * u(1, 0) + r * u(1, 1))
    return np.where(mass > F(0), result, images)


def total(pixels):
    """A *total*: over the pixels row by row, from 0."""
    result = np.zeros(pixels.shape[2:], np.float32)
    for row in pixels:
        for pixel in row:
            result = result + pixel
    return result
