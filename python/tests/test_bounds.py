"""Numbers in, numbers out."""

import csv
import pathlib

import nonvacuous
import numpy as np
import pytest
from conftest import ROOT


def test_a_bound_is_the_known_number() -> None:
    assert round(nonvacuous.bound(n=60_000, errors=900, bits=2_000), 6) == 0.057244


def test_arrays_are_broadcast_and_equal_the_scalars() -> None:
    n, errors = np.array([[100], [1_000]]), np.array([0, 10, 50])
    found = nonvacuous.bounds(n, errors, 40.0, kinds=["occam_kl", "occam_binomial"])
    assert list(found) == ["occam_kl", "occam_binomial"]
    for name, values in found.items():
        assert values.shape == (2, 3)
        for row, column in np.ndindex(values.shape):
            scalar = nonvacuous.bound(int(n[row, 0]), int(errors[column]), 40.0, kind=name)
            assert values[row, column] == scalar


def test_all_bounds_have_a_source_and_a_value() -> None:
    names = nonvacuous.bound_names()
    assert "occam_binomial" in names and all(names.values())
    found = nonvacuous.bounds(1_000, 10, 40)
    assert set(found) == set(names)
    assert all(0.01 <= float(value) <= 1.0 for value in found.values())


@pytest.mark.parametrize(
    "n, errors, bits, delta, said",
    [
        (0, 0, 1.0, 0.05, "accepted are 1 to"),
        (10, 11, 1.0, 0.05, "11"),
        (10, 1, -1.0, 0.05, "-1"),
        (10, 1, float("nan"), 0.05, "NaN"),
        (10, 1, 1.0, 0.0, "delta"),
        (10, 1, 1.0, 1.5, "1.5"),
    ],
)
def test_what_is_outside_the_domain_is_named(
    n: int, errors: int, bits: float, delta: float, said: str
) -> None:
    with pytest.raises(nonvacuous.DomainError, match=said):
        nonvacuous.bound(n, errors, bits, delta)


def test_an_array_s_wrong_element_is_named() -> None:
    with pytest.raises(nonvacuous.DomainError, match="element 2"):
        nonvacuous.bounds([10, 10, 10], [1, 2, 30], 1.0, kinds=["occam_kl"])


def test_counts_must_be_whole_and_fit() -> None:
    with pytest.raises(nonvacuous.DomainError, match="whole"):
        nonvacuous.binomial_tail_inverse(10, 1.5)
    with pytest.raises(nonvacuous.DomainError, match="negative"):
        nonvacuous.binomial_tail_inverse(10, -1)
    with pytest.raises(nonvacuous.DomainError, match="do not fit"):
        nonvacuous.binomial_tail_inverse([10, 20], [1, 2, 3])
    with pytest.raises(nonvacuous.DomainError, match="real numbers"):
        nonvacuous.kl_inverse("a", 1.0)


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(nonvacuous.DomainError, match="occam_binomial"):
        nonvacuous.bound(10, 1, 1.0, kind="vc")


def test_non_contiguous_arrays_and_other_types_are_read() -> None:
    n = np.arange(10, 50, dtype=np.int16)[::3]
    errors = np.zeros((len(n), 2), dtype=np.float32)[:, 1]
    assert nonvacuous.binomial_tail_inverse(n, errors, 0.05).shape == n.shape


def test_nothing_is_computed_of_empty_arrays() -> None:
    assert nonvacuous.binomial_tail_inverse([], []).shape == (0,)


def test_the_inverse_of_the_relative_entropy_and_the_limits_fit_one_another() -> None:
    bits = float(nonvacuous.limit(1_000, 0.1, 0.3))
    assert abs(float(nonvacuous.max_test_error(1_000, 0.1, bits)) - 0.3) < 1e-9
    nats = bits * np.log(2) / 1_000
    assert abs(float(nonvacuous.kl_inverse(0.1, nats)) - 0.3) < 1e-9


def test_bounds_are_never_below_the_reference_values() -> None:
    reference = ROOT / "tests" / "reference"
    tables = sorted(reference.glob("bounds*.csv")) or sorted(pathlib.Path(
        ROOT.parent / "shared" / "reference").glob("bounds.csv"))
    if not tables:
        pytest.skip("no table of reference values here")
    with tables[0].open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows = [row for row in rows if row.get("occam_binomial") and row.get("bits")]
    assert len(rows) > 10
    columns = [[float(row[name]) for row in rows] for name in ("n", "errors", "bits", "delta")]
    found = nonvacuous.bounds(*columns, kinds=["occam_binomial"])["occam_binomial"]
    exact = np.array([float(row["occam_binomial"]) for row in rows])
    assert np.all(found >= exact * (1 - 1e-15))
    assert np.all(found <= exact * (1 + 1e-9))
