"""Examples that tests share."""

import csv
import gzip
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

ROOT = Path(__file__).resolve().parents[2]
Images = npt.NDArray[np.uint8]


@pytest.fixture(scope="session")
def digits() -> tuple[Images, Images]:
    """1,500 images of 8 x 8 with 4 bits a pixel, spread over 256 levels; and their classes."""
    path = ROOT / "data" / "digits.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = [[int(cell) for cell in row] for row in csv.reader(file)]
    table = np.asarray(rows, dtype=np.uint8)
    return (table[:1500, :64].astype(np.uint8) * 15).reshape(-1, 8, 8), table[:1500, 64]


@pytest.fixture(scope="session")
def nearest_means(digits: tuple[Images, Images]) -> dict[str, npt.NDArray[np.float32]]:
    """The state dict of the classifier by the nearest class mean: ``dense:10:b``."""
    images, labels = digits
    flat = images.reshape(len(images), -1) / np.float32(255)
    means = np.stack([flat[labels == label].mean(axis=0) for label in range(10)])
    weight, bias = means.astype(np.float32), (-(means**2).sum(axis=1) / 2).astype(np.float32)
    return {"dense.weight": weight, "dense.bias": bias}
