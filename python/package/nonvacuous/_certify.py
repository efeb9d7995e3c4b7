"""From arrays and a network to a certificate: the command's searches."""

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _nonvacuous
from ._arrays import Numbers, optional_pair, pair
from ._certificate import Certificate
from ._command import options, run
from ._folder import working_folder
from ._model import Model
from ._networks import Network, write_network
from .exceptions import DomainError, UsageError

_CERTIFICATE = "certificate"


def _shaped(values: Numbers) -> npt.NDArray[Any]:
    numbers, shape = values
    return numbers.reshape(shape)


def _write_examples(
    folder: Path, images: Any, labels: Any, test_images: Any, test_labels: Any
) -> npt.NDArray[np.float32]:
    """Writes ``examples.npz``, and returns a batch of the first image as networks read it."""
    train = pair(images, labels)
    arrays = {"x_train": _shaped(train[0]), "y_train": _shaped(train[1])}
    test = optional_pair(test_images, test_labels)
    if test is not None:
        arrays |= {"x_test": _shaped(test[0]), "y_test": _shaped(test[1])}
    _nonvacuous.check_examples(train, test)
    digest = _digest(arrays)
    noted = folder / "examples.sha256"
    if noted.exists() and noted.read_text() != digest:
        raise UsageError(f"{folder} has been used for other examples: name another folder (out=)")
    np.savez(folder / "examples.npz", **arrays)  # type: ignore[arg-type]
    noted.write_text(digest)
    return _first_image(arrays["x_train"])


