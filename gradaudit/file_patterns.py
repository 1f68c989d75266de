"""Patterns of files as in gitignore(5), as regular expressions of paths relative to a root."""

from __future__ import annotations

import re


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The paths that a pattern means, written without ``!``: of a folder, all that is below it.

    Raises:
        ValueError: It is no such pattern.

    >>> bool(compile_pattern("tests/*").match("tests/inner/layers.py"))
    True
    >>> bool(compile_pattern("conftest.py").match("tests/conftest.py"))
    True
    """
    body = pattern.removeprefix("./")
    folders_only = body.endswith("/")
    body = body.rstrip("/")
    anchored = "/" in body  # else it is a name at any depth
    parts = body.lstrip("/").split("/")
    expression = "" if anchored else "(?:.*/)?"
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            expression += ".*" if last else "(?:.*/)?"
        else:
            expression += _segment(part) + ("" if last else "/")
    try:
        return re.compile(expression + ("/.*" if folders_only else r"(?:/.*)?") + r"\Z", re.DOTALL)
    except re.error as error:
        raise ValueError(str(error)) from None


def _segment(part: str) -> str:
    """One name's wildcards: ``*``, ``?``, ``[a-z]``, ``[!a-z]`` and a backslash before a literal."""
    pieces = re.findall(r"\\.|\*+|\?|\[[!^]?\]?[^\]]*\]|.", part)
    return "".join(map(_piece, pieces))


def _piece(piece: str) -> str:
    if piece[0] == "*":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if piece[0] == "[" and len(piece) > 1:
        negated = piece[1] in "!^"
        return f"(?!/)[{'^' if negated else ''}{_set(piece[1 + negated : -1])}]"
    return re.escape(piece[1:] if len(piece) > 1 else piece)


def _set(members: str) -> str:
    return re.sub(r"([\[\]\\&~|^])", r"\\\1", members)
