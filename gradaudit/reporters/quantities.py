"""How differences, values, shapes and counts are written, the same in every format that people read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.records.outcome import WorstElement


def number(value: float | None) -> str:
    """A difference, bound or threshold: two digits are all that its reader needs.

    >>> number(1 / 3), number(3.14e-11), number(None)
    ('0.33', '3.1e-11', '')
    """
    return "" if value is None else f"{value:.2g}"


def pair(worst: WorstElement) -> tuple[str, str]:
    """Both values of an element, with as many digits as it takes to tell them apart.

    >>> from gradaudit.records.outcome import WorstElement
    >>> pair(WorstElement((0,), 0.5, 0.25)), pair(WorstElement((0,), 1.0, 1.0 + 1e-8))
    (('0.5', '0.25'), ('1', '1.00000001'))
    """
    for digits in (6, 9, 12):
        texts = f"{worst.analytic:.{digits}g}", f"{worst.numeric:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return f"{worst.analytic:.17g}", f"{worst.numeric:.17g}"


def shape(sizes: tuple[int, ...]) -> str:
    """A shape as NumPy prints it.

    >>> shape((3, 4)), shape((5,)), shape(())
    ('(3, 4)', '(5,)', '()')
    """
    return str(tuple(sizes))


def place(index: tuple[int, ...]) -> str:
    """An element's index as it is written behind the array's name; empty for a scalar.

    >>> place((1, 2))
    '[1, 2]'
    """
    return str(list(index)) if index else ""


def plural(count: int, noun: str, ending: str = "s") -> str:
    """A count and its noun.

    >>> plural(1, "audit"), plural(4, "audit"), plural(2, "pass", "es")
    ('1 audit', '4 audits', '2 passes')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else ending)


def seconds(duration: float) -> str:
    """A duration, with the digits that matter.

    >>> seconds(0.0213), seconds(1.24), seconds(312.4)
    ('0.02 s', '1.2 s', '312 s')
    """
    digits = 2 if duration < 1 else 1 if duration < 100 else 0
    return f"{duration:.{digits}f} s"
