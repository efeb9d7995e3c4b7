"""Writes docs/python.md from the docstrings: ``python reference.py [--check]``."""

import argparse
import importlib
import inspect
import sys
import textwrap
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "docs" / "python.md"
GROUPS = {
    "Bounds": ["bound", "bounds", "bound_names", "binomial_tail_inverse", "kl_inverse", "limit",
               "max_test_error"],
    "Certificates": ["certify", "fine_tune", "issue", "Certificate", "Verdict"],
    "Model files": ["compress", "decompress", "Model"],
    "Theorems and experiments": ["check", "run", "figures"],
    "What goes wrong": ["NonvacuousError", "DomainError", "DataError", "ModelError",
                        "CertificateError", "DoesNotHold", "UsageError", "MachineError",
                        "NonvacuousWarning"],
}
MODULES = {
    "PyTorch: `nonvacuous.torch`": ("nonvacuous.torch", ["RateLoss"]),
    "scikit-learn: `nonvacuous.sklearn`": ("nonvacuous.sklearn", ["CertifiedClassifier"]),
}
HEAD = """# Python

`pip install ./python` from a clone builds the module `nonvacuous` and the command (Rust 1.89 and a
C compiler are needed); [the notebook](../python/tutorial.ipynb) is a tour. This page is made from
the docstrings by `python/reference.py`.

Arrays are numpy's, PyTorch's on the processor, or anything with `__dlpack__` or `__array__`. Bounds
are computed on all cores without Python's lock. Long work is the command's own, in a process of its
own: Ctrl-C ends it, and with `out=` the same call goes on from what was finished; the same files
give the same certificates as the command does, byte for byte. What it says on the way goes to the
logger `nonvacuous`, advice becomes a `NonvacuousWarning`.
"""


def called(thing: Any) -> str:
    """Parameters with what they are without being given; what they may be, the docstring says."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    empty = inspect.Parameter.empty
    kept = [one.replace(annotation=empty) for one in signature.parameters.values()
            if one.name not in ("self", "cls")]
    return str(signature.replace(parameters=kept, return_annotation=inspect.Signature.empty))


def entry(name: str, thing: Any, level: str = "###") -> str:
    """A heading with the signature, and the docstring."""
    text = inspect.getdoc(thing) or ""
    if isinstance(thing, property):
        return f"{level} `{name}`\n\n{text}\n"
    signature = called(thing)
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        signature = f"({', '.join(base.__name__ for base in thing.__bases__)})"
        return f"{level} `{name}{signature}`\n\n{text}\n"
    if not text:
        return ""
    call = textwrap.fill(f"{name}{signature}", 100, subsequent_indent="    ")
    block = f"```text\n{call}\n\n{text}\n```\n"
    return f"{level} `{name}`\n\n{block}"


def members(name: str, thing: Any) -> list[str]:
    """The public methods and properties that a class itself has."""
    found = []
    for member, value in vars(thing).items():
        if member.startswith("_"):
            continue
        value = getattr(value, "__func__", value)
        if callable(value) or isinstance(value, property):
            found.append(entry(f"{name}.{member}", value, "####"))
    return found


def described(module: Any, names: list[str]) -> list[str]:
    """Entries of a module, classes with what they have."""
    found = []
    for name in names:
        thing = getattr(module, name)
        found.append(entry(name, thing))
        if inspect.isclass(thing) and not issubclass(thing, BaseException):
            found += members(name, thing)
    return [text for text in found if text]


def page() -> str:
    """The whole page."""
    package = importlib.import_module("nonvacuous")
    listed = {name for names in GROUPS.values() for name in names}
    missing = listed.symmetric_difference(package.__all__)
    if missing:
        sys.exit(f"not listed here, or not there: {sorted(missing)}")
    parts = [HEAD]
    for title, names in GROUPS.items():
        parts += [f"## {title}\n", *described(package, names)]
    for title, (name, names) in MODULES.items():
        parts += [f"## {title}\n", *described(importlib.import_module(name), names)]
    return "\n".join(parts)


def main() -> None:
    """Writes the page, or says that it is another."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="only say whether it is current")
    text = page()
    if not arguments.parse_args().check:
        TARGET.write_text(text, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text:
        sys.exit("docs/python.md is not what the docstrings say: run python/reference.py")


if __name__ == "__main__":
    main()
