"""Data sets, their digests, and where they are looked for: docs/data.md, docs/certificate.md."""

import csv
import gzip
import hashlib
import os
import struct
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import CannotCheck

ROOT = Path(__file__).resolve().parents[2]
IDX = ("{}-images-idx3-ubyte", "{}-labels-idx1-ubyte")


@dataclass
class Examples:
    """Images [examples, channels, rows, columns] of grey levels, and their classes."""

    images: np.ndarray
    labels: np.ndarray
    levels: int
    classes: int

    def digests(self):
        """"Digest of a set of examples": that of each example."""
        return [hashlib.sha256(image.tobytes() + struct.pack("<I", label)).digest()
                for image, label in zip(self.images, self.labels.tolist())]

    def digest(self, digests):
        """That of the set, from those of its examples."""
        whole = hashlib.sha256(b"nonvacuous examples v2\n")
        whole.update(struct.pack("<6Q", *self.images.shape, self.levels, self.classes))
        for one in sorted(digests):
            whole.update(one)
        return whole.hexdigest()


def well_known():
    """The names of well-known sets by the digests of their training sets (data/at-hand.toml)."""
    sets = tomllib.loads((ROOT / "data" / "at-hand.toml").read_text())["set"]
    return {one["training"]: one["name"] for one in sets if "training" in one}


def folder_of(name):
    """Where a well-known set is looked for, if `--data` does not say."""
    if name == "digits":
        return ROOT / "data"
    roots = [os.environ.get("NONVACUOUS_DATA"), ROOT.parent / "shared" / "data",
             "/usr/share/datasets"]
    for root in roots:
        if root and (Path(root) / name).is_dir():
            return Path(root) / name
    raise CannotCheck(f"the data set {name} is not here: name its folder with --data")


def read(folder):
    """The training set in a folder, and the held-out one or None."""
    folder = Path(folder)
    if find(folder, "digits.csv"):
        return read_digits(find(folder, "digits.csv"))
    if find(folder, "data_batch_1.bin"):
        names = [f"data_batch_{part}.bin" for part in range(1, 6)]
        return [read_cifar(folder, names), read_cifar(folder, ["test_batch.bin"])]
    if find(folder, IDX[0].format("train")):
        return with_classes([read_idx(folder, "train"), read_idx(folder, "t10k")])
    raise CannotCheck(f"{folder} has neither idx files nor CIFAR-10 in binary nor digits.csv")


def with_classes(sets):
    """idx files: "There are as many classes as the largest label says", of all that is there."""
    classes = 1 + max(int(one.labels.max()) for one in sets if one)
    for one in sets:
        if one:
            one.classes = classes
    return sets


def find(folder, name):
    """A file, as it is or with `.gz`."""
    for path in (folder / name, folder / (name + ".gz")):
        if path.is_file():
            return path
    return None


def content(path):
    """The bytes of a file, unpacked if it is gzipped."""
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def read_digits(path):
    """The embedded digits (data/README.md): the first 1,500 are the training set."""
    rows = list(csv.reader(content(path).decode().splitlines()))
    numbers = np.array(rows, np.float64).astype(np.uint8)
    images, labels = numbers[:, :64].reshape(-1, 1, 8, 8), numbers[:, 64].astype(np.int64)
    return [Examples(images[:1500], labels[:1500], 17, 10),
            Examples(images[1500:], labels[1500:], 17, 10)]


def read_cifar(folder, names):
    """CIFAR-10 in binary: a label, then three planes of 32 x 32."""
    paths = [path for path in (find(folder, name) for name in names) if path]
    if not paths:
        return None
    rows = np.frombuffer(b"".join(map(content, paths)), np.uint8).reshape(-1, 3073)
    return Examples(rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0].astype(np.int64), 256, 10)


def read_idx(folder, part):
    """idx files."""
    paths = [find(folder, name.format(part)) for name in IDX]
    if None in paths:
        return None
    images, labels = (idx_array(content(path)) for path in paths)
    return Examples(images[:, None], labels.astype(np.int64), 256, 10)


def idx_array(data):
    """An array of bytes, whose header has its lengths."""
    axes = data[3]
    lengths = struct.unpack(f">{axes}I", data[4:4 + 4 * axes])
    count = int(np.prod(lengths))
    return np.frombuffer(data, np.uint8, count, 4 + 4 * axes).reshape(lengths)
