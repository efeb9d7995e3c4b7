"""What goes wrong: one small hierarchy, with the library's own messages."""


class NonvacuousError(Exception):
    """Whatever goes wrong in this package."""


class DomainError(NonvacuousError, ValueError):
    """A number is outside the domain of a bound; the message names it and what is accepted."""


class DataError(NonvacuousError, ValueError):
    """Images or labels cannot be read: another type, shape or range, or not as many."""


class ModelError(NonvacuousError, ValueError):
    """A model file does not decode, or a network does not fit what it is used with."""


class CertificateError(NonvacuousError):
    """A certificate cannot be read, written or checked."""


class DoesNotHold(NonvacuousError):
    """What was claimed does not hold."""


class UsageError(NonvacuousError, ValueError):
    """The command refuses what it was asked for; the message has a hint."""


class MachineError(NonvacuousError, OSError):
    """The machine failed: a full disk, a stream, memory."""


class NonvacuousWarning(UserWarning):
    """Advice: something that was read in another way than written, or not at all."""
