"""Ctrl-C ends long work, and loses nothing that is finished."""

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


def interrupted(call: str, folder: Path, after: float) -> str:
    """What a process said that was interrupted in a call some seconds after it had begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", LONG.format(call=call)],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Whoever starts the tests in the background of a shell has them ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    assert process.poll() is None, process.communicate()[1]
    os.kill(process.pid, signal.SIGINT)
    try:
        return process.communicate(timeout=60)[1]
    finally:
        process.kill()


@pytest.fixture
def folder(tmp_path: Path, digits: tuple[Images, Images]) -> Path:
    images, labels = digits
    large = np.tile(images, (40, 1, 1))
    np.savez(tmp_path / "examples.npz", x=large, y=np.tile(labels, 40))
    return tmp_path


def test_a_search_ends_and_what_it_found_is_there(folder: Path) -> None:
    call = 'certify(None, file["x"], file["y"], effort="max", out="out", progress=False)'
    assert "KeyboardInterrupt" in interrupted(call, folder, 20.0)
    if (folder / "out" / "certificate" / "certificate.json").exists():
        assert nonvacuous.Certificate.open(folder / "out" / "certificate").n == 60_000


def test_a_verification_ends(folder: Path) -> None:
    certificate = ROOT / "experiments" / "certificates" / "digits"
    call = (
        f'Certificate.open({str(certificate)!r})._certificate; '
        '[nonvacuous.Certificate.open('
        f'{str(certificate)!r}).verify(file["x"], file["y"]) for _ in range(10**6)]'
    )
    assert "KeyboardInterrupt" in interrupted(call, folder, 2.0)
