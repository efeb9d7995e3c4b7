"""Networks of small grey pictures: how they are built, trained and written."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional

REPORTED = 200


def network(channels: int, features: int) -> nn.Sequential:
    """Three convolutions, of these channels, twice and four times as many, and a layer of features,
    for pictures of 28 x 28 in ten classes."""

    def block(inputs: int, outputs: int, side: int) -> list[nn.Module]:
        convolution = nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=False)
        return [convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]

    dense = [nn.Flatten(), nn.Linear(4 * channels * 9, features), nn.ReLU()]
    return nn.Sequential(*block(1, channels, 5), *block(channels, 2 * channels, 3),
                         *block(2 * channels, 4 * channels, 3), *dense, nn.Linear(features, 10))


def learning_rate(done: float) -> float:
    """After this part of the time: a short warm-up, then half a cosine."""
    return 3e-3 * min(1.0, done / 0.03) * 0.5 * (1.0 + numpy.cos(numpy.pi * done))


def train(learner: nn.Module, batch: Callable[[], tuple[torch.Tensor, torch.Tensor]],
          minutes: float) -> None:
    """Trains on batches of images and classes, for so many minutes."""
    optimiser = torch.optim.AdamW(learner.parameters(), lr=0.0, weight_decay=1e-2)
    start, loss_sum, step = time.monotonic(), 0.0, 0
    while (done := (time.monotonic() - start) / (60.0 * minutes)) < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(done)
        images, labels = batch()
        loss = functional.cross_entropy(learner(images), labels, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step, loss_sum = step + 1, loss_sum + loss.item()
        if step % REPORTED == 0:
            print(f"{step} steps, {done:.0%} of the time, loss {loss_sum / REPORTED:.4f}",
                  flush=True)
            loss_sum = 0.0


def export(learner: nn.Module, path: Path) -> None:
    """Writes a network of grey images of 28 x 28 as ONNX."""
    torch.onnx.export(learner.eval(), (torch.zeros(1, 1, 28, 28),), path, input_names=["image"],
                      output_names=["logits"], dynamo=False)
