#!/usr/bin/env python3
"""Three networks of PyTorch as a user trains them, exported as ONNX, for `certify --model`.

    NONVACUOUS_DATA=DIR python3 train.py OUT [sequential|resnet|vit]...

`sequential`: nn.Sequential on MNIST; `resnet`: ResNet-18 of a quarter of the channels for images of
32x32, on CIFAR-10; `vit`: a small vision transformer on Fashion-MNIST. Pixels are from 0 to 1.
"""

import gzip
import os
import sys
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torchvision.models import ResNet
from torchvision.models.resnet import BasicBlock
from torchvision.models.vision_transformer import VisionTransformer

DATA = Path(os.environ.get("NONVACUOUS_DATA", "."))
FASHION = Path("/usr/share/datasets/fashion-mnist")


def idx(path):
    with gzip.open(path) as file:
        data = numpy.frombuffer(file.read(), numpy.uint8)
    axes = data[3]
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i].tobytes(), "big") for i in range(axes)]
    return data[4 + 4 * axes :].reshape(shape)


def grey(folder):
    images = idx(folder / "train-images-idx3-ubyte.gz")[:, None]
    return images, idx(folder / "train-labels-idx1-ubyte.gz")


def cifar():
    parts = []
    for batch in range(1, 6):
        path = DATA / "cifar10" / f"data_batch_{batch}.bin.gz"
        path = path if path.exists() else next((DATA / "cifar10").rglob(f"data_batch_{batch}.bin*"))
        opened = gzip.open(path) if path.suffix == ".gz" else open(path, "rb")
        with opened as file:
            parts.append(numpy.frombuffer(file.read(), numpy.uint8).reshape(-1, 3073))
    records = numpy.concatenate(parts)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


def sequential():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 10),
    )


def resnet():
    network = ResNet(BasicBlock, [2, 2, 2, 2], num_classes=10)
    network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    network.maxpool = nn.Identity()
    return narrower(network, 4)


def narrower(module, times):
    """Convolutions and normalisations with a part of the channels."""
    for name, child in module.named_children():
        if isinstance(child, nn.Conv2d):
            channels = max(child.in_channels // times, 1) if child.in_channels > 3 else 3
            kept = nn.Conv2d(
                channels,
                child.out_channels // times,
                child.kernel_size,
                child.stride,
                child.padding,
                bias=False,
            )
            setattr(module, name, kept)
        elif isinstance(child, nn.BatchNorm2d):
            setattr(module, name, nn.BatchNorm2d(child.num_features // times))
        elif isinstance(child, nn.Linear):
            setattr(module, name, nn.Linear(child.in_features // times, child.out_features))
        else:
            narrower(child, times)
    return module


class Vit(nn.Module):
    """A vision transformer on grey images, which it repeats in three channels."""

    def __init__(self):
        super().__init__()
        self.transformer = VisionTransformer(28, 7, 3, 4, 48, 96, num_classes=10)

    def forward(self, images):
        return self.transformer(images.repeat(1, 3, 1, 1))


NETWORKS = {
    "sequential": (sequential, lambda: grey(DATA / "mnist"), 3),
    "resnet": (resnet, cifar, 4),
    "vit": (Vit, lambda: grey(FASHION), 4),
}


def train(name, out):
    make, data, epochs = NETWORKS[name]
    torch.manual_seed(1)
    images, labels = data()
    images = torch.from_numpy(images.copy())
    labels = torch.from_numpy(labels.astype(numpy.int64))
    network = make()
    optimiser = torch.optim.Adam(network.parameters(), 2e-3)
    steps = epochs * (len(images) // 128)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps + epochs)
    start = time.time()
    for epoch in range(epochs):
        network.train()
        order = torch.randperm(len(images))
        for part in order.split(128):
            if len(part) < 128:
                continue
            batch = images[part].float() / 255
            loss = nn.functional.cross_entropy(network(batch), labels[part])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"{name}: epoch {epoch + 1} of {epochs}, {time.time() - start:.0f} s", flush=True)
    network.eval()
    with torch.no_grad():
        parts = [network(part.float() / 255).argmax(1) for part in images.split(500)]
    wrong = int((torch.cat(parts) != labels).sum())
    print(f"{name}: misreads {wrong} of {len(images)} training images")
    example = images[:1].float() / 255
    torch.onnx.export(network, example, out / f"{name}.onnx", dynamo=False, opset_version=17)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NETWORKS:
        train(name, out)


if __name__ == "__main__":
    main()
