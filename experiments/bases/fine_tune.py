"""The network of digits.py fine-tuned in PyTorch on MNIST: all of it, or its biases alone.

    python experiments/bases/fine_tune.py digits.onnx tuned.onnx --mnist FOLDER [--biases]

FOLDER has MNIST's train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz. Normalisations stay
folded in, so that what is written has the base's operators. Needs torch, numpy and onnx.
"""

import argparse
import gzip
from pathlib import Path

import numpy
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

BATCH, EPOCHS = 128, 3


def network(path: Path) -> nn.Sequential:
    """The network of an ONNX file that digits.py has written."""
    graph = onnx.load(path).graph
    numbers = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    layers: list[nn.Module] = []
    for node in graph.node:
        weights = [torch.from_numpy(numbers[name].copy()) for name in node.input[1:]]
        if node.op_type == "Conv":
            outputs, inputs, side, _ = weights[0].shape
            layers.append(nn.Conv2d(inputs, outputs, side, padding=side // 2))
        elif node.op_type == "Gemm":
            layers.append(nn.Linear(weights[0].shape[1], weights[0].shape[0]))
        else:
            plain = {"Relu": nn.ReLU(), "MaxPool": nn.MaxPool2d(2), "Flatten": nn.Flatten()}
            layers.append(plain[node.op_type])
            continue
        layers[-1].weight.data, layers[-1].bias.data = weights
    return nn.Sequential(*layers)


def idx(path: Path, start: int) -> numpy.ndarray:
    return numpy.frombuffer(gzip.open(path).read(), numpy.uint8, offset=start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--biases", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(1)
    images = idx(options.mnist / "train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    images = torch.from_numpy(images.astype(numpy.float32) / 255.0)
    labels = idx(options.mnist / "train-labels-idx1-ubyte.gz", 8).astype(numpy.int64)
    labels = torch.from_numpy(labels)
    learner = network(options.base)
    trained = [number for name, number in learner.named_parameters()
               if not options.biases or name.endswith("bias")]
    steps = EPOCHS * (len(labels) // BATCH)
    rate = 3e-3 if options.biases else 5e-4
    optimiser = torch.optim.Adam(trained, lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    for epoch in range(EPOCHS):
        wrong = 0
        for chosen in torch.randperm(len(labels)).split(BATCH)[: len(labels) // BATCH]:
            logits = learner(images[chosen])
            wrong += int((logits.argmax(1) != labels[chosen]).sum())
            optimiser.zero_grad()
            functional.cross_entropy(logits, labels[chosen]).backward()
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch + 1}: {wrong} misread while training", flush=True)
    torch.onnx.export(learner.eval(), (images[:1],), options.out, input_names=["image"],
                      output_names=["logits"], dynamo=False)


if __name__ == "__main__":
    main()
