"""A folder of photographs through decoding, resizing and EfficientNet-Lite0 in PyTorch: errors, and
photographs a second.

    pip install torch pillow safetensors efficientnet-lite-pytorch
    python benches/photographs.py efficientnet_lite0.safetensors FOLDER [THREADS]

The folder has one subfolder for each class, the classes in the order of their names. The same job,
to a certificate:

    nonvacuous compress efficientnet_lite0.safetensors -o net.nvc --arch efficientnet-lite0 \\
        --input 3x224x224 --classes 1000 --pixels imagenet --codewords 255
    RAYON_NUM_THREADS=THREADS nonvacuous certify --model net.nvc --data FOLDER --out certificate
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import torch
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from safetensors.torch import load_file

BATCH = 32
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def photograph(path):
    """The middle 224 x 224 of a photograph whose shorter side is brought to 256."""
    with Image.open(path) as file:
        image = file.convert("RGB")
    shorter = min(image.size)
    if shorter != 256:
        image = image.resize([length * 256 // shorter for length in image.size], Image.BICUBIC)
    left, top = [(length - 224) // 2 for length in image.size]
    levels = numpy.asarray(image.crop((left, top, left + 224, top + 224)))
    return (torch.from_numpy(levels.copy()).permute(2, 0, 1) / 255 - MEAN) / DEVIATION


def main(weights, folder, threads):
    torch.set_num_threads(threads)
    network = EfficientNet.from_name("efficientnet-lite0").eval()
    network.load_state_dict(load_file(weights))
    classes = sorted(path for path in Path(folder).iterdir() if path.is_dir())
    examples = [
        (path, label) for label, wnid in enumerate(classes) for path in sorted(wnid.iterdir())
    ]
    batches = [examples[first : first + BATCH] for first in range(0, len(examples), BATCH)]
    errors, start, processor = 0, time.perf_counter(), time.process_time()
    # Photographs are decoded while the network computes.
    with torch.inference_mode(), ThreadPoolExecutor(threads) as pool:
        decoded = [[pool.submit(photograph, path) for path, _ in batch] for batch in batches]
        for batch, images in zip(batches, decoded):
            logits = network(torch.stack([image.result() for image in images]))
            labels = torch.tensor([label for _, label in batch])
            errors += int((logits.argmax(1) != labels).sum())
            images.clear()
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    print("photographs,errors,threads,seconds,processor_seconds,photographs_a_second")
    print(
        f"{len(examples)},{errors},{threads},{seconds:.1f},{processor:.1f},"
        f"{len(examples) / seconds:.1f}"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 2)
