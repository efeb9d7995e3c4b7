"""Arrays of any library as numpy's, in the order of C."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .exceptions import DataError, DomainError

Numbers = tuple[npt.NDArray[Any], list[int]]
"""An array's numbers in one line, and its dimensions."""


def as_numpy(array: Any) -> npt.NDArray[Any]:
    """An array as numpy has it, without a copy where its library allows that."""
    if isinstance(array, np.ma.MaskedArray):
        raise DataError("a masked array: fill it or leave out what is masked")
    if isinstance(array, np.ndarray):
        return array
    if hasattr(array, "detach"):
        array = array.detach()
        # numpy has no such type; each of its numbers is one of single precision.
        array = array.float() if str(array.dtype) == "torch.bfloat16" else array
    if hasattr(array, "__dlpack__"):
        try:
            return np.from_dlpack(array)
        except (BufferError, RuntimeError, TypeError, AttributeError) as error:
            if not hasattr(array, "__array__"):
                raise DataError(f"an array that numpy cannot read: {error}") from error
    try:
        return np.asarray(array)
    except (TypeError, ValueError, RuntimeError) as error:
        is_elsewhere = str(getattr(array, "device", "cpu")) != "cpu"
        hint = "; move it to the processor's memory (.cpu())" if is_elsewhere else ""
        raise DataError(f"an array that numpy cannot read: {error}{hint}") from error


def numbers(array: Any, what: str) -> Numbers:
    """Bytes as they are, other integers in 64 bits, floats as doubles, in the order of C."""
    values = as_numpy(array)
    if values.dtype == np.bool_:
        values = values.astype(np.uint8)
    if values.dtype.kind not in "uif":
        raise DataError(f"{what} of type {values.dtype}: accepted are integers and floats")
    kind: type[np.generic] = np.float64 if values.dtype.kind == "f" else np.int64
    if values.dtype == np.uint8:
        kind = np.uint8
    elif values.dtype == np.uint64 and values.size and values.max() > np.iinfo(np.int64).max:
        raise DataError(f"{what} with {values.max()}: accepted are whole numbers from 0 to 255")
    return np.ascontiguousarray(values, dtype=kind).reshape(-1), list(values.shape)


def pair(images: Any, labels: Any) -> tuple[Numbers, Numbers]:
    """Images with their labels."""
    return numbers(images, "images"), numbers(labels, "labels")


def optional_pair(images: Any, labels: Any) -> tuple[Numbers, Numbers] | None:
    """Images with their labels, or neither."""
    if images is None and labels is None:
        return None
    if images is None or labels is None:
        raise DataError("held-out images and labels go together: one of them is missing")
    return pair(images, labels)


def counts(values: Any, name: str) -> npt.NDArray[Any]:
    """Whole numbers from 0 on, as 64 bits hold them."""
    array = as_numpy(values)
    if array.dtype.kind == "f":
        if not np.all(np.isfinite(array)) or np.any(array != np.floor(array)):
            raise DomainError(f"{name} must be whole numbers")
    elif array.dtype.kind not in "ui":
        raise DomainError(f"{name} of type {array.dtype}: accepted are whole numbers")
    if np.any(array < 0):
        raise DomainError(f"{name} must not be negative, but one is {array.min()}")
    if array.dtype.kind == "f" and np.any(array >= 2.0**64):
        raise DomainError(f"{name} must be below 2^64")
    return array.astype(np.uint64)


def reals(values: Any, name: str) -> npt.NDArray[Any]:
    """Real numbers as doubles."""
    array = as_numpy(values)
    if array.dtype.kind not in "uif":
        raise DomainError(f"{name} of type {array.dtype}: accepted are real numbers")
    return array.astype(np.float64)


def lines(
    *arrays: npt.NDArray[Any],
) -> tuple[tuple[npt.NDArray[Any], ...], tuple[int, ...]]:
    """Arrays brought to one shape by numpy's rules, each in one line; and that shape."""
    try:
        broadcast = np.broadcast_arrays(*arrays)
    except ValueError as error:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise DomainError(f"arrays of shapes {shapes} do not fit one another") from error
    flat = tuple(np.ascontiguousarray(array).reshape(-1) for array in broadcast)
    return flat, broadcast[0].shape
