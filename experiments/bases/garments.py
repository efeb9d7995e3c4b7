"""A base for pictures of clothes that has never seen one: a network for clothes that it draws.

    pip install torch numpy pillow onnx onnxscript
    python experiments/bases/garments.py garments.onnx --minutes 30

What it learns: drawings of the ten kinds of things that Fashion-MNIST has (Xiao, Rasul and Vollgraf
2017), by the rules below, which say what a garment is in words turned to curves. They were written
from the names of the classes, without an example of the data. Each drawing is brought into the
format as its makers say: cut to the thing, the longest edge subsampled to 28 pixels, sharpened,
negated.
"""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import numpy
import torch
from PIL import Image, ImageDraw, ImageFilter
from torch.nn import functional

from small_pictures import export, network, train

CANVAS = 140
BATCH = 256
DRAWINGS = 40_000
Points = list[tuple[float, float]]

uniform = random.uniform


def chance(probability: float) -> bool:
    return random.random() < probability


def curve(points: Points, steps: int = 6) -> Points:
    """An open curve through all points (Catmull and Rom 1974)."""
    ends = [points[0], *points, points[-1]]
    through = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:]):
        for step in range(steps):
            t = step / steps
            through.append(tuple(
                b[i] + 0.5 * t * (c[i] - a[i] + t * (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]
                                                     + t * (3 * (b[i] - c[i]) + d[i] - a[i])))
                for i in (0, 1)))
    return [*through, points[-1]]


def mirrored(half: Points) -> Points:
    """A closed outline from its right half, from top to bottom; x = 0 is its axis."""
    return half + [(-x, y) for x, y in reversed(half)]


def smooth_noise(side: int, size: int) -> numpy.ndarray:
    """Noise of deviation about 1 with details of one part in `side` of the canvas."""
    noise = numpy.random.randn(side, side).astype(numpy.float32)
    return numpy.asarray(Image.fromarray(noise).resize((size, size), Image.Resampling.BICUBIC))


def texture(size: int) -> numpy.ndarray:
    """Cloth: factors around 1, `[size, size]`: plain, striped, chequered, printed, knitted."""
    y, x = numpy.mgrid[0:size, 0:size].astype(numpy.float32) / size
    cloth = 1.0 + uniform(0.0, 0.08) * smooth_noise(random.randint(4, 10), size)
    kind, strength = random.random(), uniform(0.15, 0.9)
    period, phase = uniform(0.03, 0.16), uniform(0.0, 1.0)
    if kind < 0.12:
        cloth = cloth - strength * ((y / period + phase) % 1.0 < uniform(0.25, 0.6))
    elif kind < 0.16:
        cloth = cloth - strength * ((x / period + phase) % 1.0 < uniform(0.25, 0.6))
    elif kind < 0.24:
        across = ((x / period + phase) % 1.0 < 0.5).astype(numpy.float32)
        along = ((y / period + phase) % 1.0 < 0.5).astype(numpy.float32)
        cloth = cloth - 0.5 * strength * (across + along)
    elif kind < 0.36:
        cloth = cloth - strength * (smooth_noise(random.randint(8, 24), size) > uniform(0.0, 1.0))
    elif kind < 0.44:
        edge, wide = uniform(0.2, 0.7), uniform(0.1, 0.5)
        cloth = cloth - strength * ((y > edge) & (y < edge + wide))
    return cloth


