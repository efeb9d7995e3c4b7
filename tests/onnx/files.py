"""Makes the small ONNX files of `fuzz/corpus/onnx`, each with images and logits in
`tests/onnx/files`.

    python tests/onnx/files.py

Needs onnx, onnxruntime, numpy and, for one of them, PyTorch. A file `NAME.onnx` comes with
`NAME.npy`, rows of an image's numbers and then the logits that onnxruntime gives it. One has its
weights in a file beside, and is in `tests/onnx/files`, too.
"""

import io
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch.nn import functional

FOLDER = Path(__file__).parent / "files"
CORPUS = Path(__file__).parent.parent.parent / "fuzz/corpus/onnx"
GENERATOR = numpy.random.default_rng(5)


class Net:
    """A network of one image while it is made."""

    def __init__(self, shape, opset=17):
        self.shape, self.opset = shape, opset
        self.nodes, self.tensors, self.count = [], [], 0

    def constant(self, name, array):
        self.tensors.append(numpy_helper.from_array(array, name))
        return name

    def weights(self, name, *shape, scale=0.5, around=0.0):
        numbers = GENERATOR.normal(around, scale, shape).astype(numpy.float32)
        return self.constant(name, numbers)

    def integers(self, *numbers):
        self.count += 1
        return self.constant(f"integers{self.count}", numpy.array(numbers, numpy.int64))

    def factors(self, *factors):
        self.count += 1
        return self.constant(f"factors{self.count}", numpy.array(factors, numpy.float32))

    def number(self, number):
        self.count += 1
        return self.constant(f"number{self.count}", numpy.float32(number))

    def __call__(self, operator, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"v{self.count}_{index}" for index in range(outputs)]
        node = helper.make_node(operator, inputs, names, f"{operator}{self.count}", **attributes)
        self.nodes.append(node)
        return names[0] if outputs == 1 else names

    def model(self, output, classes=3, batch="N"):
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, *self.shape])
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [batch, classes])
        nodes = [*self.nodes, helper.make_node("Identity", [output], ["logits"])]
        graph = helper.make_graph(nodes, "net", [image], [logits], self.tensors)
        opset = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opset, ir_version=8)


def head(net, value, channels, classes=3):
    pooled = net("GlobalAveragePool", value)
    flat = net("Flatten", pooled)
    weight = net.weights("fc.weight", classes, channels)
    return net("Gemm", flat, weight, net.weights("fc.bias", classes), transB=1)


def normalised(net, value, name, channels):
    return net(
        "BatchNormalization",
        value,
        net.weights(f"{name}.weight", channels, around=1.0),
        net.weights(f"{name}.bias", channels),
        net.weights(f"{name}.running_mean", channels),
        net.constant(f"{name}.running_var", GENERATOR.uniform(0.5, 2, channels).astype("f4")),
    )


def residual():
    """Batch normalisations after convolutions, and one before."""
    net = Net([2, 6, 6])
    stem = net("Conv", "image", net.weights("stem.weight", 4, 2, 3, 3), pads=[1, 1, 1, 1])
    stem = net("Relu", normalised(net, stem, "bn1", 4))
    inner = net("Relu", normalised(net, stem, "bn2", 4))
    weight = net.weights("conv.weight", 4, 4, 3, 3)
    inner = net("Conv", inner, weight, net.weights("conv.bias", 4), pads=[1, 1, 1, 1])
    inner = normalised(net, inner, "bn3", 4)
    return net.model(head(net, net("Add", inner, stem), 4))


def squeeze_and_excitation():
    net = Net([2, 5, 5])
    value = net("Conv", "image", net.weights("conv.weight", 4, 2, 1, 1))
    value = net("Mul", value, net("Sigmoid", value))
    squeezed = net("ReduceMean", value, axes=[-1, -2], keepdims=1)
    squeezed = net("Relu", net("Conv", squeezed, net.weights("down", 2, 4, 1, 1)))
    gates = net("HardSigmoid", net("Conv", squeezed, net.weights("up", 4, 2, 1, 1)), alpha=1 / 6)
    value = net("Mul", gates, value)
    return net.model(head(net, net("HardSwish", value), 4))


def channel_shuffle():
    """Sizes through shape arithmetic, as exporters write them."""
    net = Net([4, 4, 4])
    shape = net("Shape", "image")
    sizes = [net("Gather", shape, net.integers(axis), axis=0) for axis in range(4)]
    half = net("Div", sizes[1], net.integers(2))
    wanted = net("Concat", sizes[0], net.integers(2), half, sizes[2], sizes[3], axis=0)
    value = net("Transpose", net("Reshape", "image", wanted), perm=[0, 2, 1, 3, 4])
    value = net("Reshape", value, net("Concat", *sizes, axis=0))
    first = net("Slice", value, net.integers(0), net.integers(2), net.integers(1))
    second = net("Slice", value, net.integers(2), net.integers(2**62), net.integers(1))
    second = net("Conv", second, net.weights("depthwise", 2, 1, 3, 3), group=2, pads=[1, 1, 1, 1])
    return net.model(head(net, net("Concat", second, first, axis=1), 4))


