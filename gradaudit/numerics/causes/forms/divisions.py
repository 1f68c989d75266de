"""What may decide which elements are wrong: a sign, a mask, an index; each divides a block into two sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradaudit.numerics.results.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradaudit.numerics.problems.problem import Array
    from gradaudit.numerics.results.cause import How

Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Division:
    """A block's elements on two sides.

    Attributes:
        inside: The cause, if the wrong elements are those of one side; None where that side has no name.
        outside: The same of the other side.
        mask: Which are inside, flat.
    """

    inside: Cause | None
    outside: Cause | None
    mask: Mask

    @property
    def divides(self) -> bool:
        """Whether there are elements on both sides."""
        return bool(self.mask.any() and not self.mask.all())

    @property
    def sides(self) -> Iterator[tuple[Cause, Mask]]:
        """Each side that has a name, with its elements."""
        if self.inside is not None:
            yield self.inside, self.mask
        if self.outside is not None:
            yield self.outside, ~self.mask


def divisions(theta: Array, claimed: Array, fixed: Mapping[str, NDArray[np.generic]]) -> Iterator[Division]:
    """The divisions of a block, the likelier ones first.

    Args:
        theta: Its values.
        claimed: Its claimed gradient, of the same shape.
        fixed: The arrays that the gradient may depend on beside the blocks, by name: labels, masks, indices.
    """
    for division in _divisions(theta, claimed, fixed):
        if division.divides:
            yield division


def _where(how: How, other: str = "", axes: tuple[int, ...] = ()) -> Cause:
    return Cause("partial", how, axes=axes, other=other)


def _divisions(theta: Array, claimed: Array, fixed: Mapping[str, NDArray[np.generic]]) -> Iterator[Division]:
    if (theta != 0.0).all():
        yield Division(_where("negative"), _where("positive"), (theta < 0.0).reshape(-1))
    else:
        yield Division(_where("negative"), None, (theta < 0.0).reshape(-1))
        yield Division(_where("positive"), None, (theta > 0.0).reshape(-1))
    for name, array in fixed.items():
        yield from _by_array(name, np.asarray(array), theta.shape)
    sizes = np.abs(np.asarray(claimed, np.float64)).reshape(-1)
    yield Division(_where("unclaimed"), None, sizes == 0.0)
    for name, array in fixed.items():
        if array.dtype.kind in "iu":
            yield from _by_index(name, array, theta.shape)
    # Where it is of one and the same magnitude, as what is clipped.
    alive, counts = np.unique(sizes[sizes > 0.0], return_counts=True)
    if alive.size and counts.max() > 1:
        yield Division(_where("level"), None, sizes == alive[int(np.argmax(counts))])


def _by_array(name: str, array: NDArray[np.generic], shape: tuple[int, ...]) -> Iterator[Division]:
    if array.dtype.kind not in "iubf" or not array.ndim:
        return
    for spread in _broadcast(array, shape):
        if array.dtype.kind == "f":
            yield Division(_where("negative", name), _where("positive", name), np.less(spread, 0).reshape(-1))
        yield Division(_where("zero", name), _where("nonzero", name), (spread == 0).reshape(-1))


def _broadcast(array: NDArray[np.generic], shape: tuple[int, ...]) -> Iterator[NDArray[np.generic]]:
    """The array in the block's shape, where it belongs to its leading or its trailing axes."""
    if array.ndim > len(shape):
        return
    if _fits(array.shape, shape[: array.ndim]):
        yield np.broadcast_to(array.reshape(array.shape + (1,) * (len(shape) - array.ndim)), shape)
    if array.ndim < len(shape) and _fits(array.shape, shape[len(shape) - array.ndim :]):
        yield np.broadcast_to(array, shape)


def _fits(shape: tuple[int, ...], of: tuple[int, ...]) -> bool:
    return all(size in {1, length} for size, length in zip(shape, of, strict=True)) and max(shape) > 1


def _by_index(name: str, array: NDArray[np.generic], shape: tuple[int, ...]) -> Iterator[Division]:
    """Integers that pick one entry along an axis, as labels do; or rows, as the ids of an embedding do."""
    indices = np.asarray(array, np.int64)
    if not indices.size or not shape:
        return
    low, high = int(indices.min()), int(indices.max())
    for axis, length in enumerate(shape):
        if indices.shape == shape[:axis] + shape[axis + 1 :] and -length <= low and high < length:
            places = np.expand_dims(indices % length, axis)
            along = np.arange(length).reshape([-1 if a == axis else 1 for a in range(len(shape))])
            yield Division(_where("picked", name, (axis,)), None, (places == along).reshape(-1))
    if low >= 0 and high < shape[0]:
        counts = np.bincount(indices.reshape(-1), minlength=shape[0])
        rows = np.broadcast_to((counts > 1).reshape(-1, *(1,) * (len(shape) - 1)), shape)
        yield Division(_where("repeated", name), None, rows.reshape(-1))
