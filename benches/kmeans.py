"""What kmeans.rs does, with scikit-learn: python3 benches/kmeans.py efficientnet_lite0.safetensors.
"""

import json
import struct
import sys
import time

import numpy
from sklearn.cluster import KMeans

with open(sys.argv[1], "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(length))
    data = file.read()
tensors = [
    entry
    for name, entry in sorted(header.items())
    if name != "__metadata__" and len(entry["shape"]) >= 2
]
weights = numpy.concatenate(
    [numpy.frombuffer(data[slice(*entry["data_offsets"])], "<f4") for entry in tensors]
)
start = time.time()
found = KMeans(32, n_init=1, random_state=1).fit(weights.reshape(-1, 1))
seconds = time.time() - start
print("method,weights,centres,seconds,distortion")
print(f"scikit-learn,{len(weights)},32,{seconds:.3f},{found.inertia_ / len(weights):.6e}")
