"""A classifier with a certificate, as scikit-learn wants classifiers."""

import numpy as np
import pytest
from conftest import Images

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

from nonvacuous.sklearn import CertifiedClassifier  # noqa: E402


@parametrize_with_checks([CertifiedClassifier()])
def test_it_is_an_estimator(estimator: CertifiedClassifier, check: object) -> None:
    check(estimator)  # type: ignore[operator]


def test_digits_are_certified_and_verified(digits: tuple[Images, Images]) -> None:
    images, labels = digits
    flat = images.reshape(len(images), -1)
    classifier = CertifiedClassifier(features="bytes").fit(flat, labels)
    assert classifier.bound_ < 0.6
    assert classifier.verify(flat, labels)
    assert classifier.score(flat, labels) >= 1 - classifier.certificate_.errors / len(labels)


def test_features_outside_what_was_said_are_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        CertifiedClassifier(features="unit").fit([[0.0], [2.0]], [0, 1])
    with pytest.raises(ValueError, match="accepted are"):
        CertifiedClassifier(features="words").fit([[0.0], [2.0]], [0, 1])


def test_labels_that_it_does_not_know_do_not_verify(digits: tuple[Images, Images]) -> None:
    flat, labels = digits[0].reshape(1500, -1), digits[1]
    classifier = CertifiedClassifier(features="bytes").fit(flat, np.where(labels > 4, 2, 0))
    assert classifier.verify(flat, np.where(labels > 4, 2, 0))
    with pytest.raises(ValueError, match="was not there"):
        classifier.verify(flat, np.where(labels > 4, 1, 0))


def test_classes_are_of_any_type() -> None:
    generator = np.random.default_rng(0)
    features = generator.normal(size=(60, 2))
    classes = np.where(features[:, 0] > 0, "right", "left")
    found = CertifiedClassifier().fit(features, classes).predict(features)
    assert (found == classes).mean() > 0.9
