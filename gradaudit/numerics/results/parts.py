"""Parts of a block: some elements, or a slice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Elements = NDArray[np.int64]
"""Flat indices into a block, in ascending order."""


@dataclass(frozen=True)
class Part:
    """A part of a block, by its indices.

    Attributes:
        axes: The axes along which a slice has one index; empty for elements.
        indices: Those of the elements; or those of the slice, one for each of `axes`.

    Example:
        >>> Part((1,), ((2,),)).elements((2, 3)), Part((), ((1, 0),)).elements((2, 3))
        (array([2, 5]), array([3]))
    """

    axes: tuple[int, ...]
    indices: tuple[tuple[int, ...], ...]

    @property
    def is_slice(self) -> bool:
        """Whether it is a slice, not single elements."""
        return bool(self.axes)

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether a block of this shape has such a part, and a rest."""
        axes = self.axes or tuple(range(len(shape)))
        inside = all(len(index) == len(axes) for index in self.indices) and all(axis < len(shape) for axis in axes)
        return (
            inside
            and all(i < shape[axis] for index in self.indices for axis, i in zip(axes, index, strict=True))
            and len(self.elements(shape)) < math.prod(shape)
        )

    def elements(self, shape: tuple[int, ...]) -> Elements:
        """The flat indices of what belongs to it in a block of this shape."""
        if not self.axes:
            return np.sort(np.ravel_multi_index(np.transpose(self.indices), shape)).astype(np.int64)
        where: list[int | slice] = [slice(None)] * len(shape)
        for axis, index in zip(self.axes, self.indices[0], strict=True):
            where[axis] = index
        return np.ravel(np.arange(math.prod(shape), dtype=np.int64).reshape(shape)[tuple(where)])


def single_elements(elements: Elements, shape: tuple[int, ...]) -> Part:
    """The part that consists of elements by their flat indices."""
    indices = np.transpose(np.unravel_index(elements, shape))
    return Part((), tuple(tuple(int(i) for i in index) for index in indices))
