"""Mistakes of the user. Each message names the file, the key or the parameter, and the remedy."""

from __future__ import annotations


class UsageError(Exception):
    """The command line or the configuration is wrong: exit status 2, nothing is run."""


class AuditError(Exception):
    """An audit can't be run as it is declared; becomes a finding of that audit.

    Attributes:
        code: The finding's code, such as ``"GA004"``.
        message: What is wrong.
        help: The line to write or the thing to do.
        details: Text to show as it is, such as a traceback.
    """

    def __init__(self, code: str, message: str, help: str = "", details: str = "") -> None:  # noqa: A002 - the report's word
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.details = details


def an(name: str) -> str:
    """The name of a kind of thing with its article.

    >>> an("int"), an("ndarray"), an("list"), an("ufunc")
    ('an int', 'an ndarray', 'a list', 'a ufunc')
    """
    is_spoken_with_a_vowel = name[:1].lower() in "aeio" or name.startswith("nd")
    return f"an {name}" if is_spoken_with_a_vowel else f"a {name}"


class GradientError(AssertionError):
    """A gradient that `check_gradient` was asked to raise for did not pass; the message is the outcome's text."""


class Interrupted(BaseException):
    """A signal asked the run to end; no mistake, so no `Exception`.

    Attributes:
        number: The signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class InternalError(Exception):
    """gradaudit itself failed: exit status 3."""
