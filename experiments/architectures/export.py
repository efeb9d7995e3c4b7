"""Exports torchvision's classifiers with random weights as ONNX, with logits to compare with.

    python experiments/architectures/export.py FOLDER [NAME...]

A name may be followed by `@13`, an older version of the operators; `@training`, batch
normalisations not folded into convolutions; or `@dynamo`, the newer exporter. For each there is a
folder with `net.onnx`, `input.npy` (images of whole pixel levels, divided by 255) and `logits.npy`,
what onnxruntime makes of them. Needs torch, torchvision, onnx and onnxruntime.

`light_NAME` are the nets that PyPI's onnx ships, with their constant weights replaced by random
ones, for a constant net says little about an importer; and `light_NAME@shipped` as they are, with
the output that is shipped beside them.
"""

import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime

SIZES = {"inception_v3": 299}
EXAMPLES = 4
NAMES = [
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "wide_resnet50_2",
    "vgg16",
    "alexnet",
    "mobilenet_v2",
    "mnasnet1_0",
    "squeezenet1_1",
    "googlenet",
    "inception_v3",
    "densenet121",
    "mobilenet_v3_large",
    "efficientnet_b0",
    "regnet_y_400mf",
    "shufflenet_v2_x1_0",
    "convnext_tiny",
    "vit_b_32",
    "swin_t",
]


def images(side: int, count: int) -> numpy.ndarray:
    """Random pixel levels over 255: patches of colours, so that images differ, and noise."""
    generator = numpy.random.default_rng(1)
    patches = generator.integers(0, 206, (count, 3, 7, 7))
    cell = -(-side // 7)
    smooth = patches.repeat(cell, axis=2).repeat(cell, axis=3)[:, :, :side, :side]
    levels = smooth + generator.integers(0, 50, smooth.shape)
    return levels.astype(numpy.float32) / numpy.float32(255)


def lively(model, side: int) -> None:
    """Gains as of a trained net, and the moments of some images: with those of a new one batch and
    layer normalisations would be nearly nothing, and all images would have the same logits."""
    import torch

    torch.manual_seed(2)
    for module in model.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = 1.0
        is_normalisation = isinstance(
            module, (torch.nn.modules.batchnorm._BatchNorm, torch.nn.LayerNorm)
        )
        if is_normalisation and module.weight is not None:
            torch.nn.init.uniform_(module.weight, 0.7, 1.3)
            torch.nn.init.uniform_(module.bias, -0.2, 0.2)
        # The head of a new transformer is zero.
        if isinstance(module, torch.nn.Linear) and not module.weight.any():
            torch.nn.init.trunc_normal_(module.weight, std=0.02)
    for name, parameter in model.named_parameters():
        if name.endswith("layer_scale"):
            torch.nn.init.uniform_(parameter, 0.2, 0.4)
    model.train()
    with torch.no_grad():
        model(torch.tensor(images(side, 8)))


def network(name: str, side: int):
    import torch
    import torchvision

    torch.manual_seed(1)
    options = {"weights": None}
    if name in ("googlenet", "inception_v3"):
        options |= {"init_weights": False, "aux_logits": False, "transform_input": True}
    model = getattr(torchvision.models, name)(**options)
    lively(model, side)
    return model.eval()


def export(name: str, folder: Path, side: int, opset: int = 17, training: bool = False) -> None:
    """By the exporter that traces; with batch normalisations of their own for training."""
    import torch

    model = network(name, side)
    mode = torch.onnx.TrainingMode
    torch.onnx.export(
        model,
        torch.zeros(1, 3, side, side),
        folder / "net.onnx",
        opset_version=opset,
        dynamo=False,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
        training=mode.PRESERVE if training else mode.EVAL,
        do_constant_folding=not training,
    )


def export_dynamo(name: str, folder: Path, side: int) -> None:
    """By the exporter that is PyTorch's usual one now, with weights in a file beside."""
    import torch

    torch.onnx.export(
        network(name, side),
        (torch.zeros(1, 3, side, side),),
        folder / "net.onnx",
        dynamo=True,
        external_data=True,
    )


def shipped(name: str, folder: Path) -> None:
    """One of the nets of PyPI's onnx as it is, with the image of its tests and its output."""
    data = Path(onnx.__file__).parent / "backend/test/data/light"
    (folder / "net.onnx").write_bytes((data / f"{name}.onnx").read_bytes())
    tensor = onnx.TensorProto.FromString((data / f"{name}_output_0.pb").read_bytes())
    numpy.save(folder / "logits.npy", onnx.numpy_helper.to_array(tensor).reshape(1, -1))
    count = 3 * 224 * 224
    image = (numpy.arange(count) / count).astype(numpy.float32)
    numpy.save(folder / "input.npy", image.reshape(1, 3, 224, 224))


def light(name: str, folder: Path) -> None:
    """One of the nets of PyPI's onnx, with random weights in the place of constants, and without
    its softmax: one class would have all."""
    data = Path(onnx.__file__).parent / "backend/test/data/light"
    net = onnx.load(data / f"{name}.onnx")
    generator = numpy.random.default_rng(3)
    shapes = {tensor.name: tensor for tensor in net.graph.initializer}
    kept = []
    for node in net.graph.node:
        if node.op_type != "ConstantOfShape":
            kept.append(node)
            continue
        shape = onnx.numpy_helper.to_array(shapes[node.input[0]])
        fan_in = int(numpy.prod(shape[1:])) if len(shape) > 1 else 0
        if fan_in:
            weights = generator.normal(0, numpy.sqrt(1.6 / fan_in), shape)
        else:
            weights = generator.uniform(0.6, 1.2, shape)
        tensor = onnx.numpy_helper.from_array(weights.astype(numpy.float32), node.output[0])
        net.graph.initializer.append(tensor)
    if kept[-1].op_type == "Softmax":
        net.graph.output[0].name = kept.pop().input[0]
    del net.graph.node[:]
    net.graph.node.extend(kept)
    net.ir_version = 4
    onnx.save(net, folder / "net.onnx")


def main(root: Path, names: list[str]) -> None:
    for name in names:
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        base, _, variant = name.partition("@")
        side = SIZES.get(base, 224)
        if variant == "shipped":
            shipped(base, folder)
            continue
        if base.startswith("light_"):
            light(base, folder)
        elif variant == "training":
            export(base, folder, side, training=True)
        elif variant == "dynamo":
            export_dynamo(base, folder, side)
        else:
            export(base, folder, side, opset=int(variant or 17))
        session = onnxruntime.InferenceSession(folder / "net.onnx")
        image = next(
            i.name for i in session.get_inputs() if len(i.shape) == 4
        )
        inputs = images(side, EXAMPLES)
        logits = [session.run(None, {image: one[None]})[0].reshape(-1) for one in inputs]
        numpy.save(folder / "input.npy", inputs)
        numpy.save(folder / "logits.npy", numpy.stack(logits))
        print(name, numpy.abs(logits).max(), numpy.std(logits, axis=0).max(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or NAMES)
