"""The encoding of a source (PEP 263), and whether it is text in that: Python's parser looks at no comment's bytes."""

from __future__ import annotations

import re

# Of the first line, or of the second where the first is a comment or blank.
_DECLARED = re.compile(rb"\A(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))??[ \t\f]*#.*?coding[:=][ \t]*(?P<name>[-\w.]+)")
_UTF8_MARK = b"\xef\xbb\xbf"


def encoding_of(source: bytes) -> str | None:
    r"""The encoding that a source declares in its first two lines; None where it declares none, and is UTF-8.

    >>> encoding_of(b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\n"), encoding_of(b"x = 1\n# coding: latin-1\n")
    ('latin-1', None)
    >>> encoding_of(b"# coding: latin-1\n# coding: utf-8\n")
    'latin-1'
    """
    declared = None if source.startswith(_UTF8_MARK) else _DECLARED.match(source)
    return declared["name"].decode("ascii", "replace") if declared else None


def text_of(source: bytes | str) -> str:
    r"""A source as characters, without its byte order mark; what is none in its encoding is replaced.

    >>> text_of(b"# coding: latin-1\n# caf\xe9").endswith("caf\xe9")
    True
    """
    if isinstance(source, str):
        return source
    try:
        return source.removeprefix(_UTF8_MARK).decode(encoding_of(source) or "utf-8", "replace")
    except (LookupError, UnicodeError):  # which the parser has told of
        return source.decode("utf-8", "replace")


def undecodable(source: bytes) -> tuple[str, int] | None:
    r"""Why a source is no text, and the line that shows it; None where it is, or declares what is no encoding.

    >>> undecodable(b"# coding: latin-1\nx = 1  # caf\xe9")
    >>> undecodable(b"x = 1\n# caf\xe9")
    ('byte 0xE9 is not valid in UTF-8, and no other encoding is declared', 2)
    """
    if source.isascii():
        return None
    declared = encoding_of(source)
    try:
        source.decode(declared or "utf-8")
    except UnicodeDecodeError as error:
        why = f"{declared}, which it declares" if declared else "UTF-8, and no other encoding is declared"
        line = len(source[: error.start + 1].splitlines())
        return f"byte 0x{source[error.start]:02X} is not valid in {why}", line
    except (LookupError, UnicodeError):  # an encoding that there is not, or that decodes no text
        return None  # the parser says so
    return None