def attention():
    """A transformer's block, with the tokens first as PyTorch has them."""
    net = Net([1, 4, 4])
    value = net("Conv", "image", net.weights("patches", 6, 1, 2, 2), strides=[2, 2])
    value = net("Transpose", net("Reshape", value, net.integers(0, 6, -1)), perm=[0, 2, 1])
    token = net("Expand", net.weights("token", 1, 1, 6), net.integers(1, 1, 6))
    value = net("Add", net("Concat", token, value, axis=1), net.weights("places", 1, 5, 6))
    gains = net.weights("norm.weight", 6, around=1.0), net.weights("norm.bias", 6)
    normal = net("LayerNormalization", value, *gains, axis=-1)
    tokens = net("Transpose", normal, perm=[1, 0, 2])
    weight = net.weights("in.weight", 6, 18)
    mixed = net("Add", net("MatMul", tokens, weight), net.weights("in.bias", 18))
    mixed = net("Unsqueeze", net("Reshape", mixed, net.integers(5, 1, 3, 6)), net.integers(0))
    mixed = net("Squeeze", net("Transpose", mixed, perm=[3, 1, 2, 0, 4]), net.integers(3))
    heads = []
    for index in range(3):
        part = net("Gather", mixed, net.constant(f"at{index}", numpy.int64(index)), axis=0)
        part = net("Reshape", part, net.integers(5, 2, 3))
        heads.append(net("Transpose", part, perm=[1, 0, 2]))
    scores = net("MatMul", heads[0], net("Transpose", heads[1], perm=[0, 2, 1]))
    scores = net("Softmax", net("Mul", scores, net.number(3**-0.5)), axis=-1)
    made = net("Transpose", net("MatMul", scores, heads[2]), perm=[1, 0, 2])
    made = net("Reshape", made, net.integers(5, 6))
    made = net("Gemm", made, net.weights("out.weight", 6, 6), net.weights("out.bias", 6))
    made = net("Transpose", net("Reshape", made, net.integers(5, 1, 6)), perm=[1, 0, 2])
    value = net("Add", value, made)
    # Normalised and activated as before there were operators for it.
    mean = net("ReduceMean", value, axes=[-1], keepdims=1)
    centred = net("Sub", value, mean)
    squares = net("Pow", centred, net.number(2))
    variance = net("Add", net("ReduceMean", squares, axes=[-1], keepdims=1), net.number(1e-5))
    value = net("Div", centred, net("Sqrt", variance))
    value = net("Add", net("MatMul", value, net.weights("mlp", 6, 6)), net.weights("mlp.bias", 6))
    erf = net("Erf", net("Div", value, net.number(2**0.5)))
    value = net("Mul", value, net("Add", erf, net.number(1)))
    value = net("Mul", value, net.number(0.5))
    token = net("Gather", value, net.constant("first", numpy.int64(0)), axis=1)
    return net.model(net("Gemm", token, net.weights("fc", 6, 3), alpha=0.5))


