"""A claim with its model file, and what a verification of it finds."""

import html
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _nonvacuous
from ._arrays import optional_pair, pair
from ._folder import working_folder
from ._model import Model
from .exceptions import DataError


@dataclass(frozen=True)
class Verdict:
    """What a verification found."""

    holds: bool
    """Whether every check passed, and decides."""
    sentence: str
    """What is confirmed of a claim that holds; of another, what it claims."""
    checks: tuple[tuple[str, bool], ...]
    """What was checked, and whether the certificate is right about it."""
    undecided: str | None
    """Why the claim is neither confirmed nor refuted, if it is neither."""
    on_trust: tuple[str, ...]
    """What cannot be checked, and is taken on trust by whoever believes the sentence."""

    def __bool__(self) -> bool:
        return self.holds

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{'✓' if passed else '✗'}</td>"
            f"<td style='text-align:left'>{html.escape(what)}</td></tr>"
            for what, passed in self.checks
        )
        trust = html.escape("; ".join(self.on_trust))
        said = self.sentence if self.holds else "It does not hold."
        said = html.escape(f"Not decided: {self.undecided}" if self.undecided else said)
        return f"<p><b>{said}</b></p><table>{rows}</table><p><i>On trust: {trust}.</i></p>"


class Certificate:
    """With probability ``1 - delta`` a network misclassifies at most so many new examples.

    Made by `certify` and `fine_tune`; opened from a folder by `open`.
    """

    def __init__(self, certificate: "_nonvacuous.Certificate") -> None:
        self._certificate = certificate
        self._claim: dict[str, Any] = json.loads(certificate.claim())

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "Certificate":
        """The certificate in a folder, or in a ``certificate.json`` with the model beside it.

        Raises
        ------
        CertificateError
            If it cannot be read.
        """
        return cls(_nonvacuous.Certificate.open(Path(path)))

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Writes the claim and the model file into a folder, the claim last.

        Raises
        ------
        CertificateError
            If it cannot be written.
        """
        self._certificate.save(Path(folder))

    @property
    def claim(self) -> dict[str, Any]:
        """Everything that is claimed, as in ``certificate.json`` (docs/certificate.md)."""
        return json.loads(self._certificate.claim())  # type: ignore[no-any-return]

    @property
    def bound(self) -> float:
        """The claimed bound on the error on new examples."""
        return float(self._claim["bounds"]["occam_binomial"])

    @property
    def delta(self) -> float:
        """Probability that the bound fails."""
        return float(self._claim["delta"])

    @property
    def n(self) -> int:
        """Training examples."""
        return int(self._claim["n"])

    @property
    def errors(self) -> int:
        """Training examples that the network misclassifies."""
        return int(self._claim["k"])

    @property
    def bits(self) -> int:
        """Length of the model file."""
        return int(self._claim["bits"])

    @property
    def charged_bits(self) -> int:
        """What is charged beside the file: its format's design, a choice among bases, and so on."""
        return self._certificate.description_length() - self.bits

    @property
    def held_out_bound(self) -> float | None:
        """For comparison, the bound from examples that were never used, if there are some."""
        held_out = self._claim.get("held_out")
        return None if held_out is None else float(held_out["bound"])

    @property
    def file(self) -> bytes:
        """The bytes of the model file."""
        return self._certificate.file()

    def model(self, base: bytes | None = None) -> Model:
        """The network; a relative one needs the bytes of its base.

        Raises
        ------
        ModelError
            If it does not decode.
        """
        return Model.decode(self.file, base)

    @property
    def sentence(self) -> str:
        """The claim, for people."""
        return self._certificate.sentence()

    @property
    def assumptions(self) -> list[str]:
        """What cannot be checked, and is taken on trust."""
        return self._certificate.assumptions()

    def verify(
        self,
        images: Any,
        labels: Any,
        test_images: Any = None,
        test_labels: Any = None,
        *,
        base: bytes | None = None,
        name: str = "these",
    ) -> Verdict:
        """Decodes, counts, bounds and compares again; believes nothing that the certificate says.

        Parameters
        ----------
        images, labels : array_like
            The training examples, as for `certify`.
        test_images, test_labels : array_like, optional
            Examples that were never used, if the certificate compares with some.
        base : bytes, optional
            What the model file is relative to, if it is.
        name : str
            What you call these examples: the sentence says it.

        Returns
        -------
        Verdict

        Raises
        ------
        CertificateError
            If it cannot be checked.
        DataError
            If the arrays are no examples.
        """
        train, test = pair(images, labels), optional_pair(test_images, test_labels)
        if test is not None and self.held_out_bound is None:
            raise DataError("the certificate compares with no held-out examples: leave them out")
        found = self._certificate.verify(train, test, base, name)
        holds, sentence, checks, undecided = found
        trust = tuple(self.assumptions)
        return Verdict(holds, sentence, tuple(checks), undecided, trust)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Certificate)
            and self._certificate.claim() == other._certificate.claim()
            and self.file == other.file
        )

    def __hash__(self) -> int:
        return hash(self._certificate.claim())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._certificate.claim(), self.file)

    def __repr__(self) -> str:
        return (
            f"Certificate(bound={self.bound}, delta={self.delta}, n={self.n}, "
            f"errors={self.errors}, bits={self.bits}+{self.charged_bits})"
        )

    def _repr_html_(self) -> str:
        rows = [
            ("bound on the error on new examples", _nonvacuous.percent_up(self.bound)),
            ("probability that it fails, at most", repr(self.delta)),
            ("training examples", f"{self.n:,}"),
            ("misclassified", f"{self.errors:,} ({self.errors / self.n:.2%})"),
            ("bits of the file", f"{self.bits:,}"),
            ("bits charged beside it", f"{self.charged_bits:,}"),
        ]
        if self.held_out_bound is not None:
            held_out = _nonvacuous.percent_up(self.held_out_bound)
            rows.append(("held-out bound, for comparison", held_out))
        cells = "".join(
            f"<tr><td style='text-align:left'>{name}</td><td>{value}</td></tr>"
            for name, value in rows
        )
        trust = html.escape("; ".join(self.assumptions))
        said = html.escape(self.sentence)
        return f"<p><b>{said}</b></p><table>{cells}</table><p><i>On trust: {trust}.</i></p>"


def _restored(claim: str, file: bytes) -> Certificate:
    """A certificate from its two files."""
    with working_folder() as folder:
        (folder / json.loads(claim)["model"]["file"]).write_bytes(file)
        (folder / "certificate.json").write_text(claim, encoding="utf-8")
        return Certificate.open(folder)
