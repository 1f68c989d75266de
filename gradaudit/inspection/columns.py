"""Columns as a person counts them: in characters, from 1. A syntax tree counts in bytes of UTF-8, from 0."""

from __future__ import annotations

from functools import lru_cache

from gradaudit.declared_encoding import text_of

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
    if offset == 0 or source.isascii():
        return offset + 1
    lines = _lines(source)
    before = lines[line - 1].encode("utf-8", "surrogatepass")[:offset] if line <= len(lines) else b" " * offset
    return len(before.decode("utf-8", "replace")) + 1


@lru_cache(maxsize=1)  # findings come file by file
def _lines(source: bytes | str) -> list[str]:
    return text_of(source).replace("\r\n", "\n").replace("\r", "\n").split("\n")
