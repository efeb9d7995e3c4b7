"""Ctrl-C ends long work within a second, and loses nothing that is finished."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nonvacuous
import numpy as np
import pytest
from conftest import ROOT, Images

LONG = """
import numpy, nonvacuous, sys
with numpy.load("examples.npz") as file:
    print("begun", flush=True)
    nonvacuous.{call}
"""


def interrupted(call: str, folder: Path, after: float) -> tuple[float, str]:
    process = subprocess.Popen(
        [sys.executable, "-c", LONG.format(call=call)],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    assert process.poll() is None, process.communicate()[1]
    begun = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    return time.monotonic() - begun, said


@pytest.fixture
def folder(tmp_path: Path, digits: tuple[Images, Images]) -> Path:
    images, labels = digits
    large = np.tile(images, (40, 1, 1))
    np.savez(tmp_path / "examples.npz", x=large, y=np.tile(labels, 40))
    return tmp_path


def test_a_search_ends_and_what_it_found_is_there(folder: Path) -> None:
    call = 'certify(None, file["x"], file["y"], effort="max", out="out", progress=False)'
    seconds, said = interrupted(call, folder, 20.0)
    assert "KeyboardInterrupt" in said
    # With the end of the interpreter, on a busy machine.
    assert seconds < 5.0
    if (folder / "out" / "certificate" / "certificate.json").exists():
        assert nonvacuous.Certificate.open(folder / "out" / "certificate").n == 60_000


def test_a_verification_ends(folder: Path) -> None:
    certificate = ROOT / "experiments" / "certificates" / "digits"
    call = (
        f'Certificate.open({str(certificate)!r})._certificate; '
        '[nonvacuous.Certificate.open('
        f'{str(certificate)!r}).verify(file["x"], file["y"]) for _ in range(10**6)]'
    )
    seconds, said = interrupted(call, folder, 2.0)
    assert "KeyboardInterrupt" in said
    assert seconds < 5.0
