"""The table of architectures.csv: what is imported, how exactly, and how fast it is evaluated.

    python experiments/architectures/table.py FOLDER [NAME...]            all columns but speed
    python experiments/architectures/table.py FOLDER --speed [NAME...]    these, on a quiet machine

FOLDER is what export.py has written. The table is read, the rows of these names are made again (or
their speed alone), and it is written. Needs cargo, numpy and onnxruntime; for speed torch and
torchvision, too.
"""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy
import onnx
import onnxruntime

import export

TABLE = Path(__file__).parent / "architectures.csv"
LIGHT = [
    "light_bvlc_alexnet",
    "light_densenet121",
    "light_inception_v1",
    "light_inception_v2",
    "light_resnet50",
    "light_shufflenet",
    "light_squeezenet",
    "light_vgg19",
    "light_zfnet512",
]
FOUND = [
    "operators",
    "parameters",
    "imports",
    "difference",
    "architecture_bits",
]
COLUMNS = ["architecture", *FOUND, "onnx_difference"]
SPEED = ["milliseconds", "reference", "reference_milliseconds", "speed"]
TOGETHER = 16
REPETITIONS = 5
ROUNDS = 3


def bench(folder: Path, names: list[str], *options: str) -> Iterator[tuple[str, list[str]]]:
    """What benches/architectures.rs prints, name by name. On one core."""
    command = ["cargo", "bench", "-q", "--no-default-features", "--features", "lab"]
    command += ["--bench", "architectures", "--", *options, str(folder.resolve()), *names]
    one_core = os.environ | {"RAYON_NUM_THREADS": "1"}
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, env=one_core, cwd=root, stdout=subprocess.PIPE) as running:
        for line in running.stdout:
            name, *values = line.decode().strip().split(",")
            yield name, values
    if running.returncode != 0:
        raise subprocess.CalledProcessError(running.returncode, command)


def difference(folder: Path) -> str:
    """Of onnxruntime on the network that was written again, from the exact logits, over the largest
    of an image. The file must be one by the rules."""
    onnx.checker.check_model(folder / "again.onnx", full_check=True)
    session = onnxruntime.InferenceSession(folder / "again.onnx")
    exact = numpy.load(folder / "exact.npy")
    images = numpy.load(folder / "input.npy")
    made = [session.run(None, {"image": image[None]})[0][0] for image in images]
    apart = numpy.abs(numpy.stack(made) - exact).max(axis=1)
    return f"{(apart / numpy.abs(exact).max(axis=1)).max():.1e}"


def reference(folder: Path, name: str) -> tuple[str, float]:
    """Milliseconds of PyTorch for an image, on one core; of onnxruntime for what PyTorch lacks."""
    images = numpy.load(folder / "input.npy")
    if name.startswith("light_"):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(folder / "net.onnx", options)
        given = next(i.name for i in session.get_inputs() if len(i.shape) == 4)
        return "onnxruntime", least(lambda: session.run(None, {given: images[:1]}), 1)
    import torch

    torch.set_num_threads(1)
    batch = torch.tensor(numpy.resize(images, (TOGETHER, *images.shape[1:])))
    with torch.inference_mode():
        # Batch normalisation folded, as exporters do.
        network = export.network(name, images.shape[-1])
        network = torch.jit.freeze(torch.jit.trace(network, batch))
        network(batch)
        network(batch)
        return "PyTorch", least(lambda: network(batch), TOGETHER)


def least(run, images: int) -> float:
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1000 * min(times) / images


def compared(folder: Path, name: str) -> list[str]:
    """The columns of speed: each the least of some rounds, as the two are measured in turn."""
    ours, theirs, of = float("inf"), float("inf"), ""
    for _ in range(ROUNDS):
        for _, values in bench(folder, [name], "--speed"):
            if len(values) != 1:
                return [""] * len(SPEED)
            ours = min(ours, float(values[0]))
        of, milliseconds = reference(folder / name, name)
        theirs = min(theirs, milliseconds)
    return [f"{ours:.2f}", of, f"{theirs:.2f}", f"{theirs / ours:.2f}"]


def main(folder: Path, names: list[str], is_speed: bool) -> None:
    rows = {}
    if TABLE.exists():
        with TABLE.open() as table:
            rows = {row["architecture"]: row for row in csv.DictReader(table)}
    if is_speed:
        found = ((name, compared(folder, name)) for name in names)
    else:
        found = bench(folder, names)
    for name, values in found:
        row = rows.setdefault(name, {"architecture": name})
        row |= dict(zip(SPEED if is_speed else FOUND, values))
        if not is_speed and row["imports"] == "yes":
            row["onnx_difference"] = difference(folder / name)
        print(row, flush=True)
        write(rows)


def write(rows: dict[str, dict[str, str]]) -> None:
    order = [name for name in export.NAMES + LIGHT if name in rows]
    with TABLE.open("w", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS + SPEED, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in order)


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--speed"]
    chosen = arguments[1:] or export.NAMES + LIGHT
    main(Path(arguments[0]), chosen, "--speed" in sys.argv)
