"""JAX: arrays, keys, and everything that it differentiates by a rule written by hand."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from gradaudit.errors import AuditError
from gradaudit.frameworks.jax_derivatives import differentiate, floating_leaves, is_inexact
from gradaudit.frameworks.jax_rules import rule_of
from gradaudit.frameworks.numpy_arrays import NumpyArrays

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from gradaudit.frameworks.interface import Differentiate, Natives, Rule


class JaxArrays(NumpyArrays):
    """The adapter for JAX."""

    name = "jax"
    devices = True

    def __init__(self, device: str | None = None) -> None:
        """Put arrays on a device: ``cpu``, ``gpu``, ``cuda:1``; None for where JAX puts them itself.

        Raises:
            AuditError: GA004, there is no such device.
        """
        self.device = None if device is None else _device(device)

    @contextlib.contextmanager
    def session(self, dtype: str) -> Iterator[None]:
        """Let arrays be of 64 bits while the audit computes in these, and of 32 while it does not.

        For this thread and this while alone, so that it changes nothing for a caller; what is compiled already is
        compiled anew for the other types. What audited code sets for the whole process is put back.
        """
        wide = _has_64_bits()
        try:
            with _enable_64_bits(dtype == "float64"), jax.default_device(self.device):
                yield
        finally:
            if _has_64_bits() != wide:
                jax.config.update("jax_enable_x64", wide)

    def is_native(self, value: Any) -> bool:
        """Arrays, those that are traced included."""
        return isinstance(value, jax.Array)

    def to_native(self, array: np.ndarray[Any, Any] | np.generic, dtype: str | None = None) -> Any:
        """An array with a copy of the values: JAX may read them later than they are written to."""
        return jnp.array(array, dtype and jnp.dtype(dtype))

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Arrays, copied, and whatever NumPy reads; None for keys, for what is traced, and for the type float0.

        No memory is shared, since nobody can write to JAX's: an array that is returned as it was handed in, or kept,
        is no mistake.
        """
        if not isinstance(value, jax.Array):
            return super().to_numpy(value)
        try:
            array = np.array(value)
        except (TypeError, RuntimeError):  # a key, a tracer; an array that was donated
            return None
        if is_inexact(array) and array.dtype.kind not in "fc":
            return array.astype(np.float32)
        return super().to_numpy(array)

    def random_state(self, parameter: str, seed: int) -> Any:
        """A key for ``key`` and ``rng``, NumPy's for ``generator``, an integer for ``seed``.

        It is a raw key, an array of two integers: everything in `jax.random` takes it, and so does code that was
        written before there were typed keys.
        """
        return jax.random.PRNGKey(seed) if parameter in {"key", "rng"} else super().random_state(parameter, seed)

    def rule(self, audited: Any) -> Rule | None:
        """A `jax.custom_vjp` or a `jax.custom_jvp`, and what `jax.jit` makes of these."""
        return rule_of(audited)

    def differentiation(self) -> Differentiate | None:
        """By `jax.vjp`."""
        return differentiate

    def batched(self, function: Callable[[Natives], Any], over: Collection[str]) -> Callable[[Natives], Sequence[Any]]:
        """By `jax.vmap`."""

        def evaluate(natives: Natives) -> Sequence[Any]:
            axes = {name: 0 if name in over else None for name in natives}
            batch: Sequence[Any] = jax.vmap(lambda given: floating_leaves(function(given)), (axes,))(dict(natives))
            return batch

        return evaluate

    def flattened(self, outputs: Any) -> tuple[Sequence[Any], Callable[[Sequence[Any]], Any]]:
        """The floating arrays in any pytree, and what makes a cotangent of it from theirs; that of integers is float0.

        Example:
            >>> parts, cotangent = JaxArrays().flattened({"y": jnp.ones(2), "best": jnp.array(1), "state": None})
            >>> len(parts), cotangent([3.0])["best"].dtype.names, cotangent([3.0])["state"]
            (1, ('float0',), None)
        """
        leaves, tree = jax.tree_util.tree_flatten(outputs)
        parts = [leaf for leaf in leaves if is_inexact(leaf)]

        def cotangent(upstreams: Sequence[Any]) -> Any:
            remaining = iter(upstreams)
            return tree.unflatten([next(remaining) if is_inexact(leaf) else _nothing(leaf) for leaf in leaves])

        return parts, cotangent


def _nothing(leaf: Any) -> Any:
    return np.zeros(np.shape(leaf), jax.dtypes.float0)


def _device(name: str) -> Any:
    platform, _, index = name.partition(":")
    try:
        return jax.devices(platform)[int(index or 0)]
    except (RuntimeError, ValueError, IndexError) as error:
        found = next(iter(str(error).splitlines()), "")
        message = f"device={name!r}: {found}"
        raise AuditError(
            "GA004", message, help='give a platform that JAX has here, or one of its devices: "cpu"'
        ) from error


def _enable_64_bits(enabled: bool) -> contextlib.AbstractContextManager[None]:
    # It has moved: what is in `jax.experimental` is older, and is not there any more.
    home: Any = jax if hasattr(jax, "enable_x64") else import_module("jax.experimental")
    entered: contextlib.AbstractContextManager[None] = home.enable_x64(enabled)
    return entered


def _has_64_bits() -> bool:
    return bool(jax.config.jax_enable_x64)
