"""Compression-based generalization bounds.

A neural network that can be written in few bits cannot have overfitted much: the length of a file
that decodes to it proves an upper bound on its error on new data, from the training data alone.

Examples
--------
>>> import nonvacuous
>>> round(nonvacuous.bound(n=60_000, errors=900, bits=2_000), 6)
0.057244

From arrays to a certificate, and to a verdict::

    certificate = nonvacuous.certify(model, images, labels)
    assert certificate.verify(images, labels)
    certificate.save("certificates/mine")
"""

from ._bounds import (
    binomial_tail_inverse,
    bound,
    bound_names,
    bounds,
    kl_inverse,
    limit,
    max_test_error,
)
from ._certificate import Certificate, Verdict
from ._certify import certify, compress, fine_tune, issue
from ._lab import check, figures, run
from ._model import Model, decompress
from .exceptions import (
    CertificateError,
    DataError,
    DoesNotHold,
    DomainError,
    MachineError,
    ModelError,
    NonvacuousError,
    NonvacuousWarning,
    UsageError,
)

__all__ = [
    "Certificate",
    "CertificateError",
    "DataError",
    "DoesNotHold",
    "DomainError",
    "MachineError",
    "Model",
    "ModelError",
    "NonvacuousError",
    "NonvacuousWarning",
    "UsageError",
    "Verdict",
    "binomial_tail_inverse",
    "bound",
    "bound_names",
    "bounds",
    "certify",
    "check",
    "compress",
    "decompress",
    "figures",
    "fine_tune",
    "issue",
    "kl_inverse",
    "limit",
    "max_test_error",
    "run",
]
