"""A base for handwritten digits that has never seen MNIST: a network for digits of fonts.

    apt-get install fonts-...        the more fonts there are, the better the base
    pip install torch numpy pillow fonttools scikit-learn Hershey-Fonts onnx onnxscript
    python experiments/bases/digits.py digits.onnx --minutes 25

What it learns: the ten digits of every outline font on this machine, those of Hershey's stroke
fonts, and 1,797 digits written by 43 people in Turkey (Alpaydin and Kaynak 1998, in scikit-learn).
None of these is in MNIST, whose writers were employees and students in the United States. Each is
distorted at random, and then brought into MNIST's format as its makers say: the digit in a box of
20 x 20, its centre of mass in the centre of 28 x 28.
"""

import argparse
from pathlib import Path

import numpy
import torch
from fontTools.ttLib import TTFont, TTLibError
from HersheyFonts import HersheyFonts
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits
from torch.nn import functional

from small_pictures import export, network, train

FONTS = [Path("/usr/share/fonts"), Path("/usr/share/texmf"), Path.home() / ".fonts"]
STROKES = ["futural", "futuram", "rowmans", "rowmand", "cursive", "scripts", "timesr", "timesi"]
CANVAS, GLYPH = 64, 36
BATCH = 256
HANDWRITTEN, STROKED = 0.25, 0.1


