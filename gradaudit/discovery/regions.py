"""What of the source stands for an audit: the name that is defined, or what is called; in characters.

Syntax trees count columns in bytes of UTF-8, people and editors in characters.
"""

from __future__ import annotations

import ast

from gradaudit.declared_encoding import text_of
from gradaudit.records.finding import Region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.discovery.syntax import Definition

_KEYWORDS = {"FunctionDef": "def", "AsyncFunctionDef": "async def", "ClassDef": "class"}


def region_of(node: Definition | ast.expr, lines: list[str] | None) -> Region:
    """The region of a node.

    Args:
        node: Of the tree of a source.
        lines: That source's, by `lines_of`.

    >>> source = "é = audited_backward(forward=f)(g)"
    >>> (statement,) = ast.parse(source).body
    >>> region_of(statement.value, lines_of(source))
    Region(column=5, end_line=1, end_column=21)
    """
    line, start, end_line, end = _bytes_of(node)
    if lines is None:
        return Region(start + 1, end_line, end + 1)
    return Region(_characters(lines[line - 1], start) + 1, end_line, _characters(lines[end_line - 1], end) + 1)


def lines_of(source: bytes | str) -> list[str] | None:
    """The lines as the parser counts them: ended by a line feed, a carriage return, or both; None for ASCII alone."""
    if source.isascii():
        return None
    return text_of(source).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _bytes_of(node: Definition | ast.expr) -> tuple[int, int, int, int]:
    """The first line and byte, the last line and the byte behind it."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        words = f"{_KEYWORDS[type(node).__name__]} {node.name}"
        return node.lineno, node.col_offset, node.lineno, node.col_offset + len(words.encode())
    called: ast.expr = node
    while isinstance(called, ast.Call):  # the options may take many lines
        called = called.func
    last, end = called.end_lineno or called.lineno, called.end_col_offset or called.col_offset
    return called.lineno, called.col_offset, last, end


def _characters(line: str, offset: int) -> int:
    """How many characters the first `offset` bytes of a line are."""
    return len(line.encode()[:offset].decode(errors="replace"))
