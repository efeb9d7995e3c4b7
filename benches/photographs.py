"""Photographs a second in PyTorch, decoded, resized and classified by EfficientNet-Lite0, as

    nonvacuous certify --model efficientnet_lite0.nvc --data FOLDER --out DIR

does it with the file of

    nonvacuous compress efficientnet_lite0.safetensors --arch efficientnet-lite0 --pixels imagenet --epsilon 1e-3 --budget 2516582 -o efficientnet_lite0.nvc

    pip install torch pillow safetensors efficientnet-lite-pytorch
    python benches/photographs.py efficientnet_lite0.safetensors FOLDER [THREADS]

FOLDER has a folder of photographs for each class.
"""
import pathlib
import sys
import time

import numpy
import torch
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from safetensors.torch import load_file

MEAN = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)


class Photographs(torch.utils.data.Dataset):
    def __init__(self, folder):
        classes = sorted(path for path in pathlib.Path(folder).iterdir() if path.is_dir())
        self.files = [(file, label) for label, path in enumerate(classes) for file in sorted(path.iterdir())]

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        file, label = self.files[index]
        photograph = Image.open(file).convert("RGB")
        scale = 256 / min(photograph.size)
        photograph = photograph.resize([round(side * scale) for side in photograph.size], Image.BILINEAR)
        left, top = [(side - 224) // 2 for side in photograph.size]
        pixels = numpy.asarray(photograph.crop((left, top, left + 224, top + 224)), dtype=numpy.float32)
        return torch.from_numpy(((pixels / 255 - MEAN) / DEVIATION).transpose(2, 0, 1).copy()), label


def main():
    weights, folder, threads = sys.argv[1], sys.argv[2], int((sys.argv[3:] or ["2"])[0])
    torch.set_num_threads(threads)
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(load_file(weights))
    network.eval()
    photographs = Photographs(folder)
    start = time.time()
    wrong = 0
    with torch.inference_mode():
        for pixels, labels in torch.utils.data.DataLoader(photographs, batch_size=64, num_workers=threads):
            wrong += int((network(pixels).argmax(1) != labels).sum())
    seconds = time.time() - start
    print(f"{wrong} of {len(photographs)} wrong, {seconds:.1f} s, {len(photographs) / seconds:.1f} photographs a second")


if __name__ == "__main__":
    main()
