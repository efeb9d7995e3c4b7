"""Networks of other tools as files that the command reads."""

import json
import os
import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ._arrays import as_numpy
from ._model import Model
from .exceptions import ModelError

Network = Any
"""A `Model`, a ``torch.nn.Module``, a path, the bytes of an ONNX file, or a state dict."""


def write_network(network: Network, folder: Path, example: Any, name: str = "model") -> Path:
    """Writes a network into a folder, and returns what it is called there.

    `example` is a batch of one image as the network reads it, for tracing a module of PyTorch's.
    """
    if isinstance(network, Model):
        return _written(folder / f"{name}.nvc", network.encode())
    if isinstance(network, (bytes, bytearray)):
        return _written(folder / f"{name}.onnx", bytes(network))
    if isinstance(network, (str, os.PathLike)):
        source = Path(network)
        if not source.is_file():
            raise ModelError(f"{source} is no file: accepted are .nvc, .onnx, .safetensors, .pt")
        return _copied(source, folder / f"{name}{source.suffix}")
    if isinstance(network, Mapping):
        return _written(folder / f"{name}.safetensors", _safetensors(network))
    if hasattr(network, "state_dict") and hasattr(network, "eval"):
        return _exported(network, folder / f"{name}.onnx", example)
    raise ModelError(
        f"a network of type {type(network).__name__}: accepted are a Model, a torch.nn.Module, "
        "the path or bytes of an ONNX file, a path of .nvc, .safetensors or .pt, and a state dict"
    )


def _copied(source: Path, target: Path) -> Path:
    """Copies a file, and where it is one of ONNX the data that it says to be beside it."""
    if target.exists() and source.samefile(target):
        return target
    shutil.copyfile(source, target)
    if source.suffix == ".onnx":
        content = source.read_bytes()
        for beside in source.parent.iterdir():
            is_named = beside != source and beside.name.encode() in content
            if is_named and beside.is_file():
                shutil.copyfile(beside, target.parent / beside.name)
    return target


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _safetensors(tensors: Mapping[str, Any]) -> bytes:
    """A state dict as a safetensors file: a header of JSON, and the numbers."""
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    offset = 0
    for name, tensor in tensors.items():
        values = np.ascontiguousarray(as_numpy(tensor))
        if values.dtype.kind not in "uifb":
            raise ModelError(f"tensor {name!r} of type {values.dtype}: accepted are numbers")
        # Counters of batches are whole numbers and no weights; the rest is single precision.
        kind = "F32" if values.dtype.kind == "f" else "I64"
        single = values.astype("<i8" if kind == "I64" else "<f4")
        if kind == "F32" and np.any(np.isinf(single) & np.isfinite(values)):
            raise ModelError(f"tensor {name!r} has numbers that single precision does not hold")
        data = single.tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(values.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        offset += len(data)
        parts.append(data)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def _exported(module: Any, path: Path, example: Any) -> Path:
    """A module of PyTorch's as ONNX, as it is when it is evaluated."""
    import torch

    modes = {part: part.training for part in module.modules()}
    parameter = next(module.parameters(), None)
    image = torch.from_numpy(example)
    if parameter is not None:
        image = image.to(parameter.device, parameter.dtype)
    module.eval()
    try:
        with torch.no_grad(), warnings.catch_warnings():
            # The older exporter needs no package but onnx, and folds batch normalisation.
            warnings.simplefilter("ignore", DeprecationWarning)
            torch.onnx.export(
                module,
                (image,),
                str(path),
                opset_version=17,
                dynamo=False,
                input_names=["images"],
                output_names=["logits"],
            )
    except ImportError as error:
        hint = "a torch.nn.Module is exported by ONNX: pip install onnx"
        raise ModelError(f"{hint} ({error})") from error
    except Exception as error:
        raise ModelError(f"PyTorch cannot export the module as ONNX: {error}") from error
    finally:
        for part, was_training in modes.items():
            part.training = was_training
    return path
