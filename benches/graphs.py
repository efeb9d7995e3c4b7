"""PyTorch's time for what benches/graphs measures: ResNet-18, MobileNetV2, ViT-B/32 on 16 images.

    OMP_NUM_THREADS=1 taskset -c 0 python benches/graphs.py
"""

import sys
import time

import torch
import torchvision

torch.set_num_threads(1)
names = sys.argv[1:] or ["resnet18", "mobilenet_v2", "vit_b_32", "resnet50"]
images = torch.rand(16, 3, 224, 224)
for name in names:
    network = torchvision.models.get_model(name, weights=None).eval()
    with torch.inference_mode():
        # Batch normalisation folded, as exporters do.
        network = torch.jit.freeze(torch.jit.trace(network, images))
        network(images)
        network(images)
        times = []
        for _ in range(9):
            start, used = time.perf_counter(), time.process_time()
            network(images)
            times.append((time.perf_counter() - start, time.process_time() - used))
    wall, used = (min(column) for column in zip(*times))
    print(f"{name}: {1000 * wall:.1f} ms, {1000 * used:.1f} ms of the processor")
