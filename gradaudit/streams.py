"""Standard output and standard error as they are: a terminal, a pipe, a full disk, closed."""

from __future__ import annotations

import os
import sys

from gradaudit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

DEFAULT_WIDTH = 100


def _open(stream: TextIO | None) -> TextIO | None:
    """A standard stream, or None where it was closed before we started (Python has None for it then)."""
    return stream


def print_out(text: str) -> None:
    """Print, whatever the terminal's encoding lacks; print nothing where standard output is closed.

    Raises:
        BrokenPipeError: Who reads it has gone.
        UsageError: It can't be written to.
    """
    stream = _open(sys.stdout)
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, _plain_errors()).decode(encoding))
        if text and not text.endswith("\n"):
            stream.write("\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence()
        raise UsageError(
            f"standard output can't be written: {error.strerror}; send the report to another place"
        ) from error


# What reports draw with; the marks of a row have to be told apart, and to be as wide.
_PLAIN = {"✓": "+", "✗": "X", "…": "~", "│": "|", "±": "+/-", "×": "x", "√": "sqrt", "‖": "||", "·": "*", "²": "^2"}


def _plain_errors() -> str:
    """An error handler of codecs that puts plain characters in the place of those that an encoding lacks."""
    import codecs

    name = "gradaudit-plain"

    def replaced(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - it is used for nothing else
        return "".join(_PLAIN.get(char, "?") for char in error.object[error.start : error.end]), error.end

    codecs.register_error(name, replaced)
    return name


def silence() -> None:
    """Let what is still buffered for standard output go nowhere: Python would try again, and complain, at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def complain(message: str) -> None:
    """Say what is wrong on standard error."""
    stream = _open(sys.stderr)
    if stream is not None:
        stream.write(f"gradaudit: {message}\n")


def colored(color: str) -> bool:
    """``--color``, else NO_COLOR and FORCE_COLOR, else whether standard output is a terminal."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    stream = _open(sys.stdout)
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def has_width() -> bool:
    """Whether standard output is as wide as somebody sees it: a terminal, or what COLUMNS says."""
    stream = _open(sys.stdout)
    return os.environ.get("COLUMNS", "").isdigit() or (stream is not None and stream.isatty())


def width() -> int:
    """Columns of the terminal; 100 where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    stream = _open(sys.stdout)
    try:
        return (os.get_terminal_size(stream.fileno()).columns if stream is not None else 0) or DEFAULT_WIDTH
    except (OSError, ValueError):
        return DEFAULT_WIDTH