def _digest(arrays: dict[str, npt.NDArray[Any]]) -> str:
    """What tells these examples from others."""
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _first_image(images: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """A batch of one image, channels first, from 0 to 1: for tracing, whatever its values."""
    first = images[:1].astype(np.float32)
    if first.ndim == 2:
        first = first[:, None, None, :]
    elif first.ndim == 3:
        first = first[:, None]
    elif first.ndim == 4 and first.shape[-1] in (1, 3) and first.shape[1] not in (1, 3):
        first = first.transpose(0, 3, 1, 2)
    return np.ascontiguousarray(first / max(1.0, float(np.max(first, initial=0.0))))


def certify(
    model: Network = None,
    images: Any = None,
    labels: Any = None,
    test_images: Any = None,
    test_labels: Any = None,
    *,
    architecture: str | None = None,
    delta: float = 0.05,
    minutes: float | None = None,
    seed: int | None = None,
    unseen: bool = False,
    per_class: bool = False,
    recipe: "str | os.PathLike[str] | None" = None,
    effort: str | None = None,
    out: "str | os.PathLike[str] | None" = None,
    replace: bool = False,
    progress: bool | None = None,
) -> Certificate:
    """Proves an upper bound on a network's error on new examples.

    Looks for the file of the network with the least bound, and with `minutes` trains it further
    for a shorter one; without a network, trains one for a short file from the start.

    Parameters
    ----------
    model : Model, torch.nn.Module, path, bytes or mapping, optional
        A network: a `Model`; a module of PyTorch's, which is exported by ONNX; an ONNX file or its
        bytes; a ``.nvc``, ``.safetensors`` or ``.pt`` file; a state dict. The last three but the
        first need `architecture`. It reads images with pixels from 0 to 1, channels first. Without
        one, networks are trained.
    images, labels : array_like
        The training examples: ``N x H x W``, ``N x H x W x C``, ``N x C x H x W`` (1 or 3
        channels) or ``N x F`` bytes, whole numbers from 0 to 255, or ``k / 255``; and ``N`` classes
        from 0 to 255. Arrays of numpy, PyTorch (on the processor), or whatever has ``__dlpack__``
        or ``__array__``.
    test_images, test_labels : array_like, optional
        Examples that were never used, for a held-out bound beside it.
    architecture : str, optional
        Layers of a state dict, such as ``"conv:8:3 relu max:2 dense:10:b"``, or a name; or of the
        network that is trained.
    delta : float
        Probability, over the draw of the training examples, that the bound fails.
    minutes : float, optional
        How long to train; without a network, when to begin no further recipe.
    seed : int, optional
        Of all randomness; 1 without it.
    unseen : bool
        State that the format of model files was not designed with these examples at hand: 64 bits
        less are charged, and the claim says on whose word.
    per_class : bool
        Bound the error on each class too.
    recipe : path-like, optional
        A recipe in TOML (docs/compress.md).
    effort : {"quick", "standard", "max"}, optional
        How long to search without a network.
    out : path-like, optional
        A folder for all that is written; the same call again goes on from what is there, and a
        better certificate about the same examples that is there stays. Without it, nothing is left
        but what this returns.
    replace : bool
        Replace what `out` holds, even if it is better.
    progress : bool, optional
        Whether to show a bar (tqdm); without it, on a terminal and in a notebook.

    Returns
    -------
    Certificate

    Raises
    ------
    UsageError
        If what is asked for makes no sense; the message has a hint.
    DataError
        If the arrays are no examples.
    ModelError
        If the network cannot be read.

    Notes
    -----
    This is ``nonvacuous certify`` on ``examples.npz`` in a process of its own, so that the same
    files give the same certificate, byte for byte, but for how it was called.
    """
    chosen = (architecture, minutes, seed, recipe, effort, out)
    if isinstance(model, Model) and all(one is None for one in chosen):
        return issue(model, images, labels, test_images, test_labels, delta=delta, unseen=unseen,
                     per_class=per_class)
    with working_folder(out) as folder:
        example = _write_examples(folder, images, labels, test_images, test_labels)
        given: dict[str, Any] = {}
        if model is not None:
            given["model"] = write_network(model, folder, example).name
        given |= _common(delta, seed, unseen, per_class, replace)
        given |= {
            "arch": architecture,
            "minutes": minutes,
            "recipe": None if recipe is None else Path(recipe).resolve(),
            "effort": effort,
        }
        return _certified(folder, given, test_images is not None, progress)


def fine_tune(
    base: Model | bytes | str | os.PathLike[str],
    images: Any,
    labels: Any,
    test_images: Any = None,
    test_labels: Any = None,
    *,
    source: str,
    trained_on: str,
    model: Network = None,
    considered: int | None = None,
    side: int | None = None,
    head: str | None = None,
    moves: str | None = None,
    delta: float = 0.05,
    minutes: float | None = None,
    seed: int | None = None,
    unseen: bool = False,
    per_class: bool = False,
    out: "str | os.PathLike[str] | None" = None,
    replace: bool = False,
    progress: bool | None = None,
) -> Certificate:
    """A certificate relative to a network that was trained on other data: only what is new costs.

    Parameters
    ----------
    base : Model, bytes or path
        The base, as ``nonvacuous import`` makes it of a public network (docs/base.md).
    images, labels, test_images, test_labels : array_like
        As for `certify`.
    source, trained_on : str
        Where the base came from, and on which data it was trained. The bound assumes that it is
        independent of these examples; the claim says it on your word.
    model : optional
        What another tool's fine-tuning made of the base, as for `certify`; without it a head is
        trained, then numbers of the base.
    considered : int, optional
        Among how many bases this one was chosen with these examples in view; charged.
    side : int, optional
        Rows and columns to which images are enlarged; the base's without it.
    head : {"features", "logits", "own"}, optional
        What decides about the classes.
    moves : {"none", "scales-and-shifts", "low-rank", "subspace", "sparse"}, optional
        Which of the base's own numbers may move.
    delta, minutes, seed, unseen, per_class, out, replace, progress
        As for `certify`.

    Returns
    -------
    Certificate
        Whose ``verify`` and ``model`` need the bytes of the base.

    Raises
    ------
    UsageError, DataError, ModelError
        As `certify`.
    """
    with working_folder(out) as folder:
        example = _write_examples(folder, images, labels, test_images, test_labels)
        # Bytes are those of a model file here.
        base = Model.decode(base) if isinstance(base, bytes) else base
        base_name = write_network(base, folder, example, "base").name
        given: dict[str, Any] = {"base": base_name}
        if model is not None:
            given["model"] = write_network(model, folder, example).name
        given |= {"base_source": source, "base_trained_on": trained_on, "bases": considered}
        given |= {"side": side, "head": head, "moves": moves, "minutes": minutes}
        given |= _common(delta, seed, unseen, per_class, replace)
        return _certified(folder, given, test_images is not None, progress)


def _common(
    delta: float, seed: int | None, unseen: bool, per_class: bool, replace: bool
) -> dict[str, Any]:
    if not 0.0 < delta < 1.0:
        raise DomainError(f"delta is {delta}: accepted are numbers between 0 and 1")
    common = {"delta": delta, "seed": seed, "unseen": unseen, "per_class": per_class}
    return common | {"replace": replace}


def _certified(
    folder: Path, given: dict[str, Any], has_test: bool, progress: bool | None
) -> Certificate:
    words = ["certify", *options(data="examples.npz", **given, out=_CERTIFICATE)]
    run(words, folder, progress=progress, json_out=True, stacklevel=5)
    certificate = Certificate.open(folder / _CERTIFICATE)
    claim = certificate.claim
    wanted = {"per_class": given["per_class"], "held_out": has_test}
    for key, is_wanted in wanted.items():
        if (claim.get(key) is not None) != is_wanted:
            raise UsageError(
                f"{folder} holds a certificate that is better and has {key} where this has not, or "
                "the reverse: name another folder (out=), or replace=True"
            )
    return certificate


def issue(
    model: Model | bytes,
    images: Any,
    labels: Any,
    test_images: Any = None,
    test_labels: Any = None,
    *,
    delta: float = 0.05,
    unseen: bool = False,
    per_class: bool = False,
    command: str = "nonvacuous.issue",
) -> Certificate:
    """A certificate about a model file as it is: no search, no training, no files.

    Parameters
    ----------
    model : Model or bytes
        A network that has a file, or its bytes.
    images, labels, test_images, test_labels, delta, unseen, per_class
        As for `certify`.
    command : str
        What the certificate says of its origin.

    Returns
    -------
    Certificate

    Raises
    ------
    CertificateError
        If the file does not decode, or the network does not fit the examples.
    DataError
        If the arrays are no examples.
    """
    file = model.encode() if isinstance(model, Model) else bytes(model)
    train, test = pair(images, labels), optional_pair(test_images, test_labels)
    return Certificate(
        _nonvacuous.Certificate.issue(file, train, test, delta, unseen, per_class, command)
    )


def compress(
    model: Network,
    *,
    architecture: str | None = None,
    input_shape: tuple[int, int, int] = (1, 28, 28),
    codewords: int | None = None,
    budget: int | None = None,
    progress: bool | None = None,
) -> Model:
    """A network trained elsewhere as the shortest file of the same function.

    Parameters
    ----------
    model : torch.nn.Module, path, bytes or mapping
        As for `certify`.
    architecture : str, optional
        Layers of a state dict.
    input_shape : tuple of int
        Channels, rows and columns of an image.
    codewords : int, optional
        Let the weights of each tensor share at most this many values that are not zero.
    budget : int, optional
        Quantise the weights so that the file has at most this many bytes.
    progress : bool, optional
        As for `certify`.

    Returns
    -------
    Model

    Raises
    ------
    UsageError, ModelError
        If the network cannot be read, or has no file.
    """
    if isinstance(model, Model):
        raise UsageError("a Model is a file of few bits already")
    with working_folder() as folder:
        example = np.zeros((1, *input_shape), np.float32)
        network = write_network(model, folder, example)
        size = "x".join(str(length) for length in input_shape)
        words = ["compress", network.name, "--output", "compressed.nvc"]
        words += options(arch=architecture, input=size, codewords=codewords, budget=budget)
        run(words, folder, progress=progress, json_out=True)
        return Model.open(folder / "compressed.nvc")
