"""A base for small grey pictures of things: a network for CIFAR-10 in grey.

    python experiments/bases/objects.py objects.onnx --cifar FOLDER --features FEATURES --minutes 20

FOLDER has CIFAR-10's data_batch_1.bin.gz to data_batch_5.bin.gz. The network learns the ten
classes, and what EfficientNet-Lite0 makes of the same pictures: FEATURES is the file that
`nonvacuous certify --base lite0.nvc --data cifar10 --moves none --cache DIR` leaves in DIR.
Pictures are cut to 28 x 28, mirrored, darkened and brightened at random, and some of them shrunk
onto black, as things are photographed for catalogues. Needs torch, numpy and onnx.
"""

import argparse
import gzip
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional

from small_pictures import export, learning_rate

BATCH = 128
COMPONENTS = 96
FEATURES = 40


def pictures(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """CIFAR-10's training images in grey `[50000, 1, 32, 32]`, bytes, and their classes."""
    parts = [numpy.frombuffer(gzip.open(folder / f"data_batch_{part}.bin.gz").read(), numpy.uint8)
             for part in range(1, 6)]
    lines = numpy.concatenate(parts).reshape(-1, 3073)
    colours = lines[:, 1:].reshape(-1, 3, 32, 32).astype(numpy.float32)
    grey = numpy.tensordot(colours, [0.299, 0.587, 0.114], axes=(1, 0))
    return (torch.from_numpy(grey.round().astype(numpy.uint8)).unsqueeze(1),
            torch.from_numpy(lines[:, 0].astype(numpy.int64)))


def components(path: Path, count: int) -> torch.Tensor:
    """Principal components of a file of features, with variance 1, `[count, COMPONENTS]`."""
    content = path.read_bytes()
    start = content.index(b"\n") + 1
    words = numpy.frombuffer(content, dtype=numpy.uint32, offset=start).reshape(count, -1)
    features = torch.from_numpy(words[:, 1:].copy().view(numpy.float32))
    features = features - features.mean(0)
    _, vectors = torch.linalg.eigh(features.T @ features)
    found = features @ vectors[:, -COMPONENTS:]
    return found / found.std(0)


def changed(images: torch.Tensor) -> torch.Tensor:
    """Cut, mirrored, brightened; every third one shrunk onto black or in negative."""
    count = len(images)
    scale = torch.where(torch.rand(count) < 0.35, 1.0 + 0.5 * torch.rand(count), 0.875)
    mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    shift = 0.2 * torch.rand(count, 2) - 0.1
    nothing = torch.zeros(count)
    rows = [torch.stack([scale * mirror, nothing, shift[:, 0]], 1),
            torch.stack([nothing, scale, shift[:, 1]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), (count, 1, 28, 28), align_corners=False)
    cut = functional.grid_sample(images.float() / 255.0, grid, align_corners=False)
    contrast = (0.6 + 0.8 * torch.rand(count)).view(-1, 1, 1, 1)
    brightness = (0.3 * torch.rand(count) - 0.15).view(-1, 1, 1, 1)
    bright = (cut * contrast + brightness * (cut > 0.0)).clamp(0.0, 1.0)
    negative = (torch.rand(count) < 0.25).view(-1, 1, 1, 1)
    return torch.where(negative, 1.0 - bright, bright)


def network() -> nn.Sequential:
    """Four convolutions, few features, so that a head on them is short, and both tasks."""

    def block(inputs: int, outputs: int, side: int, stride: int) -> list[nn.Module]:
        convolution = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)
        return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]

    return nn.Sequential(*block(1, 32, 5, 2), *block(32, 48, 3, 1), nn.MaxPool2d(2),
                         *block(48, 64, 3, 1), *block(64, 128, 3, 1), *block(128, FEATURES, 1, 1),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(FEATURES, 10 + COMPONENTS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--cifar", type=Path, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    images, labels = pictures(options.cifar)
    targets = components(options.features, len(labels))
    learner = network()
    optimiser = torch.optim.AdamW(learner.parameters(), lr=0.0, weight_decay=1e-2)
    start, losses, step = time.monotonic(), torch.zeros(2), 0
    while (done := (time.monotonic() - start) / (60.0 * options.minutes)) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(done)
        chosen = torch.randint(len(labels), (BATCH,))
        made = learner(changed(images[chosen]))
        classes = functional.cross_entropy(made[:, :10], labels[chosen])
        imitation = functional.mse_loss(made[:, 10:], targets[chosen])
        optimiser.zero_grad()
        (classes + 2.0 * imitation).backward()
        optimiser.step()
        step += 1
        losses += torch.tensor([classes.item(), imitation.item()])
        if step % 500 == 0:
            classes, imitation = (losses / 500.0).tolist()
            print(f"{step} steps, {done:.0%} of the time, cross-entropy {classes:.3f}, "
                  f"imitation {imitation:.3f}", flush=True)
            losses.zero_()
    export(learner, options.out)


if __name__ == "__main__":
    main()
