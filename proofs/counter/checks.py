"""All checks of a certificate: docs/certificate.md, "What `verify` checks"."""

import hashlib
import math
import time
from fractions import Fraction

import numpy as np

from . import bounds, evaluation, examples, loss, model
from .errors import CannotCheck, Invalid

DESIGN_BITS = {1: 64, 2: 64, 3: 80, 4: 96}
TOLERANCE = 1


class Report:
    """Compares what is claimed with what was found, and prints both."""

    def __init__(self):
        self.agrees = True
        self.start = time.monotonic()

    def line(self, what, found, claimed, fits=None):
        """One comparison; equality, unless it is said whether it `fits`."""
        fits = found == claimed if fits is None else fits
        self.agrees = self.agrees and fits
        seconds = time.monotonic() - self.start
        verdict = "agrees" if fits else f"DISAGREES: claimed {claimed}"
        print(f"{seconds:8.1f} s  {what:24} {found}  {verdict}", flush=True)

    def bound(self, what, millionths, claimed):
        """A bound: never below the exact value, at most two units in the last decimal above it.

        `millionths` is the exact value rounded up, so that one more unit is left.
        """
        over = Fraction(claimed) * bounds.MILLION - millionths
        fits = over.denominator == 1 and 0 <= over <= TOLERANCE
        self.line(what, f"{millionths / bounds.MILLION:.6f}", float(claimed), fits)


def check(claim, folder, data, base_path):
    """Whether everything in the claim is so."""
    for key in ("subsample", "groups"):
        if key in claim:
            raise CannotCheck(f"this program does not check certificates with {key}")
    if claim["loss"] not in (loss.TOP_1, loss.TOP_5):
        raise CannotCheck("an unknown loss")
    report = Report()
    network = check_model(report, claim, folder, base_path)
    sets = examples.read(data or folder_of(claim))
    training, held_out = (some and with_outputs(claim, network, some) for some in sets)
    digests = check_data(report, claim, training)
    errors = check_errors(report, claim, network, training)
    check_bounds(report, claim, training, errors)
    if "held_out" in claim:
        check_held_out(report, claim, network, held_out)
    if len(set(digests)) < len(digests):
        print("Repeated examples: the bound takes them for independent draws.")
    return report.agrees


def folder_of(claim):
    """The folder of the well-known set that has the claim's digest: no name is believed."""
    name = examples.well_known().get(claim["training_set"]["sha256"])
    if name is None:
        raise CannotCheck("no well-known set has this digest: name the data with --data")
    return examples.folder_of(name)


def check_model(report, claim, folder, base_path):
    """The file: its SHA-256, length and decoding, and the base that it is relative to."""
    name = claim["model"]["file"]
    if "/" in name or name in ("", ".", ".."):
        raise CannotCheck("the model file is not beside the certificate")
    data = read_file(folder / name)
    report.line("model SHA-256", hashlib.sha256(data).hexdigest(), claim["model"]["sha256"])
    report.line("bits", 8 * len(data), claim["bits"])
    base = None
    if "base" in claim:
        if base_path is None:
            raise CannotCheck("the certificate is relative to a base: name it with --base")
        base = read_file(base_path)
        digest = hashlib.sha256(base).hexdigest()
        if digest != claim["base"]["sha256"]:
            raise CannotCheck("another base than the certificate's")
        report.line("base SHA-256", digest, claim["base"]["sha256"])
    network = model.read(data, base)
    report.line("relative to a base", network.version == 4, "base" in claim)
    design = DESIGN_BITS[network.version]
    report.line("design bits", claim["design_bits"], design, claim["design_bits"] in (0, design))
    report.line("margin", float(claim["margin"]), float(loss.MARGIN))
    return network


