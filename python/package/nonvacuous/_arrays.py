"""Arrays of any library as numpy's, in the order of C."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .exceptions import DataError, DomainError

Numbers = tuple[npt.NDArray[Any], list[int]]
"""An array's numbers in one line, and its dimensions."""


def as_numpy(array: Any) -> npt.NDArray[Any]:
    """An array as numpy has it, without a copy where its library allows that."""
    if isinstance(array, np.ndarray):
        return array
    if hasattr(array, "detach"):
        array = array.detach()
    if hasattr(array, "__dlpack__"):
        try:
            return np.from_dlpack(array)
        except (BufferError, RuntimeError, TypeError, AttributeError) as error:
            if not hasattr(array, "__array__"):
                raise DataError(f"an array that numpy cannot read: {error}") from error
    try:
        return np.asarray(array)
    except (TypeError, ValueError, RuntimeError) as error:
        hint = "move it to the processor's memory (.cpu())"
        raise DataError(f"an array that numpy cannot read: {error}; {hint}") from error


def numbers(array: Any, what: str) -> Numbers:
    """Bytes as they are, other numbers as doubles, in the order of C."""
    values = as_numpy(array)
    if values.dtype == np.bool_:
        values = values.astype(np.uint8)
    if values.dtype.kind not in "uif":
        raise DataError(f"{what} of type {values.dtype}: accepted are integers and floats")
    kind = np.uint8 if values.dtype == np.uint8 else np.float64
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
