"""The networks of networks.rs in PyTorch, with the threads given: the same names and the same work.

pip install torch efficientnet-lite-pytorch
python benches/networks.py [THREADS] [NAME ...]
"""

import statistics
import sys
import time

import torch
from torch import nn


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(800, 500),
        nn.ReLU(),
        nn.Linear(500, 10),
    )


def small():
    def conv(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.ReLU(), nn.MaxPool2d(2)]

    return nn.Sequential(
        *conv(1, 8), *conv(8, 12), *conv(12, 16), nn.Flatten(), nn.Linear(144, 10, bias=False)
    )


def certifier():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False),
        nn.Conv2d(8, 12, 1, bias=False),
        nn.LayerNorm([12, 14, 14], elementwise_affine=False),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(588, 10, bias=False),
    )


def training(network, batch):
    """Seconds for the gradients of one batch."""
    images, labels = torch.rand(batch, 1, 28, 28), torch.arange(batch) % 10
    loss = nn.CrossEntropyLoss()

    def run():
        network.zero_grad()
        start = time.perf_counter()
        loss(network(images), labels).backward()
        return time.perf_counter() - start

    return run


def small_networks():
    """Seconds for 64 networks 12-16-2 with 200 full-batch steps of Adam each on 200 examples, one
    at a time.
    """
    features, labels = torch.randint(0, 2, (200, 12)).float(), torch.randint(0, 2, (200,))
    loss = nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(64):
        network = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
        optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
        for _ in range(200):
            optimiser.zero_grad()
            loss(network(features), labels).backward()
            optimiser.step()
    return time.perf_counter() - start


def efficientnet():
    """Seconds for 16 images of 3x224x224, logits only."""
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0").eval()
    images = torch.rand(16, 3, 224, 224)

    def run():
        start = time.perf_counter()
        with torch.no_grad():
            network(images)
        return time.perf_counter() - start

    return run


WORK = {
    "lenet5": (training(lenet5(), 128), 200),
    "small": (training(small(), 64), 400),
    "certifier": (training(certifier(), 64), 400),
    "64 networks 12-16-2": (small_networks, 3),
    "efficientnet-lite0": (efficientnet(), 10),
}

torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
for name in sys.argv[2:] or WORK:
    work, repetitions = WORK[name]
    times = [work() for _ in range(repetitions)]
    print(
        f"{name}: median {statistics.median(times):.5f} s, {min(times):.5f} to {max(times):.5f} s",
        flush=True,
    )