def read_file(path):
    """The bytes of a file that must be there."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotCheck(str(error)) from error


def check_data(report, claim, training):
    """Which data: their number, digest and number of different ones."""
    digests = training.digests()
    digest = training.digest(digests)
    name = claim["training_set"]["name"]
    report.line("data SHA-256", digest, claim["training_set"]["sha256"])
    report.line("name of the data", examples.well_known().get(digest, name), name)
    report.line("different examples", len(set(digests)), claim["training_set"]["distinct"])
    report.line("n", len(digests), claim["n"])
    return digests


def count_errors(claim, network, some):
    """Whether each example is an error."""
    if some.images.shape[1:] != network.graph.shapes[0]:
        raise CannotCheck("images of another size than the network reads")
    size = evaluation.batch_size(network)
    wrong = []
    for begin in range(0, len(some.labels), size):
        images = evaluation.pixels(some.levels, some.images[begin:begin + size])
        made = evaluation.logits(network, images)
        wrong.append(loss.wrong(made, some.labels[begin:begin + size], claim["loss"]))
    return np.concatenate(wrong)


def with_outputs(claim, network, some):
    """The examples with outputs of the network for classes, also in their digest."""
    outputs = math.prod(network.graph.shapes[-1])
    if "class_map" in claim:
        table = np.array(claim["class_map"]["output_of_class"])
        if len(set(table.tolist())) != some.classes or len(table) != some.classes:
            raise Invalid("a class map of other classes")
        if claim["class_map"]["outputs"] != outputs or not np.all((0 <= table) & (table < outputs)):
            raise Invalid("a class map of other outputs")
        return examples.Examples(some.images, table[some.labels], some.levels, outputs)
    if outputs != some.classes:
        raise Invalid("as many outputs as classes are needed, or a class map")
    return some


def check_errors(report, claim, network, training):
    """All examples are counted again."""
    wrong = count_errors(claim, network, training)
    report.line("k", int(wrong.sum()), claim["k"])
    return wrong


def limit(claim, share=1):
    """`delta 2^-bits`, with all bits that are charged, at a share of delta.

    What is chosen among M costs log2 M bits, rounded up: a base, and all of a class map at once.
    """
    choices = [claim["base"]["considered"]] if "base" in claim else []
    if "class_map" in claim:
        table = claim["class_map"]
        choices.append(table["outputs"] ** len(table["output_of_class"]))
    bits = claim["bits"] + claim["design_bits"]
    bits += sum((choice - 1).bit_length() for choice in choices)
    return bounds.tail_limit(Fraction(claim["delta"]) / share, bits)


def millionths(claimed):
    """Where a bound is looked for."""
    return int(Fraction(claimed) * bounds.MILLION)


def check_bounds(report, claim, training, wrong):
    """Every bound is computed again."""
    n, k = claim["n"], claim["k"]
    claimed = claim["bounds"]
    allowed = limit(claim)
    exact = bounds.binomial(n, k, allowed, millionths(claimed["occam_binomial"]))
    report.bound("occam_binomial", exact, claimed["occam_binomial"])
    report.bound("occam_kl", bounds.occam_kl(n, Fraction(k, n), allowed), claimed["occam_kl"])
    report.bound("occam_hoeffding", bounds.occam_hoeffding(n, Fraction(k, n), allowed),
                 claimed["occam_hoeffding"])
    if "per_class" not in claim:
        return
    outputs = claim.get("class_map", {}).get("output_of_class") or range(training.classes)
    report.line("classes", len(claim["per_class"]), len(outputs))
    for output, one in zip(outputs, claim["per_class"]):
        chosen = training.labels == output
        report.line(f"output {output}: n, k", (int(chosen.sum()), int(wrong[chosen].sum())),
                    (one["n"], one["k"]))
        exact = bounds.binomial(one["n"], one["k"], limit(claim, len(outputs)),
                                millionths(one["bound"]))
        report.bound(f"output {output}: bound", exact, one["bound"])


def check_held_out(report, claim, network, held_out):
    """The test set, and the bound of Clopper and Pearson."""
    claimed = claim["held_out"]
    if held_out is None:
        raise CannotCheck("the held-out examples are not in the folder")
    report.line("held-out SHA-256", held_out.digest(held_out.digests()), claimed["sha256"])
    wrong = count_errors(claim, network, held_out)
    report.line("held-out n, k", (len(wrong), int(wrong.sum())), (claimed["n"], claimed["k"]))
    exact = bounds.binomial(claimed["n"], claimed["k"], Fraction(claim["delta"]),
                            millionths(claimed["bound"]))
    report.bound("held-out bound", exact, claimed["bound"])
