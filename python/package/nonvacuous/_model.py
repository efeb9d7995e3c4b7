"""A network in a model file: its weights, its bits, its decisions."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _nonvacuous
from ._arrays import numbers
from ._command import run
from ._folder import working_folder


class Model:
    """A network in a model file (``.nvc``): the file proves, the network decides.

    Made by `compress`, or from a file by `open` and from its bytes by `decode`.
    """

    def __init__(self, network: "_nonvacuous.Model", base: bytes | None = None) -> None:
        self._network = network
        self._base = base

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], base: "str | os.PathLike[str] | None" = None
    ) -> "Model":
        """The network in a file.

        Parameters
        ----------
        path : path-like
            The model file.
        base : path-like, optional
            The file that it is relative to, if it is.

        Raises
        ------
        ModelError
            If it does not decode.
        OSError
            If it cannot be read.
        """
        base_file = None if base is None else Path(base).read_bytes()
        return cls.decode(Path(path).read_bytes(), base_file)

    @classmethod
    def decode(cls, file: bytes, base: bytes | None = None) -> "Model":
        """The network that a file's bytes decode to; as `open`."""
        return cls(_nonvacuous.Model.decode(file, base), base)

    def encode(self) -> bytes:
        """The bytes of the file."""
        return self._network.encode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the file, whole or not at all."""
        target = Path(path)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".nonvacuous-") as folder:
            whole = Path(folder) / target.name
            whole.write_bytes(self.encode())
            os.replace(whole, target)

    @property
    def bits(self) -> int:
        """Length of the file in bits."""
        return self._network.bits

    @property
    def sha256(self) -> str:
        """SHA-256 of the file."""
        return self._network.sha256

    @property
    def architecture(self) -> str:
        """Layers or operators, as text."""
        return self._network.architecture

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of an image."""
        channels, height, width = self._network.input_shape
        return channels, height, width

    @property
    def classes(self) -> int:
        """Number of outputs."""
        return self._network.classes

    @property
    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """The decoded weights: for each tensor's name an array, in the file's order."""
        tensors = self._network.tensors()
        return {name: numbers.reshape(shape) for name, shape, numbers in tensors}

    def inspect(self) -> dict[str, Any]:
        """Where the bits go: architecture, and codebook, mask and assignments of each tensor.

        Returns
        -------
        dict
            As ``nonvacuous inspect --json`` prints it; all lengths in bits.
        """
        with working_folder() as folder:
            (folder / "model.nvc").write_bytes(self.encode())
            words = ["inspect", "model.nvc"]
            if self._base is not None:
                (folder / "base.nvc").write_bytes(self._base)
                words += ["--base", "base.nvc"]
            found: dict[str, Any] = run(words, folder, progress=False, json_out=True)
        return found

    def logits(self, images: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """What the decoded network computes, in the order of operations that the format defines.

        Parameters
        ----------
        images : array_like
            ``N x H x W``, ``N x H x W x C``, ``N x C x H x W`` (1 or 3 channels) or ``N x F``:
            bytes, whole numbers from 0 to 255, or ``k / 255``.

        Returns
        -------
        ndarray of float32, ``N x classes``

        Raises
        ------
        DataError
            If they are no images.
        ModelError
            If the network reads images of another size.
        """
        return self._network.logits(numbers(images, "images")).reshape(-1, self.classes)

    def predict(self, images: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The class of the largest logit of each image; of the first, if several are equal."""
        classes: npt.NDArray[np.int64] = self.logits(images).argmax(axis=1)
        return classes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.encode() == other.encode()

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __reduce__(self) -> tuple[Any, ...]:
        return Model.decode, (self.encode(), self._base)

    def __repr__(self) -> str:
        size = "x".join(str(length) for length in self.input_shape)
        layers = self.architecture
        shown = layers if len(layers) <= 60 else layers[:57] + "..."
        return f"Model({shown!r}, input={size}, bits={self.bits})"


def decompress(
    model: Model | bytes, base: bytes | None = None
) -> dict[str, npt.NDArray[np.float32]]:
    """The weights that a model file decodes to.

    Parameters
    ----------
    model : Model or bytes
        A network, or the bytes of its file.
    base : bytes, optional
        What such bytes are relative to, if they are.

    Returns
    -------
    dict of str to ndarray
        As `Model.weights`.

    Raises
    ------
    ModelError
        If the bytes do not decode.
    """
    return (Model.decode(model, base) if isinstance(model, bytes) else model).weights


__all__ = ["Model", "decompress"]
