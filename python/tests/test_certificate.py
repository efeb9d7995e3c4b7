"""From arrays to certificates, and to verdicts."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nonvacuous
import numpy as np
import numpy.typing as npt
import pytest
from conftest import Images

Tensors = dict[str, npt.NDArray[np.float32]]
Pair = tuple[Images, Images]


@pytest.fixture(scope="module")
def certificate(nearest_means: Tensors, digits: Pair) -> nonvacuous.Certificate:
    return nonvacuous.certify(nearest_means, *digits, architecture="dense:10:b")


def command(*words: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "nonvacuous", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )


def test_a_network_is_certified_and_verified(
    certificate: nonvacuous.Certificate, digits: Pair
) -> None:
    assert certificate.n == 1500
    assert certificate.errors / certificate.n < certificate.bound < 0.9
    verdict = certificate.verify(*digits)
    assert verdict and verdict.holds and not verdict.undecided
    assert all(passed for _, passed in verdict.checks)
    assert verdict.on_trust
    assert "95%" in verdict.sentence
    errors = int((certificate.model().predict(digits[0]) != digits[1]).sum())
    # Ties count as errors.
    assert errors <= certificate.errors


def test_the_bound_is_that_of_its_numbers(certificate: nonvacuous.Certificate) -> None:
    charged = certificate.bits + certificate.charged_bits
    exact = nonvacuous.bound(certificate.n, certificate.errors, charged, certificate.delta)
    assert exact <= certificate.bound < exact + 1e-6


def test_other_examples_do_not_verify_it(
    certificate: nonvacuous.Certificate, digits: Pair
) -> None:
    images, labels = digits
    verdict = certificate.verify(images[::-1], np.roll(labels, 1))
    assert not verdict
    assert not all(passed for _, passed in verdict.checks)


def test_the_order_of_examples_does_not_matter(
    certificate: nonvacuous.Certificate, digits: Pair
) -> None:
    images, labels = digits
    assert certificate.verify(images[::-1], labels[::-1])


def test_it_is_saved_and_opened_as_it_is(
    certificate: nonvacuous.Certificate, tmp_path: Path
) -> None:
    certificate.save(tmp_path / "mine")
    assert nonvacuous.Certificate.open(tmp_path / "mine") == certificate
    with pytest.raises(nonvacuous.CertificateError):
        nonvacuous.Certificate.open(tmp_path / "none")


def test_the_command_verifies_what_python_made(
    certificate: nonvacuous.Certificate, digits: Pair, tmp_path: Path
) -> None:
    certificate.save(tmp_path / "mine")
    np.savez(tmp_path / "examples.npz", x_train=digits[0], y_train=digits[1])
    found = command("verify", "mine", "--data", "examples.npz", folder=tmp_path)
    assert found.returncode == 0, found.stderr
    assert found.stdout.startswith("holds:")


def test_the_command_makes_the_same_bytes(
    nearest_means: Tensors, digits: Pair, tmp_path: Path
) -> None:
    python, typed = tmp_path / "python", tmp_path / "typed"
    nonvacuous.certify(
        nearest_means, *digits, architecture="dense:10:b", out=python, progress=False
    )
    typed.mkdir()
    for name in ("examples.npz", "model.safetensors"):
        (typed / name).write_bytes((python / name).read_bytes())
    found = command(
        "certify", "--data=examples.npz", "--model=model.safetensors", "--delta=0.05",
        "--arch=dense:10:b", "--out=certificate", folder=typed,
    )
    assert found.returncode == 0, found.stderr
    for name in ("model.nvc", "certificate.json"):
        one, other = [
            (folder / "certificate" / name).read_bytes() for folder in (python, typed)
        ]
        if name == "certificate.json":
            # How it was called is all that differs: Python asks for JSON and for progress.
            one = one.replace(b" --progress-lines --json", b"")
        assert one == other


def test_python_verifies_what_the_command_made(digits: Pair, tmp_path: Path) -> None:
    np.savez(tmp_path / "examples.npz", x_train=digits[0], y_train=digits[1])
    found = command(
        "certify", "--data", "examples.npz", "--effort", "quick", "--out", "c", folder=tmp_path
    )
    assert found.returncode == 0, found.stderr
    assert nonvacuous.Certificate.open(tmp_path / "c").verify(*digits)


def test_a_held_out_bound_stands_beside_it(nearest_means: Tensors, digits: Pair) -> None:
    images, labels = digits
    found = nonvacuous.certify(
        nearest_means, images[:1200], labels[:1200], images[1200:], labels[1200:],
        architecture="dense:10:b", per_class=True, unseen=False,
    )
    assert found.held_out_bound is not None and found.held_out_bound < found.bound
    assert len(found.claim["per_class"]) == 10
    assert found.verify(images[:1200], labels[:1200], images[1200:], labels[1200:])


def test_a_file_is_certified_as_it_is(certificate: nonvacuous.Certificate, digits: Pair) -> None:
    again = nonvacuous.issue(certificate.file, *digits)
    assert (again.bound, again.errors) == (certificate.bound, certificate.errors)
    assert nonvacuous.certify(certificate.model(), *digits).bound == certificate.bound


def test_a_folder_is_for_the_same_examples(
    nearest_means: Tensors, digits: Pair, tmp_path: Path
) -> None:
    def certified(count: int, **others: Any) -> nonvacuous.Certificate:
        images, labels = digits[0][:count], digits[1][:count]
        return nonvacuous.certify(
            nearest_means, images, labels, architecture="dense:10:b", out=tmp_path, **others
        )

    first = certified(1000)
    assert certified(1000) == first
    with pytest.raises(nonvacuous.UsageError, match="other examples"):
        certified(900)
    with pytest.raises(nonvacuous.UsageError, match="per_class"):
        certified(1000, per_class=True)
    assert certified(1000, per_class=True, replace=True).claim["per_class"]


def test_two_networks_of_one_name_are_not_confused(digits: Pair, tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "net.onnx").write_bytes(folder.encode())
    with pytest.raises(nonvacuous.UsageError) as refused:
        nonvacuous.fine_tune(
            tmp_path / "one" / "net.onnx", *digits, source="a", trained_on="b",
            model=tmp_path / "other" / "net.onnx", out=tmp_path / "out",
        )
    assert "base.onnx" in str(refused.value)
    assert (tmp_path / "out" / "base.onnx").read_bytes() == b"one"
    assert (tmp_path / "out" / "model.onnx").read_bytes() == b"other"


def test_a_folder_s_own_modules_are_not_run(
    nearest_means: Tensors, digits: Pair, tmp_path: Path
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit(7)")
    assert nonvacuous.certify(
        nearest_means, *digits, architecture="dense:10:b", out=tmp_path
    ).n == 1500


def test_held_out_examples_of_which_nothing_is_claimed_are_refused(
    certificate: nonvacuous.Certificate, digits: Pair
) -> None:
    with pytest.raises(nonvacuous.DataError, match="no held-out"):
        certificate.verify(*digits, *digits)


def test_notebooks_see_a_table(certificate: nonvacuous.Certificate, digits: Pair) -> None:
    page = certificate._repr_html_()
    assert "<table>" in page and "On trust" in page
    assert "✓" in certificate.verify(*digits)._repr_html_()
    assert repr(certificate).startswith(f"Certificate(bound={certificate.bound}")


def test_no_page_shows_a_bound_that_is_rounded_down(certificate: nonvacuous.Certificate) -> None:
    in_words = re.search(r"at most ([\d.]+%)", certificate.sentence)
    assert in_words is not None
    assert f"<td>{in_words[1]}</td>" in certificate._repr_html_()
    assert float(in_words[1][:-1]) >= 100 * certificate.bound


@pytest.mark.parametrize(
    "images, labels, said",
    [
        (np.zeros((4, 8, 8)) + 0.3, np.zeros(4), "255"),
        (np.zeros((4, 8, 8), np.uint8), np.zeros(3, np.uint8), "3"),
        (np.zeros((4, 8, 8), np.uint8), np.zeros(4) - 1, "label"),
        (np.zeros((4, 8, 8, 8, 8), np.uint8), np.zeros(4), "8"),
        ("words", np.zeros(4), "words|type"),
    ],
)
def test_what_are_no_examples_is_refused(
    certificate: nonvacuous.Certificate, images: Any, labels: Any, said: str
) -> None:
    with pytest.raises(nonvacuous.DataError, match=said):
        certificate.verify(images, labels)
    with pytest.raises(nonvacuous.DataError, match=said):
        nonvacuous.certify(None, images, labels)


def test_half_of_the_held_out_examples_is_an_error(digits: Pair) -> None:
    with pytest.raises(nonvacuous.DataError, match="go together"):
        nonvacuous.certify(None, *digits, test_images=digits[0])


def test_an_option_that_has_no_use_is_an_error(nearest_means: Tensors, digits: Pair) -> None:
    with pytest.raises(nonvacuous.UsageError, match="effort"):
        nonvacuous.certify(nearest_means, *digits, architecture="dense:10:b", effort="quick")
