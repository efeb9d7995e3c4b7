"""The published certificates, checked by the second verifier; `python -m pytest` in `proofs/`."""

import json
import shutil
import sys
from fractions import Fraction
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from counter import __main__ as command  # noqa: E402
from counter import bounds, examples, model  # noqa: E402
from counter.errors import CannotCheck, Invalid  # noqa: E402

EXPERIMENTS = examples.ROOT / "experiments"
CERTIFICATES = EXPERIMENTS / "certificates"
DIGITS_BASE = EXPERIMENTS / "bases" / "digits.nvc"


def exit_code(monkeypatch, *arguments):
    """What the command would exit with."""
    monkeypatch.setattr(sys, "argv", ["counter", *map(str, arguments)])
    return command.main()


@pytest.mark.parametrize("name, data, base", [
    ("digits", "digits", None),
    ("mnist", "mnist", None),
    ("mnist-lenet5", "mnist", None),
    ("fashion-mnist", "fashion-mnist", None),
    ("cifar10", "cifar10", None),
    ("mnist-from-fonts", "mnist", DIGITS_BASE),
])
def test_published_certificates_agree(monkeypatch, name, data, base):
    try:
        folder = examples.folder_of(data)
    except CannotCheck as reason:
        pytest.skip(str(reason))
    options = ["--base", base] if base else []
    assert exit_code(monkeypatch, CERTIFICATES / name, "--data", folder, *options) == 0


@pytest.mark.parametrize("key, value", [
    ("k", 40), ("bits", 392), ("bounds", {"occam_binomial": 0.26843}), ("delta", 0.1),
])
def test_a_forged_claim_disagrees(monkeypatch, tmp_path, key, value):
    folder = shutil.copytree(CERTIFICATES / "digits", tmp_path / "digits")
    claim = json.loads((folder / "certificate.json").read_text())
    claim[key] = claim[key] | value if isinstance(value, dict) else value
    (folder / "certificate.json").write_text(json.dumps(claim))
    assert exit_code(monkeypatch, folder) == 1


def test_without_the_base_nothing_can_be_checked(monkeypatch):
    assert exit_code(monkeypatch, CERTIFICATES / "mnist-from-fonts") == 2


def test_no_other_file_of_the_same_length_or_longer_is_canonical():
    data = (CERTIFICATES / "digits" / "model.nvc").read_bytes()
    model.read(data)
    for other in (data + b"\0", data[:-1], data[:-1] + bytes([data[-1] ^ 1])):
        with pytest.raises(Invalid):
            model.read(other)


def test_the_binomial_bound_is_the_smallest_that_is_valid():
    limit = Fraction(1, 20)
    assert bounds.binomial(10, 0, limit, 258_866) == bounds.binomial(10, 0, limit, 0) == 258_866
    assert 0.741134 ** 10 <= 0.05 < 0.741135 ** 10