def padding():
    """Padding of all kinds: asymmetric, automatic, around a pool, by zeros and reflections."""
    net = Net([1, 7, 8], opset=18)
    value = net("Pad", "image", net.integers(0, 0, 1, 0, 0, 0, 1, 1))
    value = net("Conv", value, net.weights("a", 2, 1, 3, 2), pads=[0, 1, 1, 0], strides=[2, 1])
    value = net("Pad", value, net.integers(0, 0, 1, 2, 0, 0, 0, 1), mode="reflect")
    value = net("Conv", value, net.weights("b", 2, 2, 3, 3), auto_pad="SAME_UPPER", strides=[2, 3])
    value = net("Conv", value, net.weights("c", 2, 1, 2, 2), auto_pad="SAME_LOWER", group=2)
    value = net("Conv", value, net.weights("d", 2, 2, 2, 2), pads=[1, 2, 2, 1], dilations=[2, 1])
    parts = [
        net("MaxPool", value, kernel_shape=[3, 3], pads=[1, 1, 0, 1], strides=[2, 2], ceil_mode=1),
        net("AveragePool", value, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        net("AveragePool", value, kernel_shape=[3, 3], pads=[1] * 4, count_include_pad=1),
        net("AveragePool", value, kernel_shape=[3, 2], pads=[1, 1, 1, 0]),
        net("GlobalMaxPool", value),
    ]
    flat = [net("Flatten", part) for part in parts]
    value = net("Concat", *flat, axis=-1)
    model = net.model(value)
    length = onnx.shape_inference.infer_shapes(model, data_prop=True)
    shapes = {info.name: info.type.tensor_type.shape for info in length.graph.value_info}
    width = shapes[value].dim[1].dim_value
    return net.model(net("Gemm", value, net.weights("fc", width, 3), net.weights("bias", 1)))


def activations():
    """Functions of one number, all of the same values, and a weighted sum of them."""
    net = Net([4, 3, 3], opset=20)
    value = net("Conv", "image", net.weights("conv", 4, 4, 1, 1, scale=1.0))
    positive = net("Add", net("Abs", value), net.number(0.3))
    total = net("PRelu", value, net.weights("slopes", 4, 1, 1))
    for operator, attributes in [
        ("LeakyRelu", {"alpha": 0.2}),
        ("Elu", {"alpha": 0.7}),
        ("Selu", {}),
        ("Celu", {"alpha": 1.5}),
        ("Gelu", {}),
        ("Gelu", {"approximate": "tanh"}),
        ("Mish", {}),
        ("Softsign", {}),
        ("Softplus", {}),
        ("Tanh", {}),
        ("Exp", {}),
        ("Log", {}),
        ("Abs", {}),
        ("Neg", {}),
        ("Sigmoid", {}),
        ("Reciprocal", {}),
    ]:
        made = net(operator, positive if operator in ("Log", "Reciprocal") else value, **attributes)
        total = net("Add", total, net("Mul", made, net.number(GENERATOR.normal())))
    value = net("Sub", net.weights("shift", 1, 4, 1, 1), total)
    value = net("Div", value, net.weights("divisor", 4, 1, 1, around=3.0))
    value = net("Max", value, net.number(-1.5), net("Neg", value))
    value = net("Clip", value, "", net.number(0.9))
    value = net("Mean", value, "image", net("Pow", value, net.number(2)))
    value = net("InstanceNormalization", value, net.weights("g", 4), net.weights("h", 4))
    return net.model(net("LogSoftmax", head(net, value, 4), axis=-1))


def arrangement():
    """Slices backwards, splits, repetitions, blocks, and reductions."""
    net = Net([4, 4, 6], opset=18)
    value = net("SpaceToDepth", "image", blocksize=2)
    value = net("DepthToSpace", value, blocksize=2, mode="CRD")
    starts, ends, steps = net.integers(-1, 0), net.integers(-100, 100), net.integers(-1, 2)
    value = net("Slice", value, starts, ends, net.integers(2, 3), steps)
    first, second, third = net("Split", value, net.integers(1, 2, 1), axis=1, outputs=3)
    wide = net("Expand", first, net.integers(1, 2, 4, 3))
    value = net("Sub", second, wide)
    value = net("Concat", value, net("Tile", third, net.integers(1, 2, 1, 1)), axis=1)
    value = net("Gather", value, net.integers(3, 0, 1), axis=1)
    largest = net("ReduceMax", value, net.integers(2, 3), keepdims=0)
    least = net("ReduceMin", value, net.integers(-1, -2), keepdims=0)
    length = net("ReduceL2", value, net.integers(2, 3), keepdims=0)
    total = net("ReduceSum", value, net.integers(2, 3), keepdims=0)
    value = net("Sum", largest, least, length, net("Mul", total, net.number(0.1)))
    value = net("MatMul", value, net.weights("fc", 3, 3))
    value = net("Unsqueeze", value, net.integers(2))
    value = net("LRN", net("Unsqueeze", value, net.integers(3)), size=3, alpha=0.3)
    return net.model(net("Softmax", net("Squeeze", value, net.integers(2, 3))))


def old():
    """What version 9 wrote: attributes for inputs, a softmax of all axes, a batch of two."""
    net = Net([2, 4, 4], opset=9)
    value = net("Conv", "image", net.weights("conv", 4, 2, 3, 3))
    value = net("Clip", value, min=-0.5, max=0.5)
    value = net("Slice", value, starts=[1], ends=[4], axes=[1])
    value = net("Dropout", value, ratio=0.5)
    value = net("Pad", value, pads=[0, 0, 0, 1, 0, 0, 1, 0])
    value = net("Reshape", value, net.integers(2, -1))
    value = net("Gemm", value, net.weights("fc", 27, 3), net.weights("bias", 3))
    value = net("Unsqueeze", value, axes=[2, 3])
    value = net("Softmax", value)
    value = net("Squeeze", value, axes=[2, 3])
    net.weights("forgotten", 2)
    return net.model(value, batch=2)


def channels_last():
    """As TensorFlow's converter writes it, with weights in a file beside."""
    net = Net([5, 5, 3])
    value = net("Transpose", "image", perm=[0, 3, 1, 2])
    value = net("Relu", net("Conv", value, net.weights("conv", 4, 3, 2, 2), strides=[2, 2]))
    value = net("Transpose", value, perm=[0, 2, 3, 1])
    value = net("Add", value, net.weights("bias", 4))
    value = net("ReduceMean", value, axes=[1, 2], keepdims=0)
    return net.model(net("MatMul", value, net.weights("fc", 4, 3)))


class Interpolated(torch.nn.Module):
    """Maps made larger and smaller by `interpolate`, to sizes, by factors and to other maps."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.fc = torch.nn.Linear(4 * 3, 3)
        for parameter in self.parameters():
            numbers = GENERATOR.normal(0, 0.5, parameter.shape).astype(numpy.float32)
            parameter.data = torch.tensor(numbers)

    def forward(self, image):
        bilinear = {"mode": "bilinear", "align_corners": False}
        large = functional.interpolate(image, size=(19, 28), **bilinear)
        maps = functional.relu(self.conv(large))
        repeated = functional.interpolate(maps, scale_factor=2, mode="nearest")
        half = functional.interpolate(repeated, scale_factor=(0.75, 1), **bilinear)
        maps = maps * functional.interpolate(half, size=maps.shape[2:], **bilinear)
        return self.fc(functional.interpolate(maps, size=(3, 1), **bilinear).flatten(1))


def interpolated():
    """As PyTorch's exporter writes it."""
    written = io.BytesIO()
    names = {"input_names": ["image"], "output_names": ["logits"], "opset_version": 17}
    axes = {"image": {0: "N"}, "logits": {0: "N"}}
    model = Interpolated().eval()
    image = torch.zeros(1, 2, 5, 6)
    torch.onnx.export(model, image, written, dynamo=False, dynamic_axes=axes, **names)
    return onnx.load_model_from_string(written.getvalue())


def resizing():
    """What the exporter does not write: some axes alone, filters that change nothing."""
    net = Net([3, 6, 5], opset=18)
    linear = {"mode": "linear"}
    value = net("Resize", "image", "", net.factors(1.5, 2.0), axes=[2, -1], antialias=1, **linear)
    value = net("Conv", value, net.weights("conv", 4, 3, 2, 2))
    sizes = net.integers(3, 7)
    way = "pytorch_half_pixel"
    value = net(
        "Resize", value, "", "", sizes, axes=[3, 2], coordinate_transformation_mode=way, **linear
    )
    value = net("Relu", value)
    value = net("Resize", value, "", net.factors(1.0, 1.0, 3.0, 2.0))
    value = net("Resize", value, "", "", net.integers(1, 4, 1, 2), **linear)
    value = net("Flatten", value)
    return net.model(net("Gemm", value, net.weights("fc", 8, 3)))


NETS = [
    residual,
    squeeze_and_excitation,
    channel_shuffle,
    attention,
    padding,
    activations,
    arrangement,
    old,
    channels_last,
    interpolated,
    resizing,
]


def main():
    FOLDER.mkdir(exist_ok=True)
    for make in NETS:
        model = make()
        onnx.checker.check_model(model)
        has_data_beside = make is channels_last
        path = (FOLDER if has_data_beside else CORPUS) / f"{make.__name__}.onnx"
        if has_data_beside:
            location = f"{make.__name__}.data"
            (FOLDER / location).unlink(missing_ok=True)
            onnx.save(
                model, path, save_as_external_data=True, location=location, size_threshold=16
            )
        else:
            onnx.save(model, path)
        session = onnxruntime.InferenceSession(path)
        shape = [axis.dim_value for axis in model.graph.input[0].type.tensor_type.shape.dim]
        batch = max(shape[0], 1)
        images = GENERATOR.integers(0, 256, (4, *shape[1:])) / 255
        images = images.astype(numpy.float32)
        starts = range(0, 4, batch)
        batches = [{"image": images[at : at + batch]} for at in starts]
        logits = [session.run(None, one)[0] for one in batches]
        if make is channels_last:
            images = images.transpose(0, 3, 1, 2)
        rows = numpy.concatenate([images.reshape(4, -1), numpy.concatenate(logits)], axis=1)
        numpy.save(FOLDER / f"{make.__name__}.npy", rows)
        print(make.__name__, path.stat().st_size, logits[0][0], logits[-1][-1])


if __name__ == "__main__":
    main()
