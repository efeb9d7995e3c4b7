#!/usr/bin/env python3
"""Bytes of the same quantised networks: our model file, and general compressors on the tensors
stored densely.

    python3 benches/codecs.py [--nncodec PYTHON] MODEL.nvc...

Needs `nonvacuous`, `xz` and `zstd` in the path. Each network is stored as single-precision numbers,
and as one byte a weight (its place among its tensor's values, which are not counted); both are
compressed with `xz -9e` and `zstd -19 --ultra`. With `--nncodec`, PYTHON is an interpreter that has
the package nncodec (the ISO neural network coding standard), which codes the same integers
losslessly.
"""

import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

COMPRESSORS = {"xz -9e": ["xz", "-9e", "-c"], "zstd -19": ["zstd", "-19", "--ultra", "-c", "-q"]}


def tensors(model, folder):
    """The tensors of a model as `(name, shape, bytes of singles)`, in the order of the file."""
    dense = folder / "dense.safetensors"
    subprocess.run(
        ["nonvacuous", "decompress", model, "-o", dense], check=True, stdout=subprocess.DEVNULL
    )
    data = dense.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    entries = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    found = []
    for name, entry in sorted(entries.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        found.append((name, entry["shape"], body[begin:end]))
    return found


def as_symbols(singles):
    """One byte a weight: 0 for zero, else the place among the values."""
    numbers = struct.unpack(f"<{len(singles) // 4}f", singles)
    values = sorted(set(numbers) - {0.0})
    places = {value: place + 1 for place, value in enumerate(values)} | {0.0: 0}
    return bytes(places[number] for number in numbers)


def signed_symbols(singles):
    """Whole numbers with zero in the middle, as a quantiser has them."""
    numbers = struct.unpack(f"<{len(singles) // 4}f", singles)
    below = sorted((value for value in set(numbers) if value < 0), reverse=True)
    above = sorted(value for value in set(numbers) if value > 0)
    places = {value: -1 - place for place, value in enumerate(below)}
    places |= {value: 1 + place for place, value in enumerate(above)} | {0.0: 0}
    return [places[number] for number in numbers]


NNCODEC = """
import json, sys, numpy
from nncodec import nnc
tensors = {}
for name, shape, numbers in json.load(sys.stdin):
    tensors[name] = numpy.array(numbers, dtype=numpy.int32).reshape(shape)
sizes = []
for row_skipping in (False, True):
    options = {"use_dq": False, "row_skipping": row_skipping, "verbose": False}
    options |= {"bitstream_path": sys.argv[1], "return_bitstream": True}
    stream = nnc.compress(tensors, **options)
    decoded = nnc.decompress(stream, verbose=False)
    assert all(numpy.array_equal(tensors[name], decoded[name]) for name in tensors), 'not lossless'
    sizes.append(len(stream))
open(sys.argv[1], 'wb').write(bytes(min(sizes)))
"""


def main():
    arguments = sys.argv[1:]
    python = None
    if arguments[:1] == ["--nncodec"]:
        python, arguments = arguments[1], arguments[2:]
    columns = ["ours"] + [f"{name}, {kind}" for kind in ("f32", "bytes") for name in COMPRESSORS]
    print(
        "network".ljust(24),
        *(column.rjust(16) for column in columns + (["nncodec"] if python else [])),
    )
    for model in arguments:
        with tempfile.TemporaryDirectory() as folder:
            found = tensors(model, Path(folder))
            singles = b"".join(data for _, _, data in found)
            symbols = b"".join(as_symbols(data) for _, _, data in found)
            sizes = [Path(model).stat().st_size]
            for dense in (singles, symbols):
                for command in COMPRESSORS.values():
                    sizes.append(
                        len(
                            subprocess.run(
                                command, input=dense, check=True, capture_output=True
                            ).stdout
                        )
                    )
            if python:
                out = Path(folder) / "nncodec"
                listed = [(name, shape, signed_symbols(data)) for name, shape, data in found]
                subprocess.run(
                    [python, "-c", NNCODEC, out],
                    input=json.dumps(listed),
                    text=True,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
                sizes.append(out.stat().st_size)
        print(Path(model).name.ljust(24), *(str(size).rjust(16) for size in sizes))


if __name__ == "__main__":
    main()
