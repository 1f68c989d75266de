"""Columns as a person counts them: in characters, from 1. A syntax tree counts in bytes of UTF-8, from 0."""

from __future__ import annotations

import io

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.inspection.module import Module


def column(module: Module, cell: int | None, line: int, offset: int) -> int:
    """The column of a place in a tree.

    Args:
        module: Whose file it is in.
        cell: Of a notebook the cell.
        line: One-based.
        offset: In bytes of UTF-8, as trees have it.

    >>> from gradaudit.inspection.module import Module
    >>> column(Module("a.py", sources={None: "é = f(x)"}), None, 1, 5)
    5
    """
    source = module.sources.get(cell, "")
    if source.isascii():
        return offset + 1
    lines = _text(source).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    before = lines[line - 1].encode("utf-8", "surrogatepass")[:offset] if line <= len(lines) else b" " * offset
    return len(before.decode("utf-8", "replace")) + 1


def _text(source: bytes | str) -> str:
    """A source as characters, by its byte order mark or the encoding that it declares."""
    if isinstance(source, str):
        return source
    import tokenize  # only for sources beyond ASCII in which there is a finding

    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding, "replace")
