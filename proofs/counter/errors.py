"""What can go wrong, by what it means for the exit code."""


class Invalid(Exception):
    """The model file breaks a rule of the format: it is no model (exit code 1)."""


class CannotCheck(Exception):
    """Something that this program does not have or does not know (exit code 2)."""
