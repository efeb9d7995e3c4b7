"""State dicts as torch.save writes them, for tests and as a corpus of fuzzing.

    python tests/reference/state_dicts.py

writes fuzz/corpus/pytorch/*.pt, and what is in them, and what their networks compute, to
tests/reference/state_dicts.json. All weights are eighths, which every type has exactly, so that the
logits of networks without normalisation are exact in any order of summation. PyTorch 2.15.
"""

import copy
import json
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
CORPUS = HERE.parent.parent / "fuzz/corpus/pytorch"


def eighths(*shape):
    return torch.randint(-8, 9, shape).float() / 8


def filled(net):
    for name, tensor in net.state_dict().items():
        if name.endswith("running_var"):
            tensor.copy_(1 + eighths(*tensor.shape).abs())
        elif tensor.is_floating_point():
            tensor.copy_(eighths(*tensor.shape))
    return net.eval()


def normalised():
    """Of 1x4x4 images: conv:2:3:p0:b bn relu dense:3:b."""
    return filled(
        nn.Sequential(
            nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)
        )
    )


class Plain(nn.Module):
    """Of 1x4x4 images: conv:2:3:p0:b relu dense:4:b relu dense:4:b relu dense:4:b."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 4))
        self.middle = nn.Linear(4, 4)
        self.head = nn.Linear(4, 4)

    def forward(self, images):
        return self.head(self.middle(self.stem(images).relu()).relu())


def numbers(state):
    return {
        name: {"shape": list(tensor.shape), "numbers": tensor.double().flatten().tolist()}
        for name, tensor in state.items()
        if tensor.is_floating_point()
    }


def logits(net, image):
    with torch.no_grad():
        return net(image.reshape(1, *image.shape[-3:]))[0].tolist()


def main():
    torch.manual_seed(17)
    CORPUS.mkdir(parents=True, exist_ok=True)

    def save(name, value, **options):
        torch.save(value, CORPUS / f"{name}.pt", **options)

    net = normalised()
    state = copy.deepcopy(net.state_dict())
    save("sequential", state)
    save("legacy", state, _use_new_zipfile_serialization=False)
    save("protocol4", state, pickle_protocol=4)
    save("data_parallel", nn.DataParallel(net).state_dict())
    for name, dtype in [("half", torch.half), ("bfloat", torch.bfloat16), ("double", torch.double)]:
        converted = {key: value.to(dtype) for key, value in state.items()}
        save(name, converted, _use_new_zipfile_serialization=name != "double")
    optimiser = torch.optim.SGD(net.parameters(), lr=0.125, momentum=0.5)
    net(eighths(1, 1, 4, 4)).sum().backward()
    optimiser.step()
    trained = {key: value.clone() for key, value in net.state_dict().items()}
    save(
        "checkpoint",
        {
            "epoch": 3,
            "model_state_dict": trained,
            "optimizer_state_dict": optimiser.state_dict(),
            "loss": 0.5,
        },
    )
    save("module", net)
    plain = filled(Plain())
    save("plain", plain.state_dict())
    image = (torch.arange(16).reshape(1, 4, 4) % 5 < 2).float()
    whole = eighths(6, 10)
    views = {
        "whole": whole,
        "tied": whole,
        "turned": whole.t(),
        "part": whole[1:4, 2::3],
        "sparse": whole[::5, ::9],
        "repeated": whole[0, :3].expand(2, 3),
        "parameter": nn.Parameter(whole[2]),
        "scalar": whole[3, 3],
        "empty": whole[:, :0],
    }
    save("views", views)
    save("views_legacy", views, _use_new_zipfile_serialization=False)
    reference = {
        "sequential": numbers(state),
        "checkpoint": numbers(trained),
        "plain": numbers(plain.state_dict()),
        "views": numbers(views),
        "image": image.flatten().tolist(),
        "plain_logits": logits(plain, image),
    }
    (HERE / "state_dicts.json").write_text(json.dumps(reference, indent=1) + "\n")


if __name__ == "__main__":
    main()
