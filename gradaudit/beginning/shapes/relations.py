"""What operations say about shapes: of their operands by their result, and the other way round.

A relation is asked again and again while others find something out (`Relation.settle`); where that comes to an end, it
says what such an operation is usually written for (`Relation.assume`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from gradaudit.beginning.shapes.symbols import Form, Size, unite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Relation(Protocol):
    """What one operation says."""

    def settle(self) -> bool:
        """Find out what follows from what is known; whether that is all there is to it."""
        ...

    def assume(self) -> bool:
        """Take what is usual for what is not known; whether there was anything."""
        ...


@dataclass(frozen=True)
class Product:
    """``left @ right``, ``left.dot(right)``: over the last axis of one and the last but one of the other.

    Attributes:
        usual: How many axes both are taken to have where nothing else says so.
    """

    left: Form
    right: Form
    usual: tuple[int, int] = (2, 2)
    result: Form = field(default_factory=Form)

    def settle(self) -> bool:
        """What follows from what is known."""
        self._ranks_by_result()
        left, right = self.left.sizes, self.right.sizes
        if left is None or right is None:
            return False
        if left and right:
            unite(left[-1], right[-2] if len(right) > 1 else right[0])
            self.result.settle([*left[:-1], *right[-1:]] if len(right) > 1 else left[:-1])
        return True

    def _ranks_by_result(self) -> None:
        """A matrix times a vector is a vector, times a matrix a matrix."""
        result = self.result.sizes
        if result is None or len(result) not in {1, 2}:
            return
        for known, unknown in ((self.left, self.right), (self.right, self.left)):
            if known.sizes is not None and len(known.sizes) == 2:
                unknown.settle_rank(len(result))

    def assume(self) -> bool:
        """What is usual."""
        return self.left.settle_rank(self.usual[0]) or self.right.settle_rank(self.usual[1])


@dataclass(frozen=True)
class Together:
    """``left + right`` and the like, element by element, one broadcast against the other.

    Attributes:
        bias: Whether it adds what may be a bias, a row for each sample, to a product.
        sums: Whether one of both is a sum over a whole array, which a single number may scale.
    """

    left: Form
    right: Form
    result: Form = field(default_factory=Form)
    bias: bool = False
    sums: bool = False

    def settle(self) -> bool:
        """What follows from what is known."""
        left, right, result = self.left.sizes, self.right.sizes, self.result.sizes
        if left is not None and right is not None:
            self.result.settle(_broadcast(left, right))
            return True
        for known, unknown in ((left, self.right), (right, self.left)):
            if known == []:
                self.result.equals(unknown)
            elif known is not None and result is not None and len(known) < len(result):
                unknown.settle(result)
        return False

    def assume_result(self) -> bool:
        """What is broadcast is rather the one that nothing is known of: a scale, a shift."""
        known = next((form for form in (self.left, self.right) if form.sizes), None)
        return known is not None and self.result.sizes is None and self.result.settle(known.sizes or ())

    def assume(self) -> bool:
        """A bias beside a product, a single number beside another one; else the same shape."""
        for known, unknown in ((self.left, self.right), (self.right, self.left)):
            if known.sizes is not None and unknown.sizes is None:
                if not known.sizes:
                    return self.sums and not unknown.is_summed and unknown.least_rank == 0 and unknown.settle([])
                if self.bias and unknown.least_rank < 2:
                    return unknown.settle(known.sizes[-1:] if len(known.sizes) > 1 else [])
                return unknown.equals(known)
        return self.left.sizes is None and self.left.known is not self.right.known and self.left.equals(self.right)


def _broadcast(left: Sequence[Size], right: Sequence[Size]) -> list[Size]:
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    result = list(longer)
    for place in range(1, len(shorter) + 1):
        one, other = longer[-place], shorter[-place]
        if one.known.number == 1:
            result[-place] = other
        elif other.known.number != 1:
            unite(one, other)
    return result


@dataclass(frozen=True)
class Reduction:
    """``array.sum(axis)`` and the like over one axis."""

    array: Form
    axis: int
    keeps: bool
    result: Form = field(default_factory=Form)

    def settle(self) -> bool:
        """What follows from what is known."""
        sizes, result = self.array.sizes, self.result.sizes
        if sizes is None:
            if result is not None:
                self.array.settle_rank(len(result) + (not self.keeps))
            return False
        if -len(sizes) <= self.axis < len(sizes):
            rest = list(sizes)
            rest[self.axis : self.axis + 1 or None] = [Size(1)] if self.keeps else []
            self.result.settle(rest)
        return True

    def assume(self) -> bool:
        """A matrix, or as many axes as it takes."""
        return self.array.settle_rank(max(2, self.axis + 1))


@dataclass(frozen=True)
class Transposition:
    """``array.T``."""

    array: Form
    result: Form = field(default_factory=Form)

    def settle(self) -> bool:
        """What follows from what is known."""
        for one, other in ((self.array, self.result), (self.result, self.array)):
            if one.sizes is not None:
                other.settle(one.sizes[::-1])
                return True
        return False

    def assume(self) -> bool:
        """A matrix."""
        return self.array.settle_rank(2)


@dataclass(frozen=True)
class Item:
    """``array[entries]``.

    Attributes:
        entries: For each part of the index a form (an array of integers), a size (a slice), None (a new axis), ``int``
            (a number: the axis goes) or ``...``.
    """

    array: Form
    entries: tuple[object, ...]
    result: Form = field(default_factory=Form)

    @property
    def _consumed(self) -> int:
        return sum(entry is not None and entry is not ... for entry in self.entries)

    def settle(self) -> bool:
        """What follows from what is known."""
        sizes = self.array.sizes
        if sizes is None:
            return False
        arrays = [entry for entry in self.entries if isinstance(entry, Form)]
        for array in arrays[1:]:
            array.equals(arrays[0])
        if arrays and arrays[0].sizes is None:
            return False
        self.result.settle(self._sizes(sizes, arrays))
        return True

    def _sizes(self, sizes: Sequence[Size], arrays: Sequence[Form]) -> list[Size]:
        rest, found, has_arrays = list(sizes), list[Size](), bool(arrays)
        for place, entry in enumerate(self.entries):
            if entry is None:
                found.append(Size(1))
            elif entry is ...:
                after = sum(each is not None for each in self.entries[place + 1 :])
                found += rest[: len(rest) - after]
                rest = rest[len(rest) - after :]
            elif rest:
                size = rest.pop(0)
                if isinstance(entry, Size):
                    found.append(size if entry.role == "all" else entry)
                elif isinstance(entry, Form) and has_arrays:  # all of them together take the place of the first
                    found += arrays[0].sizes or []
                    has_arrays = False
        return found + rest

    def assume(self) -> bool:
        """As many axes as there are parts in the index; an array of integers may have any number of them."""
        if None in self.entries and self.array.sizes is None:
            self.array.leave_open()  # what a new axis is put before may have any number of them
            return False
        rows = len(self.entries) == 1 and isinstance(self.entries[0], Form)  # of a table
        if self.array.settle_rank(max(self._consumed, 2 if rows else 1)):
            return True
        return any(isinstance(entry, Form) and entry.settle_rank(1) for entry in self.entries)


def solve(relations: Sequence[Relation]) -> None:
    """Find out what all relations say together: what follows first, then, one at a time, what is usual."""
    open_ = _settled(relations)
    while _assumed(open_):
        open_ = _settled(open_)


def _assumed(relations: Sequence[Relation]) -> bool:
    """Whether one of them could be taken as usual: first those that leave the least open."""
    if any(each.assume() for kind in _SURE for each in relations if isinstance(each, kind)):
        return True
    together = [each for each in relations if isinstance(each, Together)]
    return any(each.assume_result() for each in together) or any(each.assume() for each in together)


_SURE: tuple[type[Relation], ...] = (Transposition, Item, Reduction, Product)


def _settled(relations: Sequence[Relation]) -> list[Relation]:
    """Those that are still open after what follows has been found out."""
    open_ = list(relations)
    idle = 0
    while idle < 2:  # what one finds out without being done itself, another one uses in the next round
        left = [relation for relation in open_ if not relation.settle()]
        idle = idle + 1 if len(left) == len(open_) else 0
        open_ = left
    return open_
