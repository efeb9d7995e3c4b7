"""`certificate.json`: docs/certificate.md, read strictly."""

import json
import unicodedata
from fractions import Fraction

from .errors import CannotCheck

REQUIRED = {
    "": ("format", "model", "training_set", "loss", "margin", "n", "k", "bits", "design_bits",
         "delta", "bounds", "provenance"),
    "model": ("file", "sha256"),
    "training_set": ("name", "sha256", "distinct"),
    "bounds": ("occam_binomial", "occam_kl", "occam_hoeffding"),
    "subsample": ("size", "seed", "errors", "delta"),
    "groups": ("sha256", "count", "errors"),
    "class_map": ("outputs", "output_of_class"),
    "base": ("sha256", "source", "trained_on", "considered"),
    "per_class": ("n", "k", "bound"),
    "held_out": ("sha256", "n", "k", "bound"),
    "provenance": ("command", "seed", "version"),
}
OPTIONAL = ("subsample", "groups", "class_map", "base", "per_class", "held_out")
WHOLE = ("format", "distinct", "n", "k", "bits", "design_bits", "size", "errors", "count",
         "outputs", "considered", "seed")
REAL = ("margin", "delta", "occam_binomial", "occam_kl", "occam_hoeffding", "bound")


def read(path):
    """The certificate, its real numbers as fractions."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CannotCheck(f"no certificate: {error}") from error
    try:
        claim = json.loads(text, object_pairs_hook=unique, parse_float=Fraction)
    except ValueError as error:
        raise CannotCheck(f"no certificate: {error}") from error
    if not isinstance(claim, dict) or claim.get("format") != 2:
        raise CannotCheck("not a certificate of version 2")
    check_object(claim, "")
    for key in claim:
        if key == "per_class":
            if not isinstance(claim[key], list):
                raise CannotCheck("no certificate: per_class is no array")
            for one in claim[key]:
                check_object(one, key)
        elif key in REQUIRED:
            check_object(claim[key], key)
    return claim


def unique(pairs):
    """An object in which no key comes twice."""
    if len(dict(pairs)) != len(pairs):
        raise CannotCheck("no certificate: a key comes twice")
    return dict(pairs)


def check_object(value, name):
    """All keys that must be there, no unknown one, and values of the right kind."""
    if not isinstance(value, dict):
        raise CannotCheck(f"no certificate: {name} is no object")
    missing = [key for key in REQUIRED[name] if key not in value]
    unknown = [key for key in value if key not in REQUIRED[name]
               and (name or key not in OPTIONAL)]
    if missing or unknown:
        wrong = f"lacks {missing}, or has unknown {unknown}"
        raise CannotCheck(f"no certificate: {name or 'it'} {wrong}")
    for key, one in value.items():
        check_value(key, one, name)


def check_value(key, one, name):
    """A value by its key."""
    if name == "groups" and key == "errors":
        return
    if key in WHOLE and (type(one) is not int or one < 0):
        raise CannotCheck(f"no certificate: {key} is no whole number")
    if key in REAL and (not isinstance(one, Fraction) or not 0 <= one <= 1):
        raise CannotCheck(f"no certificate: {key} is no real number between 0 and 1")
    if key == "delta" and one in (0, 1):
        raise CannotCheck("no certificate: delta is 0 or 1")
    if isinstance(one, str) and any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in one):
        raise CannotCheck(f"no certificate: {key} has a character that cannot be shown")
