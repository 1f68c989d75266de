"""Shapes that are found out bit by bit: sizes that turn out to be the same, and numbers of axes that become known."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Size:
    """The length of an axis: a number, something with names, a product, or nothing that is known yet.

    Attributes:
        number: Its value, where the source has one.
        names: What the source calls it.
        factors: The sizes whose product it is.
        least: What the source needs it to be at least, since it takes slices or elements by their number.
        role: What it counts, for a name where the source has none: ``"classes"`` or ``"rows"``.
    """

    def __init__(self, number: int | None = None, name: str = "", factors: Sequence[Size] = ()) -> None:
        self._same: Size | None = None
        self.number = number
        self.names = [name] if name else []
        self.factors = tuple(factors)
        self.least = 1
        self.role = ""

    @property
    def known(self) -> Size:
        """The size that stands for all that are the same as this one."""
        found = self
        while found._same is not None:
            found = found._same
        return found


def unite(one: Size, other: Size) -> None:
    """Two sizes are the same; a contradiction between numbers is left to whoever runs the code."""
    kept, merged = one.known, other.known
    if kept is merged or (kept.number is not None and merged.number is not None):
        return
    if merged.number is not None or (merged.factors and not kept.factors):
        kept, merged = merged, kept
    if merged in {factor.known for factor in kept.factors} or (kept.factors and merged.factors):
        return
    kept.names += [name for name in merged.names if name not in kept.names]
    kept.least = max(kept.least, merged.least)
    kept.role = kept.role or merged.role
    merged._same = kept  # noqa: SLF001 - the other end of the same relation


class Form:
    """The shape of an array: its sizes, or single ones of them as long as the number of axes is not known.

    What is summed as a whole is no single number, and what is added to the length of an axis is no array.
    """

    def __init__(self, sizes: Iterable[Size] | None = None) -> None:
        self._same: Form | None = None
        self._sizes = None if sizes is None else list(sizes)
        self._single: dict[int, Size] = {}
        self._marks: set[str] = set()

    @property
    def known(self) -> Form:
        """The form that stands for all that are the same as this one."""
        found = self
        while found._same is not None:
            found = found._same
        return found

    @property
    def sizes(self) -> list[Size] | None:
        """The sizes of its axes; None while their number is not known."""
        return self.known._sizes  # noqa: SLF001 - its own kind

    @property
    def is_used(self) -> bool:
        """Whether it took part in an operation on arrays."""
        return "used" in self.known._marks  # noqa: SLF001 - its own kind

    @property
    def is_summed(self) -> bool:
        """Whether all of it is summed."""
        return "summed" in self.known._marks  # noqa: SLF001 - its own kind

    @property
    def is_count(self) -> bool:
        """Whether it is added to the length of an axis."""
        return "count" in self.known._marks  # noqa: SLF001 - its own kind

    @property
    def is_open(self) -> bool:
        """Whether something unknown is done with it, and its number of axes is not known."""
        return "open" in self.known._marks and self.sizes is None  # noqa: SLF001 - its own kind

    def leave_open(self) -> None:
        """Say that it took part in something of which nothing is known."""
        self.known._marks.add("open")  # noqa: SLF001 - its own kind

    def use(self) -> Form:
        """Say that it took part in an operation on arrays."""
        self.known._marks.add("used")  # noqa: SLF001 - its own kind
        return self

    def sum(self) -> None:
        """Say that all of it is summed."""
        self.known._marks.add("summed")  # noqa: SLF001 - its own kind

    def count(self) -> None:
        """Say that it is added to the length of an axis."""
        self.known._marks.add("count")  # noqa: SLF001 - its own kind

    @property
    def least_rank(self) -> int:
        """How many axes it has at least."""
        return max((axis + 1 if axis >= 0 else -axis for axis in self.known._single), default=0)  # noqa: SLF001

    def axis(self, number: int) -> Size:
        """The size of one axis, counted as in an index."""
        form = self.known.use().known
        if form._sizes is None:  # noqa: SLF001 - its own kind
            return form._single.setdefault(number, Size())  # noqa: SLF001
        return form._sizes[number] if -len(form._sizes) <= number < len(form._sizes) else Size()  # noqa: SLF001

    def settle(self, sizes: Iterable[Size]) -> bool:
        """Its sizes are these. False where it is known to have another number of axes."""
        form, given = self.known, list(sizes)
        if form._sizes is None and self.least_rank <= len(given):  # noqa: SLF001 - its own kind
            form._sizes = given  # noqa: SLF001
            for number, size in form._single.items():  # noqa: SLF001
                unite(form.axis(number), size)
            return True
        if form._sizes is None or len(form._sizes) != len(given):  # noqa: SLF001
            return False
        for one, other in zip(form._sizes, given):  # noqa: SLF001, B905 - as long as each other
            unite(one, other)
        return True

    def settle_rank(self, rank: int) -> bool:
        """It has so many axes; False where it is known to have another number of them."""
        return self.settle(Size() for _ in range(max(rank, self.least_rank))) if self.sizes is None else False

    def equals(self, other: Form) -> bool:
        """Both are the same shape; False where they can't be."""
        one, two = self.known, other.known
        if one is two:
            return True
        if one.sizes is not None and two.sizes is not None:
            return one.settle(two.sizes)
        kept, merged = (one, two) if one.sizes is not None else (two, one)
        if kept.sizes is not None and merged.least_rank > len(kept.sizes):
            return False
        for number, size in merged._single.items():  # noqa: SLF001 - its own kind
            unite(kept.axis(number), size)
        kept._marks |= merged._marks  # noqa: SLF001
        merged._same = kept  # noqa: SLF001
        return True
