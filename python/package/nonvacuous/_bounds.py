"""Bounds from counts and lengths: numbers in, numbers out, element by element on arrays."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _nonvacuous
from ._arrays import counts, lines, reals
from .exceptions import DomainError

Array = npt.NDArray[np.float64]

OCCAM_BINOMIAL = "occam_binomial"
"""The tightest for one network with a file, and the one that certificates claim."""


def _each(function: Any, *arrays: npt.NDArray[Any]) -> Array:
    flat, shape = lines(*arrays)
    values: Array = function(*flat)
    return values.reshape(shape)


def bound_names() -> dict[str, str]:
    """The bounds there are, each with its source.

    Returns
    -------
    dict of str to str
        Names, as `bound` and `bounds` take them, and author and year.
    """
    return {name: source for name, _, source in _nonvacuous.bound_names()}


def bound(
    n: int, errors: int, bits: float, delta: float = 0.05, *, kind: str = OCCAM_BINOMIAL
) -> float:
    """An upper bound on the error on new examples.

    With probability at least ``1 - delta`` over the draw of `n` independent examples, every
    network with a self-delimiting file of so many bits that makes so many errors on them has at
    most this error. ``occam_binomial`` is
    ``max { p : Pr[Bin(n, p) <= errors] >= delta 2^-bits }``, rounded up.

    Parameters
    ----------
    n : int
        Training examples, at least 1.
    errors : int
        How many of them are misclassified, from 0 to `n`.
    bits : float
        Length of the file and of all that is charged beside it, in bits.
    delta : float
        Probability that the bound fails, above 0 and below 1.
    kind : str
        One of `bound_names`.

    Returns
    -------
    float
        From ``errors / n`` to 1; never below the true value.

    Raises
    ------
    DomainError
        If a number is outside its domain; the message names it.

    References
    ----------
    Langford, J. (2005). Tutorial on practical prediction theory for classification. JMLR 6.

    Examples
    --------
    >>> import nonvacuous
    >>> round(nonvacuous.bound(n=60_000, errors=900, bits=2_000), 6)
    0.057244
    """
    value = bounds(n, errors, bits, delta, kinds=[kind])[kind]
    if value.shape:
        raise DomainError("`bound` takes numbers: `bounds` takes arrays")
    return float(value)


def bounds(
    n: npt.ArrayLike,
    errors: npt.ArrayLike,
    bits: npt.ArrayLike,
    delta: npt.ArrayLike = 0.05,
    *,
    kinds: Iterable[str] | None = None,
) -> dict[str, Array]:
    """Every upper bound on the error on new examples, on arrays.

    Parameters
    ----------
    n, errors : array_like of int
        Training examples, and how many of them are misclassified.
    bits : array_like of float
        Lengths of files, in bits.
    delta : array_like of float
        Probabilities that the bound fails.
    kinds : iterable of str, optional
        Which bounds; all of `bound_names` without it. Those of randomised predictors hold for the
        one network too.

    Returns
    -------
    dict of str to ndarray
        For each name an array of the shape to which the arguments are broadcast.

    Raises
    ------
    DomainError
        If an element is outside its domain; the message says which and why.

    Notes
    -----
    Each holds with probability ``1 - delta``. The least of several holds with it only if its kind
    was chosen before the numbers were seen; Occam's three are nested, so that among these the
    choice is free.

    Examples
    --------
    >>> import nonvacuous
    >>> nonvacuous.bounds(60_000, [900, 1_800], 2_000, kinds=["occam_kl"])["occam_kl"].round(4)
    array([0.0573, 0.0788])
    """
    names = [kinds] if isinstance(kinds, str) else list(bound_names() if kinds is None else kinds)
    arrays = (counts(n, "n"), counts(errors, "errors"), reals(bits, "bits"), reals(delta, "delta"))
    return {
        name: _each(lambda *flat, name=name: _nonvacuous.bound_values(name, *flat), *arrays)
        for name in names
    }


def binomial_tail_inverse(
    n: npt.ArrayLike, errors: npt.ArrayLike, delta: npt.ArrayLike = 0.05
) -> Array:
    """The largest error that so few errors on held-out examples do not refute.

    ``max { p : Pr[Bin(n, p) <= errors] >= delta }``, rounded up (Clopper and Pearson 1934).

    Parameters
    ----------
    n, errors : array_like of int
        Examples that were never used, and how many of them are misclassified.
    delta : array_like of float
        Probabilities that the bound fails.

    Returns
    -------
    ndarray
        Of the shape to which the arguments are broadcast.

    Raises
    ------
    DomainError
        If an element is outside its domain.

    Examples
    --------
    >>> import nonvacuous
    >>> float(nonvacuous.binomial_tail_inverse(10_000, 0).round(6))
    0.0003
    """
    arrays = (counts(n, "n"), counts(errors, "errors"), reals(delta, "delta"))
    return _each(_nonvacuous.binomial_tail_inverse, *arrays)


def kl_inverse(q: npt.ArrayLike, c: npt.ArrayLike) -> Array:
    """The upper inverse of the binary relative entropy.

    ``max { p in [q, 1] : kl(q || p) <= c }`` with
    ``kl(q || p) = q ln(q / p) + (1 - q) ln((1 - q) / (1 - p))``, rounded up.

    Parameters
    ----------
    q : array_like of float
        From 0 to 1.
    c : array_like of float
        Divergences in nats, at least 0.

    Returns
    -------
    ndarray
        Of the shape to which the arguments are broadcast.

    Raises
    ------
    DomainError
        If an element is outside its domain.
    """
    return _each(_nonvacuous.kl_inverse, reals(q, "q"), reals(c, "c"))


def limit(n: npt.ArrayLike, train: npt.ArrayLike, test: npt.ArrayLike) -> Array:
    """How many bits overfitting takes.

    A learner that sees `n` independent examples, with expected training error `train` and
    expected error `test` on new ones, sends at least ``n kl(train || test) / ln 2`` bits on
    average over training sets, in any uniquely decodable code. Rounded down.

    Parameters
    ----------
    n : array_like of int
        Training examples.
    train, test : array_like of float
        Expected errors, from 0 to 1.

    Returns
    -------
    ndarray
        Bits, of the shape to which the arguments are broadcast.

    Raises
    ------
    DomainError
        If an element is outside its domain, or the limit infinite: `test` is 0 or 1 and `train`
        is not.

    Examples
    --------
    Memorising coin flips takes a bit for each.

    >>> import nonvacuous
    >>> float(nonvacuous.limit(50_000, 0.0, 0.5).round(6))
    50000.0
    """
    return _each(_nonvacuous.limit, counts(n, "n"), reals(train, "train"), reals(test, "test"))


def max_test_error(n: npt.ArrayLike, train: npt.ArrayLike, bits: npt.ArrayLike) -> Array:
    """The largest expected error on new examples that so many expected bits allow.

    ``kl_inv(train, bits ln 2 / n)``, rounded up: `limit` read the other way.

    Parameters
    ----------
    n : array_like of int
        Training examples.
    train : array_like of float
        Expected training error, from 0 to 1.
    bits : array_like of float
        Expected length of what the learner sends.

    Returns
    -------
    ndarray
        Of the shape to which the arguments are broadcast.

    Raises
    ------
    DomainError
        If an element is outside its domain.
    """
    arrays = (counts(n, "n"), reals(train, "train"), reals(bits, "bits"))
    return _each(_nonvacuous.max_test_error, *arrays)


__all__ = [
    "binomial_tail_inverse",
    "bound",
    "bound_names",
    "bounds",
    "kl_inverse",
    "limit",
    "max_test_error",
]
