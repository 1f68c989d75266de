"""What an expression stands for, as far as its shape goes. What nothing is known of is None."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from gradaudit.beginning.shapes.symbols import Form, Size


@dataclass(frozen=True)
class Array:
    """An array.

    Attributes:
        form: Its shape.
        is_product: Whether it is a matrix product, but for what was added to it: what a bias is added to.
        counts: Of ``arange(n)`` and ``eye(n)``, that it is one of these.
        is_sum: Whether it is the sum over all of an array, or such sums added: what a single number scales.
    """

    form: Form
    is_product: bool = False
    counts: bool = False
    is_sum: bool = False


@dataclass(frozen=True)
class Number:
    """A number, or the length of an axis."""

    size: Size | None = None


@dataclass(frozen=True)
class Text:
    """A constant text."""

    text: str


@dataclass(frozen=True)
class ShapeOf:
    """``array.shape``."""

    form: Form


@dataclass(frozen=True)
class Items:
    """A tuple or a list."""

    values: tuple[Value, ...]


@dataclass
class Table:
    """A dictionary, or an object such as ``self`` with its attributes."""

    entries: dict[str, Value] = field(default_factory=dict)


@dataclass
class Argument:
    """An input, and what the source shows of it.

    Attributes:
        name: The parameter's, or that of the key in it.
        form: Its shape.
        entries: Of a dictionary its entries.
        domains: What is done with it that not every number can stand: ``"log"``, ``"complement"`` (the logarithm of 1
            minus it), ``"interval"`` (an arc sine), ``"index"``, ``"mask"``, ``"plain"`` (it decides or counts).
        high: Of indices, how many there are to choose from.
        texts: What it is compared with.
    """

    name: str
    form: Form = field(default_factory=Form)
    entries: dict[str, Argument] = field(default_factory=dict)
    domains: set[str] = field(default_factory=set)
    high: Size | None = None
    texts: list[str] = field(default_factory=list)

    def entry(self, key: str) -> Argument:
        """What the dictionary holds under a key."""
        return self.entries.setdefault(key, Argument(key))

    @property
    def is_floating(self) -> bool:
        """Whether floating numbers are drawn for it, as far as is known."""
        return not self.domains & {"index", "mask", "plain"}


Value: TypeAlias = Array | Number | Text | ShapeOf | Items | Table | Argument | None


def form_of(value: Value) -> Form | None:
    """The shape of what takes part in an operation on arrays; None for what is none."""
    match value:
        case Array(form=form):
            return form
        case Argument(form=form, entries=entries):
            return None if entries else form.use()
        case Number():
            return Form([])
    return None


def form_of_array(value: Value) -> Form | None:
    """The shape of an array or an argument; None for numbers too."""
    return None if isinstance(value, Number) else form_of(value)


def sizes_in(value: Value) -> list[Size]:
    """A shape that is given as a tuple or a single number."""
    match value:
        case Items(values=values):
            return [each.size or Size() if isinstance(each, Number) else Size() for each in values]
        case Number(size=size):
            return [size or Size()]
        case ShapeOf(form=form):
            return form.sizes or []
    return []


def number_of(value: Value) -> int | None:
    """A number that the source has; None for others."""
    return value.size.known.number if isinstance(value, Number) and value.size is not None else None
