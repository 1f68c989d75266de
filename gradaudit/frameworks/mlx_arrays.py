"""MLX: its arrays, and what it differentiates by `mx.custom_function`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import mlx.core as mx
import numpy as np
from mlx.utils import tree_flatten

from gradaudit.frameworks.numpy_arrays import NumpyArrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradaudit.frameworks.interface import Differentiate, Natives, Pullback


class MlxArrays(NumpyArrays):
    """The adapter for MLX, on its CPU device: the others know no float64."""

    name = "mlx"

    @contextlib.contextmanager
    def session(self, dtype: str) -> Iterator[None]:
        """Compute on the CPU, and put the device back."""
        del dtype
        device = mx.default_device()
        mx.set_default_device(mx.cpu)
        try:
            yield
        finally:
            mx.set_default_device(device)

    def is_native(self, value: Any) -> bool:
        """Its arrays."""
        return isinstance(value, mx.array)

    def to_native(self, array: np.ndarray[Any, Any] | np.generic, dtype: str | None = None) -> Any:
        """An array with a copy of the values."""
        values = np.ascontiguousarray(array).reshape(array.shape)
        return mx.array(values, getattr(mx, dtype or str(values.dtype).replace("bool", "bool_")))

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Its arrays, and whatever NumPy reads."""
        if not self.is_native(value):
            return super().to_numpy(value)
        return np.array(value.astype(mx.float32) if value.dtype == mx.bfloat16 else value)

    def random_state(self, parameter: str, seed: int) -> Any:
        """A key for ``key``, an integer for ``seed``, NumPy's generator for the others."""
        return mx.random.key(seed) if parameter == "key" else super().random_state(parameter, seed)

    def seed_global(self, seed: int) -> None:
        """Seed MLX, NumPy and the standard library."""
        super().seed_global(seed)
        mx.random.seed(seed)

    def differentiation(self) -> Differentiate | None:
        """By `mx.vjp`."""
        return vjp


def vjp(function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
    """Evaluate a function; see `gradaudit.frameworks.interface.Differentiate`.

    MLX makes no pullback that could be called later: it evaluates the forward once more for it.
    """
    names, primals = list(leaves), list(leaves.values())

    def floating(*values: Any) -> list[Any]:
        result = function(dict(zip(names, values, strict=True)))
        parts = [part for _, part in tree_flatten(list(result) if isinstance(result, tuple) else result)]
        return [part for part in parts if isinstance(part, mx.array) and mx.issubdtype(part.dtype, mx.floating)]

    def pullback(upstreams: Sequence[Any]) -> Natives:
        _, found = mx.vjp(floating, primals, list(upstreams))
        return dict(zip(names, found, strict=True))

    return floating(*primals), pullback
