"""Names for the sizes of a few inputs, and what is drawn for each as a line of Python."""

from __future__ import annotations

from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.beginning.shapes.symbols import Form, Size
    from gradaudit.beginning.shapes.values import Argument

_LETTERS = ("N", "D", "M", "H", "K", "P", "Q", "R", "S", "T", "U", "V", "W")
_BY_ROLE = {"classes": "C", "rows": "V"}
_ROOM = 5
"""How far above its least value a size that is bounded from below may go, as from 2 to 8 where it is not."""


@dataclass
class Names:
    """The names given so far.

    Attributes:
        numbers: Sizes that are numbers in this audit, since what is built needs them to be.
    """

    numbers: dict[Size, int] = field(default_factory=dict)
    _given: dict[Size, str] = field(default_factory=dict)

    def shape(self, form: Form) -> str:
        """A shape as a declaration has it; of an unknown number of axes where any will do: two."""
        if form.sizes is None:
            form.settle_rank(2)
        return " ".join(self.size(size) for size in form.sizes or ())

    def size(self, size: Size) -> str:
        """A size as a declaration has it."""
        known = size.known
        if known in self.numbers:
            return str(self.numbers[known])
        if known.number is not None and known.number > 0:
            return str(known.number)
        if known.factors:
            return "*".join(self.size(factor) for factor in known.factors)
        if known not in self._given:
            self._given[known] = self._fresh(known)
        return self._given[known]

    def _fresh(self, size: Size) -> str:
        taken = set(self._given.values())
        candidates = [name for name in size.names if name.isidentifier() and name.isascii() and name.strip("_")]
        candidates += [_BY_ROLE[size.role]] if size.role in _BY_ROLE else []
        candidates += [*_LETTERS, *(f"{letter}{number}" for number in range(2, 9) for letter in _LETTERS)]
        return next(name for name in candidates if name not in taken)

    def bounds(self) -> dict[str, tuple[int, int]]:
        """The bounds of named sizes that the source needs to be larger than 1."""
        return {name: (size.least, max(8, size.least + _ROOM)) for size, name in self._given.items() if size.least > 1}


def as_written(argument: Argument, names: Names) -> str:  # noqa: PLR0911 - a kind of input a line
    """What is drawn for an argument, as a line of Python; empty where the source does not show it.

    Args:
        argument: What is known of it, no dictionary.
        names: Those of its sizes, to which new ones are added.
    """
    if not argument.form.is_used or argument.form.is_open or not _is_array(argument):
        return ""
    if "index" in argument.domains and "mask" not in argument.domains:
        if argument.high is None:
            return ""
        if argument.form.sizes is None:
            argument.form.settle_rank(1)
        return f'distributions.integers("{names.shape(argument.form)}", high={_high(argument.high, names)})'
    shape = f'"{names.shape(argument.form)}"'
    if "mask" in argument.domains:
        return f"distributions.boolean({shape})"
    if "complement" in argument.domains:
        return f"distributions.uniform({shape}, 0.1, 0.9)"
    if "interval" in argument.domains:
        return f"distributions.uniform({shape}, -0.9, 0.9)"
    return f"distributions.positive({shape})" if "log" in argument.domains else shape


def _is_array(argument: Argument) -> bool:
    return "plain" not in argument.domains and not argument.form.is_count


def _high(size: Size, names: Names) -> str:
    text = names.size(size)
    return text if text.isdecimal() else f'"{text}"'


def is_floating(argument: Argument) -> bool:
    """Whether floating numbers are drawn for it, or for something in it."""
    if argument.entries:
        return any(map(is_floating, argument.entries.values()))
    return argument.is_floating and argument.form.is_used and not argument.form.is_count
