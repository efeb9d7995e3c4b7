"""EfficientNet-Lite0 in NNCodec, the ISO neural network coding standard, by its own quantisation:
bytes and errors on a folder of photographs.

    pip install torch pillow safetensors efficientnet-lite-pytorch nncodec
    python benches/nncodec.py efficientnet_lite0.safetensors FOLDER QP...

The smaller the quantisation parameter, the finer the steps; NNCodec's own is -38. Errors are those
of PyTorch's largest logit. The same of ours: `cargo bench --bench budget`.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy
import torch
from efficientnet_lite_pytorch import EfficientNet
from nncodec import nnc
from safetensors.torch import load_file

from photographs import photograph

BATCH = 50


def errors(tensors, images):
    network = EfficientNet.from_name("efficientnet-lite0").eval()
    network.load_state_dict(tensors)
    labels = torch.arange(len(images))
    with torch.inference_mode():
        parts = range(0, len(images), BATCH)
        return sum(
            int((network(images[at : at + BATCH]).argmax(1) != labels[at : at + BATCH]).sum())
            for at in parts
        )


def coded(tensors, qp, folder):
    """The tensors that NNCodec decodes to, and the bytes of its file."""
    file = str(Path(folder) / "net.nnc")
    arrays = {
        name: tensor.numpy().astype(numpy.float32)
        for name, tensor in tensors.items()
        if tensor.dim() > 0
    }
    nnc.compress(arrays, bitstream_path=file, qp=qp)
    decoded = {
        name: torch.from_numpy(numpy.array(array)) for name, array in nnc.decompress(file).items()
    }
    whole = {
        name: decoded[name].reshape(tensor.shape).to(tensor.dtype) if name in decoded else tensor
        for name, tensor in tensors.items()
    }
    return whole, Path(file).stat().st_size


def main(weights, folder, parameters):
    tensors = load_file(weights)
    # One photograph of each class, in the order of the classes' names.
    images = torch.stack([photograph(path) for path in sorted(Path(folder).glob("*/*"))])
    print("qp,bytes,errors,photographs,seconds")
    print(f",,{errors(tensors, images)},{len(images)},0")
    for qp in parameters:
        with tempfile.TemporaryDirectory() as place:
            start = time.perf_counter()
            decoded, size = coded(tensors, qp, place)
            seconds = time.perf_counter() - start
            print(f"{qp},{size},{errors(decoded, images)},{len(images)},{seconds:.0f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(qp) for qp in sys.argv[3:]])