def placed(image: Image.Image) -> numpy.ndarray:
    """The ink of an image, as high or as wide as a glyph, in the middle of the canvas."""
    box = image.getbbox()
    ink = image.crop(box)
    scale = GLYPH / max(ink.size)
    size = [max(1, round(side * scale)) for side in ink.size]
    canvas = Image.new("L", (CANVAS, CANVAS))
    corner = [(CANVAS - side) // 2 for side in size]
    canvas.paste(ink.resize(size, Image.Resampling.LANCZOS), corner)
    return numpy.asarray(canvas, dtype=numpy.uint8)


def of_font(path: Path) -> list[numpy.ndarray]:
    """The ten digits of a font; none, if it has not all of them as ten different shapes."""
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            names = [(font.getBestCmap() or {}).get(ord(digit)) for digit in "0123456789"]
        if None in names or len(set(names)) < 10:
            return []
        font = ImageFont.truetype(str(path), 96)
        drawn = []
        for digit in "0123456789":
            image = Image.new("L", (256, 256))
            ImageDraw.Draw(image).text((80, 60), digit, fill=255, font=font)
            drawn.append(placed(image))
    except (TTLibError, OSError, ValueError, TypeError, AssertionError, KeyError):
        return []
    return drawn if len({digit.tobytes() for digit in drawn}) == 10 else []


def of_strokes(name: str, width: int) -> list[numpy.ndarray]:
    """The ten digits of a font of pen strokes."""
    font = HersheyFonts()
    font.load_default_font(name)
    font.normalize_rendering(140)
    drawn = []
    for digit in "0123456789":
        image = Image.new("L", (256, 256))
        draw = ImageDraw.Draw(image)
        for start, end in font.lines_for_text(digit):
            line = [(60 + x, 200 - y) for x, y in (start, end)]
            draw.line(line, fill=255, width=width)
            for x, y in line:
                half = width / 2
                draw.ellipse((x - half, y - half, x + half, y + half), fill=255)
        if image.getbbox() is None:
            return []
        drawn.append(placed(image))
    return drawn


def of_people() -> tuple[list[numpy.ndarray], list[int]]:
    """The digits of 43 writers."""
    digits = load_digits()
    levels = (digits.images / 16.0 * 255.0).astype(numpy.uint8)
    enlarged = [Image.fromarray(image).resize((80, 80), Image.Resampling.BICUBIC)
                for image in levels]
    return [placed(image.point(lambda level: max(0, level - 24))) for image in enlarged], [
        int(label) for label in digits.target
    ]


class Glyphs:
    """All shapes with their digits, in three groups that are drawn from at fixed rates."""

    def __init__(self) -> None:
        paths = sorted(path for folder in FONTS for path in folder.rglob("*")
                       if path.suffix.lower() in {".ttf", ".otf", ".pfb"})
        fonts = [drawn for path in paths if (drawn := of_font(path))]
        unique = {numpy.stack(drawn).tobytes(): drawn for drawn in fonts}
        strokes = [drawn for name in STROKES for width in (6, 10, 16, 22)
                   if (drawn := of_strokes(name, width))]
        people, labels = of_people()
        ten = list(range(10))
        groups = [
            (sum(unique.values(), []), ten * len(unique), 1.0 - HANDWRITTEN - STROKED),
            (sum(strokes, []), ten * len(strokes), STROKED),
            (people, labels, HANDWRITTEN),
        ]
        print(f"{len(unique)} fonts, {len(strokes)} of strokes, {len(people)} digits of people",
              flush=True)
        self.shapes = torch.from_numpy(numpy.concatenate([numpy.stack(group)
                                                          for group, _, _ in groups]))
        self.labels = torch.tensor(sum((labels for _, labels, _ in groups), []))
        rates = [torch.full((len(group),), rate / len(group)) for group, _, rate in groups]
        self.rates = torch.cat(rates)

    def batch(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Distorted digits `[count, 1, 28, 28]`, and which they are."""
        chosen = torch.multinomial(self.rates, count, replacement=True)
        shapes = self.shapes[chosen].float().div(255.0).unsqueeze(1)
        return as_mnist(thickened(distorted(shapes))), self.labels[chosen]


def uniform(count: int, low: float, high: float) -> torch.Tensor:
    return low + (high - low) * torch.rand(count)


def distorted(shapes: torch.Tensor) -> torch.Tensor:
    """Turned, sheared, stretched, and bent as rubber."""
    count = len(shapes)
    turn, shear = uniform(count, -0.25, 0.25), uniform(count, -0.45, 0.35)
    wide, high = uniform(count, -0.25, 0.35).exp(), uniform(count, -0.2, 0.2).exp()
    cos, sin = turn.cos(), turn.sin()
    rows = [torch.stack([wide * cos, high * (shear * cos - sin), torch.zeros(count)], 1),
            torch.stack([wide * sin, high * (shear * sin + cos), torch.zeros(count)], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), shapes.shape, align_corners=False)
    for side, strength in ((4, 0.08), (8, 0.03)):
        noise = torch.randn(count, 2, side, side) * (strength * torch.rand(count, 1, 1, 1) * 1.4)
        bent = functional.interpolate(noise, size=(CANVAS, CANVAS), mode="bicubic")
        grid = grid + bent.permute(0, 2, 3, 1)
    return functional.grid_sample(shapes, grid, align_corners=False)


def blurred(images: torch.Tensor, deviation: float) -> torch.Tensor:
    reach = max(1, round(2.5 * deviation))
    places = torch.arange(-reach, reach + 1, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (places / deviation) ** 2)
    kernel = kernel / kernel.sum()
    rows = functional.conv2d(images, kernel.view(1, 1, -1, 1), padding=(reach, 0))
    return functional.conv2d(rows, kernel.view(1, 1, 1, -1), padding=(0, reach))


def thickened(shapes: torch.Tensor) -> torch.Tensor:
    """Strokes thicker or thinner than they were."""
    parts = []
    for part, deviation in zip(shapes.chunk(4), (0.8, 1.2, 1.6, 2.0)):
        level = uniform(len(part), 0.12, 0.5).view(-1, 1, 1, 1)
        soft = blurred(part, deviation)
        # Thin strokes would vanish at a level that their middle does not reach.
        level = torch.minimum(level, 0.6 * soft.amax((2, 3), keepdim=True))
        parts.append(torch.sigmoid((soft - level) * 12.0) * (soft > 0.02))
    return torch.cat(parts)


def as_mnist(shapes: torch.Tensor) -> torch.Tensor:
    """In a box of 20 x 20, with the centre of mass in the centre of 28 x 28."""
    count = len(shapes)
    ink = shapes.squeeze(1)
    marked = ink > 0.3
    places = torch.arange(CANVAS, dtype=torch.float32)
    sides = []
    for axis in (2, 1):
        there = marked.any(axis)
        first = torch.where(there, places, CANVAS).amin(1)
        last = torch.where(there, places, 0.0).amax(1)
        sides.append((last - first + 1.0).clamp(min=4.0))
    side = torch.maximum(*sides)
    mass = ink.sum((1, 2)).clamp(min=1e-3)
    centre = [(ink.sum(axis) * places).sum(1) / mass for axis in (2, 1)]
    scale = side * (28.0 / 20.0) / CANVAS
    shift = [2.0 * (place + 0.5) / CANVAS - 1.0 for place in centre]
    nothing = torch.zeros(count)
    rows = [torch.stack([scale, nothing, shift[1]], 1), torch.stack([nothing, scale, shift[0]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), (count, 1, 28, 28), align_corners=False)
    made = functional.grid_sample(blurred(shapes, 0.7), grid, align_corners=False)
    return (made * uniform(count, 1.0, 1.3).view(-1, 1, 1, 1)).clamp(0.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    glyphs, learner = Glyphs(), network(16, 128)
    train(learner, lambda: glyphs.batch(BATCH), options.minutes)
    export(learner, options.out)


if __name__ == "__main__":
    main()
