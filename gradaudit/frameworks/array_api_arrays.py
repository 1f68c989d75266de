"""Arrays of the array API standard: whoever follows it is met through its own `asarray` and DLPack.

Tested with array-api-strict; CuPy is written against the same standard and its documentation, and untested.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.frameworks.numpy_arrays import NumpyArrays

if TYPE_CHECKING:
    from types import ModuleType


class ArrayApiArrays(NumpyArrays):
    """The adapter for a namespace that follows the standard."""

    name = ""

    def __init__(self) -> None:
        """Import the namespace: the audited code has done so already."""
        self.namespace: ModuleType = import_module(self.name)
        self._type = type(self.namespace.asarray(0.0))

    def is_native(self, value: Any) -> bool:
        """Arrays of the namespace."""
        return isinstance(value, self._type)

    def to_native(self, array: np.ndarray[Any, Any] | np.generic, dtype: str | None = None) -> Any:
        """An array with a copy of the values."""
        return self.namespace.asarray(np.array(array) if dtype is None else super().to_native(array, dtype))

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Through DLPack, and whatever NumPy reads."""
        return np.array(np.from_dlpack(value)) if self.is_native(value) else super().to_numpy(value)


class StrictArrays(ArrayApiArrays):
    """The adapter for array-api-strict, the standard's own reference."""

    name = "array_api_strict"


class CupyArrays(ArrayApiArrays):
    """The adapter for CuPy. Untested: no device of its kind was at hand."""

    name = "cupy"

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """From the device to the host, and whatever NumPy reads."""
        if not self.is_native(value):
            return super().to_numpy(value)
        array: np.ndarray[Any, Any] = self.namespace.asnumpy(value)
        return array

    def random_state(self, parameter: str, seed: int) -> Any:
        """A seeded generator of CuPy's for ``rng`` and ``generator``, an integer for ``seed`` and ``key``."""
        if parameter in {"seed", "key"}:
            return super().random_state(parameter, seed)
        return self.namespace.random.default_rng(seed)

    def seed_global(self, seed: int) -> None:
        """Seed CuPy's random state beside NumPy's."""
        super().seed_global(seed)
        self.namespace.random.seed(seed)