class Drawing:
    """One thing on white; tones from 0, black, to 1; x from -1 to 1, y from 0 to 2, downwards."""

    def __init__(self) -> None:
        dark = chance(0.55)
        self.tone = uniform(0.02, 0.4) if dark else uniform(0.4, 0.93)
        self.picture = numpy.ones((CANVAS, CANVAS), numpy.float32)
        self.covered = numpy.zeros((CANVAS, CANVAS), bool)
        self.cloth = texture(CANVAS)

    def mask(self, points: Points) -> numpy.ndarray:
        image = Image.new("L", (CANVAS, CANVAS))
        ImageDraw.Draw(image).polygon(self.pixels(points), fill=1)
        return numpy.asarray(image, dtype=bool)

    def pixels(self, points: Points) -> Points:
        scale = CANVAS / 2.3
        return [(CANVAS / 2 + scale * x, 0.07 * CANVAS + scale * y) for x, y in points]

    def part(self, points: Points, shade: float = 1.0, tone: float | None = None,
             plain: bool = False) -> None:
        """A piece of cloth, rounder towards its edges; `shade` is a factor of its tone."""
        mask = self.mask(points)
        soft = numpy.asarray(Image.fromarray((mask * 255).astype(numpy.uint8)).filter(
            ImageFilter.GaussianBlur(uniform(2.0, 6.0)))) / 255.0
        tone = (self.tone if tone is None else tone) * shade
        cloth = numpy.ones_like(self.cloth) if plain else self.cloth
        rounded = 1.0 - uniform(0.0, 0.7) * (1.0 - soft)
        self.picture[mask] = (tone * cloth * rounded).clip(0.0, 0.98)[mask]
        self.covered |= mask

    def line(self, points: Points, width: float, tone: float) -> None:
        """A stroke, inside or outside of what there is; `width` as x and y."""
        image = Image.new("L", (CANVAS, CANVAS))
        thick = max(1, round(width * CANVAS / 2.3))
        ImageDraw.Draw(image).line(self.pixels(points), fill=1, width=thick, joint="curve")
        mask = numpy.asarray(image, dtype=bool)
        self.picture[mask] = tone
        self.covered |= mask

    def erase(self, points: Points) -> None:
        mask = self.mask(points)
        self.picture[mask] = 1.0
        self.covered &= ~mask

    def contrast(self, strength: float) -> float:
        """A tone that differs from the cloth's."""
        return min(0.97, max(0.0, self.tone + (strength if self.tone < 0.5 else -strength)))

    def finished(self) -> numpy.ndarray:
        """As Fashion-MNIST: bytes `[28, 28]`, the thing bright on black."""
        rows, columns = numpy.where(self.covered.any(1))[0], numpy.where(self.covered.any(0))[0]
        cut = self.picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        high, wide = cut.shape
        scale = 28.0 / max(high, wide)
        size = [max(1, round(scale * side)) for side in (wide, high)]
        image = Image.fromarray((cut * 255.0).astype(numpy.uint8))
        soft = image.resize(size, Image.Resampling.BOX if chance(0.5)
                            else Image.Resampling.NEAREST)
        sharp = soft.filter(ImageFilter.UnsharpMask(1.0, random.randint(0, 120), 0))
        canvas = Image.new("L", (28, 28), 255)
        canvas.paste(sharp, ((28 - size[0]) // 2, (28 - size[1]) // 2))
        return 255 - numpy.asarray(canvas)


def sleeves(drawing: Drawing, shoulder: float, top: float, length: float, width: float,
            spread: float) -> None:
    """Both sleeves, from the shoulder down; `spread` is how far the cuff stands off."""
    end_x, end_y = shoulder + spread, top + length
    thin = width * uniform(0.6, 0.95)
    for side in (1.0, -1.0):
        jitter = uniform(-0.03, 0.03)
        outer = curve([(shoulder - 0.08, top), (shoulder + 0.04 + 0.25 * spread, top + 0.1),
                       (shoulder + 0.62 * spread + 0.06, top + 0.5 * length),
                       (end_x + jitter, end_y)])
        inner = [(end_x - thin + jitter, end_y + 0.02), (shoulder - width, top + 0.32)]
        drawing.part([(side * x, y) for x, y in outer + inner], uniform(0.8, 1.1))


def torso(drawing: Drawing, shoulder: float, waist: float, hem: float, top: float,
          length: float, neck: float) -> None:
    """The body of an upper garment, with shoulders that slope from the neck."""
    slope = uniform(0.04, 0.14)
    side = curve([(shoulder, top + slope), (0.5 * (shoulder + waist) + 0.02, top + 0.35 * length),
                  (waist, top + 0.6 * length), (hem, top + length)])
    half = [(0.0, top), (neck, top), *side, (0.5 * hem, top + length + uniform(0.0, 0.04)),
            (0.0, top + length)]
    drawing.part(mirrored(half))


def neckline(drawing: Drawing, neck: float, top: float, deep: float, pointed: bool) -> None:
    """What is cut out at the neck; behind it the inside of the back is seen."""
    middle = [(0.0, top + deep)] if pointed else [(0.6 * neck, top + 0.8 * deep), (0.0, top + deep)]
    half = [(0.0, top - 0.03), (neck, top - 0.03), *middle]
    drawing.erase(mirrored(half))
    if chance(0.6):
        back = [(0.0, top), (neck, top), (0.5 * neck, top + 0.4 * deep), (0.0, top + 0.45 * deep)]
        drawing.part(mirrored(back), uniform(0.5, 0.9), plain=True)


def t_shirt(drawing: Drawing) -> None:
    shoulder, length = uniform(0.42, 0.62), uniform(1.35, 1.9)
    waist = shoulder * uniform(0.75, 1.05)
    neck, deep = uniform(0.14, 0.28), uniform(0.06, 0.4)
    if chance(0.2):  # a top with straps, or without sleeves
        strap, chest = uniform(0.16, 0.34), uniform(0.25, 0.5)
        half = [(0.0, chest), (strap - 0.06, 0.0), (strap + 0.06, 0.0),
                *curve([(shoulder * 0.8, chest), (waist, 0.6 * length),
                        (waist * uniform(0.95, 1.25), length)]), (0.0, length)]
        drawing.part(mirrored(half))
    else:
        sleeves(drawing, shoulder, uniform(0.05, 0.1), uniform(0.4, 0.75), uniform(0.12, 0.3),
                uniform(0.1, 0.36))
        torso(drawing, shoulder, waist, waist * uniform(0.95, 1.15), 0.0, length, neck)
        neckline(drawing, neck, 0.0, deep, chance(0.35))
    if chance(0.35):  # a print
        x, y, half = uniform(-0.1, 0.1), uniform(0.35, 0.7), uniform(0.1, 0.3)
        high = uniform(0.15, 0.5)
        drawing.part([(x - half, y), (x + half, y), (x + half, y + high), (x - half, y + high)],
                     tone=drawing.contrast(uniform(0.15, 0.7)))


def trouser(drawing: Drawing) -> None:
    waist, hip = uniform(0.24, 0.36), uniform(0.3, 0.44)
    cuff = uniform(0.1, 0.24)
    apart = uniform(0.0, 0.16)
    crotch = uniform(0.5, 0.72)
    for side in (1.0, -1.0):
        outer = curve([(waist, 0.0), (hip, 0.4), (hip + 0.3 * apart, 1.0), (apart + cuff, 2.0)])
        inner = [(apart + 0.01, 2.0 + uniform(-0.02, 0.02)), (0.01 + 0.5 * apart, 1.2),
                 (0.0, crotch), (0.0, uniform(0.0, 0.04))]
        drawing.part([(side * x, y) for x, y in outer + inner], uniform(0.9, 1.1))
    if chance(0.6):
        drawing.line([(-waist, 0.1), (waist, 0.1)], 0.03, drawing.contrast(uniform(0.05, 0.3)))
    if chance(0.4):
        drawing.line([(0.0, 0.1), (0.0, crotch)], 0.02, drawing.contrast(uniform(0.05, 0.3)))


def pullover(drawing: Drawing) -> None:
    shoulder, length = uniform(0.42, 0.6), uniform(1.35, 1.75)
    waist, neck = shoulder * uniform(0.85, 1.1), uniform(0.13, 0.24)
    sleeves(drawing, shoulder, uniform(0.05, 0.12), length * uniform(0.85, 1.1),
            uniform(0.16, 0.28), uniform(0.08, 0.34))
    torso(drawing, shoulder, waist, waist * uniform(0.85, 1.05), 0.0, length, neck)
    kind = random.random()
    if kind < 0.25:  # a hood
        hood = [(0.0, -0.12), (neck + 0.04, -0.1), (neck + 0.1, 0.12), (0.08, 0.3), (0.0, 0.3)]
        drawing.part(mirrored(hood), uniform(0.6, 1.0))
    elif kind < 0.4:  # a high collar
        drawing.part([(-neck, -0.12), (neck, -0.12), (neck, 0.06), (-neck, 0.06)],
                     uniform(0.8, 1.1))
    else:
        neckline(drawing, neck, 0.0, uniform(0.05, 0.3), chance(0.3))
    if chance(0.4):  # ribs at the hem
        drawing.line([(-waist, length - 0.1), (waist, length - 0.1)], 0.03,
                     drawing.contrast(uniform(0.05, 0.25)))
    if chance(0.2):  # a pocket
        pocket = [(-0.25, 1.25), (-0.16, 0.95), (0.16, 0.95), (0.25, 1.25)]
        drawing.line(pocket, 0.02, drawing.contrast(uniform(0.05, 0.3)))


def dress(drawing: Drawing) -> None:
    shoulder, waist = uniform(0.2, 0.36), uniform(0.17, 0.32)
    hem, level = uniform(0.22, 0.62), uniform(0.65, 0.95)
    neck = shoulder * uniform(0.4, 0.75)
    kind = random.random()
    if kind < 0.25:
        sleeves(drawing, shoulder, 0.05, uniform(0.25, 0.5), uniform(0.08, 0.18),
                uniform(0.06, 0.2))
    elif kind < 0.45:
        sleeves(drawing, shoulder, 0.06, uniform(0.9, 1.25), uniform(0.1, 0.16),
                uniform(0.05, 0.25))
    side = curve([(shoulder, uniform(0.02, 0.1)), (shoulder * uniform(0.8, 1.0), 0.38),
                  (waist, level), (0.5 * (waist + hem) + uniform(0.0, 0.06), 1.35), (hem, 2.0)])
    half = [(0.0, 0.0), (neck, 0.0), *side, (0.0, 2.0 + uniform(0.0, 0.05))]
    drawing.part(mirrored(half))
    neckline(drawing, neck, 0.0, uniform(0.05, 0.5), chance(0.4))
    if chance(0.35):
        drawing.line([(-waist, level), (waist, level)], uniform(0.02, 0.08),
                     drawing.contrast(uniform(0.1, 0.5)))


def front(drawing: Drawing, top: float, length: float, buttons: bool) -> None:
    """A line where a garment opens, perhaps with buttons."""
    x, tone = uniform(-0.06, 0.06), drawing.contrast(uniform(0.1, 0.5))
    drawing.line([(x, top), (x + uniform(-0.02, 0.02), length)], uniform(0.015, 0.04), tone)
    if buttons:
        count = random.randint(3, 7)
        for button in range(count):
            y = top + (length - top) * (button + 0.5) / count
            drawing.line([(x + 0.04, y), (x + 0.08, y)], 0.05, tone)


def collar(drawing: Drawing, neck: float, size: float, tone: float) -> None:
    for side in (1.0, -1.0):
        flap = [(0.02, size + 0.04), (0.03, 0.02), (neck, -0.06), (neck + 0.5 * size, 0.5 * size)]
        drawing.part([(side * x, y) for x, y in flap], tone=tone)


def coat(drawing: Drawing) -> None:
    shoulder, length = uniform(0.38, 0.56), uniform(1.6, 2.0)
    waist, neck = shoulder * uniform(0.85, 1.0), uniform(0.14, 0.24)
    sleeves(drawing, shoulder, uniform(0.06, 0.12), length * uniform(0.72, 0.92),
            uniform(0.16, 0.28), uniform(0.08, 0.3))
    torso(drawing, shoulder, waist, waist * uniform(0.95, 1.15), 0.0, length, neck)
    kind, open_to = random.random(), 0.0
    if kind < 0.45:  # lapels
        open_to = uniform(0.4, 0.8)
        inside = drawing.contrast(uniform(0.2, 0.6))
        drawing.part(mirrored([(0.0, 0.0), (neck, 0.0), (0.0, open_to)]), tone=inside)
        for side in (1.0, -1.0):
            lapel = [(neck, -0.03), (neck + 0.14, 0.3), (0.0, open_to)]
            drawing.part([(side * x, y) for x, y in lapel], uniform(0.6, 1.1))
    elif kind < 0.7:
        hood = [(0.0, -0.14), (neck + 0.06, -0.1), (neck + 0.12, 0.14), (0.0, 0.26)]
        drawing.part(mirrored(hood), uniform(0.5, 1.0))
    else:
        collar(drawing, neck, uniform(0.12, 0.25), drawing.tone * uniform(0.6, 1.1))
    front(drawing, open_to, length, chance(0.5))
    if chance(0.4):
        drawing.line([(-waist, 0.95), (waist, 0.95)], uniform(0.03, 0.08),
                     drawing.contrast(uniform(0.1, 0.4)))
    if chance(0.4):
        for side in (1.0, -1.0):
            drawing.line([(side * 0.2, 1.2), (side * 0.38, 1.15)], 0.03,
                         drawing.contrast(uniform(0.1, 0.4)))


def shirt(drawing: Drawing) -> None:
    shoulder, length = uniform(0.42, 0.58), uniform(1.4, 1.9)
    waist, neck = shoulder * uniform(0.78, 1.05), uniform(0.12, 0.22)
    if chance(0.3):
        sleeves(drawing, shoulder, 0.08, uniform(0.4, 0.8), uniform(0.14, 0.26),
                uniform(0.08, 0.3))
    else:
        sleeves(drawing, shoulder, 0.08, length * uniform(0.75, 1.0), uniform(0.14, 0.24),
                uniform(0.06, 0.34))
    torso(drawing, shoulder, waist, waist * uniform(0.95, 1.2), 0.0, length, neck)
    if chance(0.75):
        collar(drawing, neck, uniform(0.1, 0.22), drawing.tone * uniform(0.7, 1.15))
    else:
        neckline(drawing, neck, 0.0, uniform(0.1, 0.5), True)
    if chance(0.8):
        front(drawing, 0.15, length * uniform(0.3, 1.0), chance(0.5))
    if chance(0.25):
        x, y = uniform(0.1, 0.25), uniform(0.4, 0.6)
        drawing.line([(x - 0.1, y), (x + 0.1, y), (x + 0.1, y + 0.22), (x - 0.1, y + 0.22),
                      (x - 0.1, y)], 0.015, drawing.contrast(uniform(0.1, 0.3)))


def upper(drawing: Drawing, height: float, toe: float, ankle: float, back: float,
          base: float) -> Points:
    """The side of a shoe above its sole, toe to the left, from -1 to 1."""
    return [(-1.0, base), *curve([(-0.98, base - 0.6 * toe), (-0.75, base - toe),
                                  (-0.35, base - toe - 0.12), (ankle, base - height)]),
            *curve([(back, base - height + uniform(-0.05, 0.05)), (0.95, base - 0.5 * height),
                    (0.98, base)])]


def sneaker(drawing: Drawing) -> None:
    height, base = uniform(0.42, 0.75), 1.0
    sole = uniform(0.06, 0.18)
    drawing.part(upper(drawing, height, uniform(0.18, 0.3), uniform(0.0, 0.35),
                       uniform(0.75, 0.95), base))
    light = uniform(0.5, 0.97) if chance(0.7) else drawing.tone * uniform(0.5, 1.0)
    drawing.part([(-1.0, base), (1.0, base), (0.98, base + sole), (-0.95, base + sole)],
                 tone=light, plain=True)
    tone = drawing.contrast(uniform(0.15, 0.7))
    if chance(0.7):  # laces
        for lace in range(random.randint(2, 5)):
            x = -0.4 + 0.14 * lace
            y = base - 0.32 - (height - 0.35) * lace / 5
            drawing.line([(x - 0.08, y - 0.02), (x + 0.08, y + 0.1)], 0.03, tone)
    if chance(0.6):  # stripes at the side
        for stripe in range(random.randint(1, 3)):
            x = uniform(-0.3, 0.2) + 0.16 * stripe
            drawing.line([(x, base - 0.05), (x + uniform(0.0, 0.3), base - 0.4)],
                         uniform(0.03, 0.1), tone)
    if chance(0.3):
        drawing.part([(-1.0, base), *curve([(-0.98, base - 0.12), (-0.75, base - 0.24),
                                            (-0.5, base - 0.2)]), (-0.5, base)],
                     tone=drawing.contrast(uniform(0.1, 0.6)))


def boot(drawing: Drawing) -> None:
    height, base = uniform(1.0, 1.85), 1.85
    toe, ankle = uniform(0.22, 0.38), uniform(-0.2, 0.3)
    shaft = uniform(0.75, 1.0)
    lean = uniform(-0.1, 0.1)
    outline = [(-1.0, base), *curve([(-0.98, base - 0.6 * toe), (-0.7, base - toe),
                                     (ankle - 0.15, base - toe - 0.2), (ankle, base - 0.75),
                                     (ankle + lean, base - height)]),
               *curve([(shaft + lean, base - height + uniform(-0.08, 0.08)),
                       (shaft, base - 0.7), (uniform(0.9, 1.0), base - 0.25), (0.95, base)])]
    drawing.part(outline)
    if chance(0.45):  # a heel
        high, wide = uniform(0.1, 0.6), uniform(0.1, 0.4)
        drawing.part([(0.95 - wide, base - 0.02), (0.97, base - 0.02), (0.93, base + high),
                      (0.93 - 0.7 * wide, base + high)], uniform(0.5, 1.0), plain=True)
        arch = curve([(-1.0, base), (-0.6, base + high), (-0.25, base + high),
                      (0.3, base + 0.35 * high), (0.95 - wide, base)])
        drawing.part([*arch, (0.3, base - 0.1), (-0.9, base - 0.1)])
    else:
        sole = uniform(0.05, 0.16)
        tone = uniform(0.2, 0.9) if chance(0.4) else drawing.tone * uniform(0.4, 0.9)
        drawing.part([(-1.0, base), (0.98, base), (0.96, base + sole), (-0.96, base + sole)],
                     tone=tone, plain=True)
    tone = drawing.contrast(uniform(0.1, 0.5))
    if chance(0.35):
        for lace in range(random.randint(3, 6)):
            y = base - 0.5 - 0.12 * lace
            drawing.line([(ankle - 0.1, y), (ankle + 0.2, y + 0.05)], 0.03, tone)
    if chance(0.4):
        y = base - uniform(0.3, 0.8)
        drawing.line([(ankle - 0.2, y), (1.0, y - 0.05)], uniform(0.03, 0.1), tone)
    if chance(0.3):
        x = uniform(0.35, 0.7)
        drawing.line([(x, base - height + 0.1), (x, base - 0.3)], 0.03, tone)


def sandal(drawing: Drawing) -> None:
    heel = uniform(0.35, 1.3) if chance(0.45) else uniform(0.0, 0.12)
    base, thick = 1.3, uniform(0.04, 0.16)
    rise = base - heel
    foot = curve([(-1.0, base - 0.04), (-0.7, base), (-0.35, base - 0.05 - 0.1 * heel),
                  (0.3, base - 0.75 * heel), (0.95, rise)])
    below = [(x, y + thick) for x, y in reversed(foot)]
    drawing.part(foot + below, plain=True)
    if heel > 0.3:
        if chance(0.35):  # a wedge
            drawing.part([*foot, (0.95, base + thick), (-0.9, base + thick)], plain=True)
        else:
            wide = uniform(0.05, 0.25)
            drawing.part([(0.95 - wide, rise), (0.97, rise), (0.95, base + thick),
                          (0.95 - 0.6 * wide, base + thick)], plain=True)
    width = uniform(0.04, 0.16)
    for _ in range(random.randint(1, 3)):  # over the toes
        x, high = uniform(-0.85, -0.2), uniform(0.12, 0.4)
        step = uniform(0.15, 0.5)
        drawing.line(curve([(x, base - 0.05), (x + 0.4 * step, base - high - 0.1 * heel),
                            (x + step, base - 0.1 - 0.25 * heel)]), width, drawing.tone)
    if chance(0.75):  # around the ankle
        y = rise - uniform(0.25, 0.7)
        drawing.line(curve([(0.95, rise), (0.92, y + 0.1), (0.55, y + 0.05),
                            (0.3, y + uniform(0.0, 0.15))]), width, drawing.tone)
        drawing.line([(0.93, y + 0.1), (0.3, y + 0.15)], width, drawing.tone)
        if chance(0.5):
            drawing.line([(0.3, y + 0.1), (uniform(-0.5, 0.1), base - 0.4 - 0.2 * heel),
                          (-0.6, base - 0.1)], width, drawing.tone)


def bag(drawing: Drawing) -> None:
    high, top = uniform(0.6, 1.3), uniform(0.6, 1.0)
    bottom, round_ = uniform(0.7, 1.0), uniform(0.0, 0.2)
    y = 2.0 - high
    half = [(0.0, y), *curve([(top - round_, y), (top, y + round_), (bottom, 2.0 - round_),
                              (bottom - round_, 2.0)]), (0.0, 2.0)]
    kind = random.random()
    strap, width = uniform(0.25, 0.75), uniform(0.04, 0.12)
    if kind < 0.75:
        rise = y - uniform(0.15, 0.9) * min(1.0, y)
        tone = drawing.tone * uniform(0.6, 1.1)
        for shift in ((0.0, 0.06) if chance(0.4) else (0.0,)):
            drawing.line(curve([(-strap + shift, y + 0.05), (-0.85 * strap, 0.5 * (y + rise)),
                                (-0.4 * strap, rise), (0.4 * strap, rise),
                                (0.85 * strap, 0.5 * (y + rise)), (strap + shift, y + 0.05)]),
                         width, min(tone, 0.95))
    drawing.part(mirrored(half))
    tone = drawing.contrast(uniform(0.1, 0.5))
    if chance(0.45):  # a flap
        deep = y + uniform(0.3, 0.6) * high
        flap = [(0.0, y), (top, y), (top * uniform(0.7, 1.0), deep), (0.0, deep + 0.05)]
        drawing.part(mirrored(flap), uniform(0.7, 1.2))
        drawing.line([(-0.9 * top, deep), (0.0, deep + 0.05), (0.9 * top, deep)], 0.02, tone)
    if chance(0.4):
        drawing.line([(0.0, y + 0.3 * high), (0.0, y + 0.45 * high)], 0.12, tone)
    if chance(0.3):
        drawing.line([(-top, y + 0.12), (top, y + 0.12)], 0.03, tone)


KINDS: list[tuple[Callable[[Drawing], None], bool]] = [
    (t_shirt, False), (trouser, False), (pullover, False), (dress, False), (coat, False),
    (sandal, True), (shirt, False), (sneaker, True), (bag, False), (boot, True),
]


def drawings(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Things in turn, bytes `[count, 1, 28, 28]`, and of which kind each is."""
    random.seed(seed)
    numpy.random.seed(seed)
    images = numpy.empty((count, 1, 28, 28), numpy.uint8)
    for place in range(count):
        draw, shoe = KINDS[place % 10]
        drawing = Drawing()
        draw(drawing)
        image = drawing.finished()
        # Shoes are photographed with the toe to the left; a few are not.
        turn = chance(0.1) if shoe else chance(0.5)
        images[place, 0] = image[:, ::-1] if turn else image
    return torch.from_numpy(images), torch.arange(count) % 10


def changed(images: torch.Tensor) -> torch.Tensor:
    """Stretched, bent a little, brightened, with noise, in [0, 1]."""
    count = len(images)
    scale = 1.0 + 0.16 * torch.rand(count, 2) - 0.06
    shear, shift = 0.06 * torch.randn(count), 0.08 * torch.randn(count, 2)
    rows = [torch.stack([scale[:, 0], shear, shift[:, 0]], 1),
            torch.stack([0.3 * shear, scale[:, 1], shift[:, 1]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), (count, 1, 28, 28), align_corners=False)
    noise = 0.05 * torch.randn(count, 2, 5, 5) * torch.rand(count, 1, 1, 1)
    bent = functional.interpolate(noise, size=(28, 28), mode="bicubic").permute(0, 2, 3, 1)
    cut = functional.grid_sample(images.float() / 255.0, grid + bent, align_corners=False)
    gamma = (0.5 * torch.randn(count)).exp().view(-1, 1, 1, 1)
    grain = 0.06 * torch.rand(count, 1, 1, 1) * torch.randn_like(cut) * (cut > 0.02)
    return (cut.clamp(0.0, 1.0) ** gamma + grain).clamp(0.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheet", type=Path, help="save some drawings as a picture")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    images, labels = drawings(DRAWINGS, options.seed)
    if options.sheet:
        shown = images[:200].reshape(20, 10, 28, 28).permute(1, 2, 0, 3).reshape(280, 560)
        Image.fromarray(shown.numpy()).resize((1680, 840)).save(options.sheet)
    learner = network(20, 160)

    def batch() -> tuple[torch.Tensor, torch.Tensor]:
        chosen = torch.randint(len(labels), (BATCH,))
        return changed(images[chosen]), labels[chosen]

    train(learner, batch, options.minutes)
    export(learner, options.out)


if __name__ == "__main__":
    main()
