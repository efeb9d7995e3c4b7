"""Records of a graph and the fields of their numbers: docs/graph.md, "The graph", "The code of
records" and "The primer's records".
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

WINDOW = ("side",) * 2 + ("stride",) * 2 + ("padding",) * 4 + ("dilation",) * 2
FIXED = {
    1: ("width",) + WINDOW + ("groups", "bias"),
    2: ("width", "bias"),
    3: ("axis", "parts"),
    5: ("pooling",) + WINDOW + ("rounded up",),
    6: ("reduction", "axes", "keep"),
    7: ("axis count", "single"),
    8: ("side", "single", "single", "single"),
    9: ("axis",),
    11: ("arithmetic", "single", "is first"),
    12: ("arithmetic",),
    13: (),
    14: ("axis",),
    16: (),
    18: ("axis", "part", "start", "step"),
    21: ("length", "length"),
}
SINGLES_OF_ACTIVATION = {1: 2, 2: 1, 3: 1, 5: 2}


def single(text):
    """The 32 bits of the single-precision number nearest to a decimal."""
    return int(np.float32(text).view(np.uint32))


COMMON_SINGLES = tuple(map(single, (
    0, 1, 2, 0.5, 3, 6, 1e-5, 1e-6, 1e-12, -1, 0.2, 0.01, 1 / 6, 2 ** 0.5, 0.5 ** 0.5, 0.125,
    0.17677669)))
FIELDS = {
    "width": (range(9), (8, 6, 1, 6, 4, 4, 1, 4, 4, 16)),
    "side": ((1, 3, 5, 7, 2, 4), (12, 16, 4, 2, 4, 1, 1)),
    "stride": ((1, 2, 0), (16, 8, 6, 1)),
    "padding": (range(4), (16, 12, 2, 2, 1)),
    "dilation": ((1, 2), (24, 1, 1)),
    "groups": (range(2), (16, 8, 2)),
    "bias": (range(2), (1, 3)),
    "parts": (range(3), (4, 1, 1)),
    "pooling": (range(3), (4, 2, 1)),
    "rounded up": (range(2), (8, 1)),
    "reduction": (range(3), (16, 1, 1)),
    "axes": ((6, 1, 2, 4), (16, 2, 2, 2, 1)),
    "keep": (range(2), (2, 1)),
    "axis": (range(8), (8, 4, 4, 1, 1, 1, 1, 1)),
    "axis count": (range(9), (1, 8, 8, 8, 2, 1, 1, 1, 1)),
    "length": (range(3), (16, 4, 1, 8)),
    "count": ((1, 2), (8, 2, 16)),
    "index": (range(2), (12, 4, 8)),
    "part": ((4, 6, 8, 3), (8, 8, 2, 2, 8)),
    "start": ((0, 2, 4, 6), (8, 4, 4, 1, 4)),
    "step": ((1, 2), (16, 1, 1)),
    "activation": (range(14), (24, 6, 2, 1, 6, 2, 2, 2, 8, 1, 1, 1, 1, 1)),
    "arithmetic": (range(7), (16, 2, 8, 2, 1, 1, 1)),
    "is first": (range(2), (8, 1)),
    "single": (COMMON_SINGLES, (8, 8, 8, 8, 1, 4, 4, 4, 1, 1, 2, 2, 2, 2, 2, 2, 2, 24)),
}


@dataclass(frozen=True)
class Record:
    """A kind, the distances of what is read, and numbers; singles by their bits."""

    kind: int
    distances: tuple = ()
    numbers: tuple = ()

    def size(self):
        """What it counts for the limit."""
        return 1 + len(self.distances) + len(self.numbers)


def next_field(kind, numbers, axes):
    """The field of the number after these, or None; `axes` is how many the first value has."""
    have = len(numbers)
    if kind in FIXED:
        return FIXED[kind][have] if have < len(FIXED[kind]) else None
    if kind == 17:
        return "axis" if have < axes else None
    if kind == 10:
        more = SINGLES_OF_ACTIVATION.get(numbers[0], 0) if have else 0
        return "activation" if not have else "single" if have <= more else None
    if kind == 20:
        more = 2 + numbers[1] if have >= 2 else 0
        return ("axis", "count")[have] if have < 2 else "index" if have < more else None
    more = {4: 1, 15: 1, 19: 2}[kind] * numbers[0] if have else 0
    if kind == 15:
        more = max(more - 1, 0)
    field = "index" if kind == 19 else "length"
    return "axis count" if not have else field if have <= more else None


def repeats(kind, place, field):
    """Whether the number may be said to be the one before it (5., second case)."""
    if field == "padding":
        return FIXED[kind][place - 1] == "padding"
    if field in ("side", "stride", "dilation"):
        return FIXED[kind][place - 1] == field
    return (kind == 19 and place > 1) or (kind == 21 and place == 1)


def primer():
    """"The primer's records"."""
    for line in Path(__file__).with_name("primer.txt").read_text().splitlines():
        kind, distances, numbers = (part.split() for part in line.split(":"))
        fields = []
        for text in numbers:
            field = next_field(int(kind[0]), fields, len(numbers))
            fields.append(single(text) if field == "single" else int(text))
        yield Record(int(kind[0]), tuple(map(int, distances)), tuple(fields))
