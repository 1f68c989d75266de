"""What audited code may have put into a string, made harmless before anybody sees it.

Ids, messages and captured output come from the repository under audit. Terminal escapes in them could rewrite the
screen, bidirectional marks could disguise a name, lone surrogates can't be encoded, XML 1.0 forbids most control
characters, and a line that starts with ``::`` is a command to the log of a GitHub workflow.
"""

from __future__ import annotations

_SPACES = "\u00a0\u2009\u202f\u3000"  # not "printable" to Python, yet nothing but space


def visible(text: str) -> str:
    r"""The text with every character that can't be shown written as an escape; lines and tabs are kept.

    >>> print(visible("a\x1b[31mb\r\nc"))
    a\x1b[31mb
    c
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a progress bar's carriage returns are lines to a reader
    return "".join(char if char.isprintable() or char in "\n\t" or char in _SPACES else _escape(char) for char in text)


def one_line(text: str) -> str:
    r"""As `visible`, with line ends and tabs as escapes too.

    >>> print(one_line("a\nb"))
    a\nb
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in _SPACES else _escape(char) for char in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def without_surrogates(text: str) -> str:
    r"""The text as UTF-8 can hold it: lone surrogates, as in undecodable file names, become escapes.

    >>> print(without_surrogates("\udcff.py"))
    \udcff.py
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def without_commands(text: str) -> str:
    """The text with nothing in it that a GitHub workflow's log would take for a command.

    The log's reader obeys ``::name::`` at the start of a line, white space aside, and ``##[name]`` anywhere.

    >>> without_commands("  ::stop-commands::x")
    '  : :stop-commands::x'
    """
    if "##[" in text:
        text = text.replace("##[", "## [")
    if "::" not in text:
        return text
    return "\n".join(_harmless(line) for line in text.split("\n"))


def _harmless(line: str) -> str:
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line
