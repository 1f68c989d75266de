"""Text on a terminal: how wide it is, how it is cut, wrapped, lined up and coloured."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_COLORS = {
    "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold red": "1;31",
    "bold green": "1;32", "bold yellow": "1;33",
}  # fmt: skip
GAP = "  "


def paint(text: str, color: str, *, on: bool) -> str:
    r"""The text in a colour, where colours are on.

    >>> paint("failed", "red", on=True)
    '\x1b[31mfailed\x1b[0m'
    """
    return f"\x1b[{_COLORS[color]}m{text}\x1b[0m" if on and color and text.strip() else text


def columns_of(text: str) -> int:
    """How many columns a terminal gives to a text: two for wide characters, none for combining ones.

    >>> columns_of("層"), columns_of("e\u0301")
    (2, 1)
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def shorten(text: str, columns: int) -> str:
    """The text with its middle cut out, if it is wider than `columns`. The end, where names differ, keeps most.

    >>> shorten("src/models/layers.py::affine_backward", 24)
    'src/mod…:affine_backward'
    """
    if columns_of(text) <= columns:
        return text
    head = (columns - 1) // 3
    return _take(text, head) + "…" + _take(text[::-1], columns - 1 - head)[::-1]


def _take(text: Iterable[str], columns: int) -> str:
    taken = ""
    for char in text:
        columns -= columns_of(char)
        if columns < 0:
            break
        taken += char
    return taken


def wrap(text: str, columns: int) -> list[str]:
    r"""The lines of a text, each broken between words where it is wider than `columns`; indentation is kept.

    >>> wrap("the gradient is twice\n  too large", 12)
    ['the gradient', 'is twice', '  too large']
    """
    return [line for paragraph in text.expandtabs(4).split("\n") for line in _wrap_line(paragraph, max(columns, 8))]


def _wrap_line(line: str, columns: int) -> list[str]:
    if columns_of(line) <= columns:
        return [line]
    indent = " " * min(len(line) - len(line.lstrip()), columns // 2)
    lines, current = [], indent
    for word in [piece for whole in line.split() for piece in _pieces(whole, columns - len(indent))]:
        if not current.strip():
            current = indent + word
        elif columns_of(current) + 1 + columns_of(word) <= columns:
            current += " " + word
        else:
            lines.append(current)
            current = indent + word
    return [*lines, current]


def _pieces(word: str, columns: int) -> list[str]:
    pieces = []
    while columns_of(word) > columns:
        piece = _take(word, columns)
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word]


def line_up(
    rows: Sequence[tuple[str, ...]], *, width: int | None, right: Collection[int] = (), flexible: int = 0
) -> list[tuple[str, ...]]:
    """The cells of a table padded to equal widths, joined by `GAP`.

    Args:
        rows: All of the same length; cells without colours and line ends.
        width: Columns that a row may take; None for as many as it needs.
        right: Indices of the columns whose cells are set to the right.
        flexible: Index of the column whose cells are shortened when rows are too wide.

    Returns:
        The rows. When there is no room even so, they are wider than `width`.
    """
    widths = [max(columns_of(cell) for cell in column) for column in zip(*rows, strict=True)]
    excess = 0 if width is None else sum(widths) + len(GAP) * (len(widths) - 1) - width
    if excess > 0:
        widths[flexible] = max(min(widths[flexible], 12), widths[flexible] - excess)
    return [
        tuple(
            _pad(shorten(cell, size), size, right=i in right)
            for i, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _pad(cell: str, size: int, *, right: bool) -> str:
    space = " " * (size - columns_of(cell))
    return space + cell if right else cell + space
