"""Networks as files, and back."""

import os
import pickle
from pathlib import Path

import nonvacuous
import numpy as np
import numpy.typing as npt
import pytest
from conftest import ROOT, Images

Tensors = dict[str, npt.NDArray[np.float32]]


@pytest.fixture(scope="module")
def model(nearest_means: Tensors) -> nonvacuous.Model:
    return nonvacuous.compress(
        nearest_means, architecture="dense:10:b", input_shape=(1, 8, 8), codewords=3
    )


def test_a_network_becomes_a_file_and_the_file_the_network(
    model: nonvacuous.Model, tmp_path: Path
) -> None:
    assert model.bits == 8 * len(model.encode())
    path = tmp_path / "model.nvc"
    model.save(path)
    assert nonvacuous.Model.open(path) == model
    assert nonvacuous.Model.decode(model.encode()).sha256 == model.sha256
    assert pickle.loads(pickle.dumps(model)) == model
    assert (model.input_shape, model.classes) == ((1, 8, 8), 10)
    assert "dense" in repr(model)


def test_weights_are_arrays_of_few_values(model: nonvacuous.Model) -> None:
    weights = nonvacuous.decompress(model)
    assert [array.shape for array in weights.values()] == [(10, 64), (10,)]
    assert all(len(np.unique(array[array != 0])) <= 3 for array in weights.values())
    for one, other in zip(weights.values(), nonvacuous.decompress(model.encode()).values()):
        assert np.array_equal(one, other)


def test_the_account_of_bits_adds_up(model: nonvacuous.Model) -> None:
    found = model.inspect()
    assert found["bits"] == model.bits
    assert found["sha256"] == model.sha256


def test_it_decides_as_its_weights_say(
    model: nonvacuous.Model, digits: tuple[Images, Images]
) -> None:
    images, _ = digits
    weight, bias = model.weights.values()
    expected = images.reshape(len(images), -1) / np.float32(255) @ weight.T + bias
    logits = model.logits(images)
    assert logits.shape == (1500, 10) and logits.dtype == np.float32
    assert np.abs(logits - expected).max() < 1e-4
    assert np.array_equal(model.predict(images), logits.argmax(axis=1))
    # The same from numbers of other types.
    fractions = np.asfortranarray(images / 255)
    assert np.array_equal(model.logits(fractions), logits)
    assert np.array_equal(model.logits(images.astype(np.int64)), logits)


def test_what_an_image_is_does_not_depend_on_its_neighbours(
    model: nonvacuous.Model, digits: tuple[Images, Images]
) -> None:
    black_or_white = (digits[0][:5] > 100).astype(np.float32)
    others = digits[0][:5] / np.float32(255)
    alone = model.predict(black_or_white)
    assert np.array_equal(model.predict(np.concatenate([black_or_white, others]))[:5], alone)
    assert np.array_equal(model.predict(255 * (digits[0][:5] > 100)), alone)


def test_a_file_is_written_as_others_are(model: nonvacuous.Model, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    model.save(tmp_path / "model.nvc")
    assert (tmp_path / "model.nvc").stat().st_mode == (tmp_path / "other").stat().st_mode
    assert len(list(tmp_path.iterdir())) == 2


def test_it_computes_after_a_fork(
    model: nonvacuous.Model, digits: tuple[Images, Images]
) -> None:
    images = digits[0]
    expected = model.logits(images)
    nonvacuous.binomial_tail_inverse(np.full(20_000, 100), 3)
    child = os.fork()
    if child == 0:
        same = np.array_equal(model.logits(images), expected)
        nonvacuous.binomial_tail_inverse(np.full(20_000, 100), 3)
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_images_of_another_size_or_kind_are_refused(model: nonvacuous.Model) -> None:
    with pytest.raises(nonvacuous.ModelError):
        model.logits(np.zeros((2, 9, 9), np.uint8))
    with pytest.raises(nonvacuous.DataError):
        model.logits(np.full((2, 8, 8), 0.3))
    with pytest.raises(nonvacuous.DataError, match="complex"):
        model.logits(np.zeros((2, 8, 8), complex))


def test_damaged_bytes_are_refused(model: nonvacuous.Model) -> None:
    with pytest.raises(nonvacuous.ModelError):
        nonvacuous.Model.decode(b"")
    with pytest.raises(nonvacuous.ModelError):
        nonvacuous.Model.decode(model.encode() + b"\0")


def test_a_relative_file_needs_its_base() -> None:
    folder = ROOT / "experiments" / "certificates" / "mnist-from-fonts"
    file = (folder / "model.nvc").read_bytes()
    with pytest.raises(nonvacuous.ModelError, match="base"):
        nonvacuous.Model.decode(file)
    base = (ROOT / "experiments" / "bases" / "digits.nvc").read_bytes()
    model = nonvacuous.Model.decode(file, base)
    assert model.encode() == file
    assert model.inspect()["bits"] == model.bits


def test_what_is_no_network_is_refused_with_what_is_accepted() -> None:
    with pytest.raises(nonvacuous.ModelError, match="accepted are"):
        nonvacuous.compress(3)
    with pytest.raises(nonvacuous.ModelError, match="no file"):
        nonvacuous.compress("missing.onnx")
    with pytest.raises(nonvacuous.UsageError, match="--arch"):
        nonvacuous.compress({"weight": np.zeros((10, 64), np.float32)})
