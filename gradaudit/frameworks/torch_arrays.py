"""PyTorch: tensors, and everything that autograd differentiates by a rule written by hand."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from gradaudit.errors import AuditError
from gradaudit.frameworks.numpy_arrays import NumpyArrays
from gradaudit.frameworks.torch_derivatives import floating, vjp
from gradaudit.frameworks.torch_rules import rule_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from gradaudit.frameworks.interface import Differentiate, Natives, Rule


class TorchArrays(NumpyArrays):
    """The adapter for PyTorch."""

    name = "torch"
    devices = True

    def __init__(self, device: str = "cpu") -> None:
        """Put tensors on a device.

        Raises:
            AuditError: GA004, there is no such device.
        """
        try:
            self.device = torch.empty(0, device=device).device
        except Exception as error:  # AssertionError where torch is built without CUDA
            message = f"device={device!r}: {next(iter(str(error).splitlines()), '')}"
            raise AuditError(
                "GA004", message, help='give one that torch.device takes and this machine has: "cpu"'
            ) from error

    @contextlib.contextmanager
    def session(self, dtype: str) -> Iterator[None]:
        """Make `dtype` the default, so that what a forward creates has it; put the process's state back.

        A `torch.zeros(3)` in audited code would be float32 where its inputs are float64.
        """
        floating, computing, seeds = torch.get_default_dtype(), torch.is_grad_enabled(), torch.random.get_rng_state()
        deterministic = (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        )
        torch.set_default_dtype(getattr(torch, dtype))
        torch.set_grad_enabled(True)
        try:
            yield
        finally:
            torch.set_default_dtype(floating)
            torch.set_grad_enabled(computing)
            torch.random.set_rng_state(seeds)
            torch.use_deterministic_algorithms(deterministic[0], warn_only=deterministic[1])

    def is_native(self, value: Any) -> bool:
        """Tensors."""
        return isinstance(value, torch.Tensor)

    def to_native(self, array: np.ndarray[Any, Any] | np.generic, dtype: str | None = None) -> Any:
        """A tensor on the adapter's device; on the CPU it shares the array's memory."""
        tensor = torch.as_tensor(array) if isinstance(array, np.generic) else _shared(array)
        return tensor.to(self.device, dtype and getattr(torch, dtype))

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Tensors of every layout, and whatever NumPy reads."""
        if not isinstance(value, torch.Tensor):
            return super().to_numpy(value)
        dense = value.detach() if value.layout == torch.strided else value.detach().to_dense()
        if dense.is_floating_point() and dense.dtype not in _KNOWN_TO_NUMPY:
            dense = dense.float()
        array: np.ndarray[Any, Any] = dense.numpy(force=True)
        return array

    def random_state(self, parameter: str, seed: int) -> Any:
        """A seeded `torch.Generator` for ``generator``, NumPy's for ``rng``, an integer for ``seed`` and ``key``."""
        if parameter != "generator":
            return super().random_state(parameter, seed)
        return torch.Generator(self.device).manual_seed(seed)

    def seed_global(self, seed: int) -> None:
        """Seed PyTorch on every device, NumPy and the standard library."""
        super().seed_global(seed)
        torch.manual_seed(seed)

    def rule(self, audited: Any) -> Rule | None:
        """A `torch.autograd.Function`, its ``apply``, a module, a custom operator."""
        return rule_of(audited, self.device)

    def batched(self, function: Callable[[Natives], Any], over: Collection[str]) -> Callable[[Natives], Sequence[Any]]:
        """By `torch.func.vmap`, with the same random numbers for all."""

        def evaluate(natives: Natives) -> Sequence[Any]:
            axes = {name: 0 if name in over else None for name in natives}
            mapped = torch.func.vmap(lambda given: floating(function(given)), in_dims=(axes,), randomness="same")
            with torch.no_grad():
                batch: Sequence[Any] = mapped(dict(natives))
            return batch

        return evaluate

    def differentiation(self) -> Differentiate | None:
        """By autograd."""
        return vjp


_KNOWN_TO_NUMPY = (torch.float16, torch.float32, torch.float64)


def _shared(array: np.ndarray[Any, Any]) -> torch.Tensor:
    """A tensor in an array's memory; of one whose elements all are in one place, as autograd expands scalars."""
    if array.size and any(stride == 0 for stride, size in zip(array.strides, array.shape, strict=True) if size > 1):
        once = array[tuple(slice(0, 1) if stride == 0 else slice(None) for stride in array.strides)]
        return torch.from_numpy(np.array(once)).expand(array.shape)
    return torch.from_numpy(array if array.flags.writeable else np.array(array))
