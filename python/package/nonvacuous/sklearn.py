"""For users of scikit-learn: a classifier that comes with a certificate.

Needs scikit-learn, which the rest of the package does not.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._certificate import Certificate, Verdict
from ._certify import certify, compress, issue
from .exceptions import DataError

_LEVELS = 255
_MOST_CLASSES = 256
_EXACT = 63
"""Values of a tensor where nothing is to be gained from fewer."""


class CertifiedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A linear classifier in a file of few bits, with a certificate of its error on new examples.

    Logistic regression is fitted, then the file of its weights with the least bound is looked for;
    the classifier decides as that file does. Where no file proves less than chance, weights are
    kept nearly as they are, and the certificate says how little that proves.

    Parameters
    ----------
    delta : float
        Probability, over the draw of the training examples, that the bound fails.
    features : {"real", "unit", "bytes"}
        What features are: any real numbers, which ``x / (1 + |x|)`` brings between -1 and 1 (so
        bring them to a scale of about 1 beforehand, by constants that do not come from these
        examples, or else that scale is a part of what they chose); numbers from 0 to 1; whole
        numbers from 0 to 255. All become 256 levels by a rule that no data choose.
    C : float
        Inverse strength of the regularisation of logistic regression.
    unseen : bool
        State that the format of model files was not designed with these examples at hand.
    max_iter : int
        Most iterations of logistic regression.

    Attributes
    ----------
    certificate_ : Certificate
        What is proved.
    model_ : Model
        The network in the file.
    bound_ : float
        The bound on the error on new examples.
    classes_ : ndarray
        The classes, in the order of the outputs.
    n_features_in_ : int
        Number of features.
    n_iter_ : int
        Iterations of logistic regression.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from nonvacuous.sklearn import CertifiedClassifier
    >>> images, labels = load_digits(return_X_y=True)
    >>> classifier = CertifiedClassifier(features="bytes").fit(images, labels)
    >>> bool(classifier.certificate_.bound < 0.9)
    True
    """

    def __init__(
        self,
        delta: float = 0.05,
        features: str = "real",
        C: float = 1.0,
        unseen: bool = False,
        max_iter: int = 1000,
    ) -> None:
        self.delta = delta
        self.features = features
        self.C = C
        self.unseen = unseen
        self.max_iter = max_iter

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> "CertifiedClassifier":
        """Fits, looks for the file, and certifies it.

        Parameters
        ----------
        X : array_like, ``N x F``
            The training examples.
        y : array_like, ``N``
            Their classes, of any type; from 2 to 256 different ones.

        Returns
        -------
        CertifiedClassifier
            Itself.

        Raises
        ------
        ValueError
            If they are no examples.
        """
        examples, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if not 2 <= len(self.classes_) <= _MOST_CLASSES:
            raise DataError(
                f"there is {len(self.classes_)} class: accepted are 2 to {_MOST_CLASSES} classes"
            )
        levels = self._levels(examples)
        layers, tensors = self._fitted(levels, labels.astype(np.uint8))
        certificate = certify(
            tensors, levels, labels, architecture=layers, delta=self.delta, unseen=self.unseen,
            progress=False,
        )
        chance = 1.0 - 1.0 / len(self.classes_)
        if certificate.bound >= chance:
            shape = (1, 1, levels.shape[1])
            exact = compress(tensors, architecture=layers, input_shape=shape, codewords=_EXACT,
                             progress=False)
            certificate = issue(exact, levels, labels, delta=self.delta, unseen=self.unseen)
        self.certificate_ = certificate
        self.model_ = certificate.model()
        self.bound_ = certificate.bound
        return self

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """The class of each example, as the file decides.

        Parameters
        ----------
        X : array_like, ``N x F``

        Returns
        -------
        ndarray, ``N``
        """
        check_is_fitted(self)
        examples = validate_data(self, X, dtype=np.float64, reset=False)
        found = self.model_.predict(self._levels(examples))
        classes: npt.NDArray[Any] = self.classes_[found]
        return classes

    def verify(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Verdict:
        """Checks the certificate against the training examples again.

        Parameters
        ----------
        X, y : array_like
            As for `fit`.

        Returns
        -------
        Verdict
        """
        check_is_fitted(self)
        examples, y = validate_data(self, X, y, dtype=np.float64, reset=False)
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            raise DataError(f"class {unknown[0]!r} was not there when it was fitted")
        labels = np.searchsorted(self.classes_, y).astype(np.uint8)
        return self.certificate_.verify(self._levels(examples), labels)

    def _levels(self, X: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
        """Features as 256 levels."""
        if self.features == "real":
            return np.rint(_LEVELS * (0.5 + 0.5 * X / (1.0 + np.abs(X)))).astype(np.uint8)
        if self.features not in ("unit", "bytes"):
            raise DataError(f"features={self.features!r}: accepted are 'real', 'unit', 'bytes'")
        most = 1.0 if self.features == "unit" else float(_LEVELS)
        if X.min() < 0.0 or X.max() > most:
            raise DataError(
                f"features={self.features!r} are from 0 to {most:g}, but there are some from "
                f"{X.min():g} to {X.max():g}"
            )
        levels = np.rint(X * (_LEVELS / most))
        if self.features == "bytes" and np.any(levels != X):
            raise DataError("features='bytes' are whole numbers, but there are some between these")
        return levels.astype(np.uint8)

    def _fitted(
        self, levels: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]
    ) -> tuple[str, dict[str, npt.NDArray[np.float32]]]:
        """Logistic regression as a dense layer on pixels from 0 to 1."""
        regression = LogisticRegression(C=self.C, max_iter=self.max_iter)
        # In units in which the 256 levels have a deviation of about 1 if they are all used.
        pixels = levels / _LEVELS
        regression.fit(4.0 * pixels - 2.0, labels)
        self.n_iter_ = int(np.max(regression.n_iter_))
        weights, biases = regression.coef_, regression.intercept_
        if len(biases) == 1:
            weights = np.concatenate([-weights / 2, weights / 2])
            biases = np.concatenate([-biases / 2, biases / 2])
        biases = biases - 2.0 * weights.sum(axis=1)
        tensors = {
            "dense.weight": (4.0 * weights).astype(np.float32),
            "dense.bias": biases.astype(np.float32),
        }
        return f"dense:{len(biases)}:b", tensors


__all__ = ["CertifiedClassifier"]
