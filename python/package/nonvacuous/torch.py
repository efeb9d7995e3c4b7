"""For training loops of PyTorch's: the length of a network's file as a loss.

Needs PyTorch, which the rest of the package does not.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from . import _nonvacuous
from ._arrays import as_numpy
from ._model import Model
from .exceptions import DomainError, ModelError


class _Length(torch.autograd.Function):
    """The length in bits, with the library's gradient."""

    @staticmethod
    def forward(
        context: Any,
        code: "_nonvacuous.CodeLength",
        levels: Sequence[npt.NDArray[np.float32]],
        longer: float,
        *weights: torch.Tensor,
    ) -> torch.Tensor:
        flat = [_flat(tensor) for tensor in weights]
        bits, _, derivatives = code.at(flat, list(levels), longer)
        context.derivatives = derivatives
        context.like = [(tensor.shape, tensor.device, tensor.dtype) for tensor in weights]
        return weights[0].new_tensor(bits, dtype=torch.float32)

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> tuple[Any, ...]:
        (gradient,) = gradients
        found = []
        for derivative, (shape, device, dtype) in zip(context.derivatives, context.like):
            tensor = torch.from_numpy(derivative).reshape(shape).to(device, dtype)
            found.append(gradient * tensor)
        return (None, None, None, *found)


class RateLoss(torch.nn.Module):
    """The length in bits of the file of a network, differentiable in its weights.

    Each weight of a tensor takes the nearest of a few levels, one of them zero. A weight costs what
    its level does, ``-log2((c_s + 1/2) / (c + r/2))`` where ``c_s`` of the ``c`` weights take that
    one of ``r`` levels now, and in between two levels what linear interpolation says. So the
    gradient draws a weight to the cheaper level unless the data say otherwise. To these costs is
    added by how much the file was longer or shorter when the levels were moved last: architecture,
    levels, and what the file's own code saves. On weights that are at their levels the value is the
    length of the file, as far as single precision holds it. Levels are no parameters: a training
    that is resumed begins with new ones.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    layers : str
        Its layers as the library names them, such as ``"dense:300:b relu dense:10:b"``
        (docs/layers.md). The parameters of `module` are their tensors, in order.
    input_shape : tuple of int
        Channels, rows and columns of an image.
    codewords : int
        Levels of a tensor beside zero, from 1 to 255.
    digits : int
        Binary digits of a level after its first.

    Raises
    ------
    ModelError
        If the parameters of `module` do not fit `layers`.

    Examples
    --------
    ::

        rate = RateLoss(module, "dense:300:b relu dense:10:b", (1, 28, 28))
        for images, labels in batches:
            logits = torch.func.functional_call(module, rate.quantised(), (images,))
            loss = cross_entropy(logits, labels) + 0.7 * rate() / n
            ...
        certificate = nonvacuous.certify(rate.model(), all_images, all_labels)

    References
    ----------
    Chou, P. A., Lookabaugh, T., and Gray, R. M. (1989). Entropy-constrained vector quantization.
    Wiedemann, S., Müller, K.-R., and Samek, W. (2020). Compact and computationally efficient
    representation of deep neural networks.
    """

    def __init__(
        self,
        module: torch.nn.Module,
        layers: str,
        input_shape: tuple[int, int, int],
        *,
        codewords: int = 4,
        digits: int = 2,
    ) -> None:
        super().__init__()
        if codewords not in range(1, 256):
            raise DomainError(f"codewords is {codewords}: accepted are 1 to 255")
        if digits not in range(24):
            raise DomainError(f"digits is {digits}: accepted are 0 to 23")
        self._code = _nonvacuous.CodeLength(layers, list(input_shape), digits)
        self._names = [name for name, _ in module.named_parameters()]
        # The network keeps its own parameters: this loss only reads them.
        self._module = [module]
        wanted = self._code.tensors()
        found = [list(parameter.shape) for parameter in module.parameters()]
        if found != [shape for _, shape in wanted]:
            expected = ", ".join(f"{name} {shape}" for name, shape in wanted)
            given = ", ".join(f"{name} {shape}" for name, shape in zip(self._names, found))
            raise ModelError(f"the layers have the tensors {expected}; the module has {given}")
        self._codewords = codewords
        self._levels = [self._first_levels(_flat(tensor)) for tensor in self._weights()]
        self._longer = self._measured()

    def _weights(self) -> list[torch.Tensor]:
        return list(self._module[0].parameters())

    def _coded(self, levels: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Zero, then other levels as they are coded, each once."""
        rounded = {self._code.rounded(float(level)) for level in np.asarray(levels).ravel()}
        others = sorted(rounded - {0.0})
        return np.asarray([0.0, *others], dtype=np.float32)

    def _first_levels(self, weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Quantiles of the larger half of the weights, in equal parts; the smaller half is zero."""
        larger = weights[np.abs(weights) >= np.median(np.abs(weights))]
        parts = (np.arange(self._codewords) + 0.5) / self._codewords
        return self._coded(np.quantile(larger, parts))

    def _moved(
        self, weights: npt.NDArray[np.float32], levels: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """A step of k-means: each level but zero becomes the mean of the weights nearest to it.

        Where levels have become equal, or all weights were zero, they begin anew.
        """
        if len(levels) < 1 + self._codewords and len(np.unique(weights)) > len(levels):
            levels = self._first_levels(weights)
        places = np.argsort(levels)
        middles = (levels[places][1:] + levels[places][:-1]) / 2
        nearest = places[np.searchsorted(middles, weights)]
        counts = np.bincount(nearest, minlength=len(levels))
        sums = np.bincount(nearest, weights=weights, minlength=len(levels))
        return self._coded([
            sums[place] / counts[place] if counts[place] else levels[place]
            for place in range(1, len(levels))
        ])

    def move_levels(self) -> None:
        """Moves the levels to where the weights are; call it now and then while training."""
        pairs = zip(self._weights(), self._levels)
        self._levels = [self._moved(_flat(tensor), levels) for tensor, levels in pairs]
        self._longer = self._measured()

    def _measured(self) -> float:
        """By how much the file is longer than its weights' own costs."""
        flat = [_flat(tensor) for tensor in self._weights()]
        return self._code.at(flat, self._levels)[1]

    def forward(self) -> torch.Tensor:
        """The length in bits, differentiable in the module's parameters."""
        length: torch.Tensor = _Length.apply(
            self._code, self._levels, self._longer, *self._weights()
        )
        return length

    def quantised(self) -> dict[str, torch.Tensor]:
        """The parameters at their levels, with the gradients of the parameters themselves.

        For ``torch.func.functional_call``, so that the network computes with what its file says
        (straight through: Bengio, Léonard and Courville 2013).
        """
        found = {}
        for name, tensor, levels in zip(self._names, self._weights(), self._levels):
            values = torch.from_numpy(levels).to(tensor.device, tensor.dtype)
            nearest = (tensor.detach().reshape(-1, 1) - values).abs().argmin(dim=1)
            level = values[nearest].reshape(tensor.shape)
            found[name] = tensor + (level - tensor).detach()
        return found

    def model(self) -> Model:
        """The network with its weights at their levels, as a file."""
        weights = [_flat(tensor) for tensor in self._weights()]
        return Model.decode(self._code.encode(weights, self._levels))


def _flat(tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    values = as_numpy(tensor.detach().cpu().to(torch.float32))
    if not np.all(np.isfinite(values)):
        raise ModelError("the module has weights that are not finite")
    return np.ascontiguousarray(values).reshape(-1)


__all__ = ["RateLoss"]
