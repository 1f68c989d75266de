"""TensorFlow: eager tensors, and what its tape differentiates by `tf.custom_gradient`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from gradaudit.errors import AuditError
from gradaudit.frameworks.numpy_arrays import NumpyArrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradaudit.frameworks.interface import Differentiate, Natives, Pullback


class TensorflowArrays(NumpyArrays):
    """The adapter for TensorFlow.

    A function that `tf.custom_gradient` decorated is one that returns its output alone: the tape applies its rule.
    """

    name = "tensorflow"
    devices = True

    def __init__(self, device: str = "cpu") -> None:
        """Put tensors on a device.

        Raises:
            AuditError: GA004, there is no such device.
        """
        self.device = "gpu" + device.removeprefix("cuda") if device.startswith("cuda") else device
        try:
            with tf.device(self.device):
                tf.constant(0.0)
        except (RuntimeError, ValueError, tf.errors.InvalidArgumentError) as error:
            message = f"device={device!r}: {next(iter(str(error).splitlines()), '')}"
            raise AuditError(
                "GA004", message, help='give one that tf.device takes and this machine has: "cpu"'
            ) from error

    @contextlib.contextmanager
    def session(self, dtype: str) -> Iterator[None]:
        """Make `dtype` the one of Keras's layers, place what is computed, and put both back."""
        floating = tf.keras.backend.floatx()
        tf.keras.backend.set_floatx(dtype)
        try:
            with tf.device(self.device):
                yield
        finally:
            tf.keras.backend.set_floatx(floating)

    def is_native(self, value: Any) -> bool:
        """Tensors and variables."""
        return isinstance(value, (tf.Tensor, tf.Variable))

    def to_native(self, array: np.ndarray[Any, Any] | np.generic, dtype: str | None = None) -> Any:
        """A tensor, which nobody can write to."""
        return tf.convert_to_tensor(np.ascontiguousarray(array).reshape(array.shape), dtype)

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Tensors, variables and the sparse gradients of gathers; whatever NumPy reads."""
        if isinstance(value, tf.IndexedSlices):
            value = tf.convert_to_tensor(value)
        if not self.is_native(value):
            return super().to_numpy(value)
        array: np.ndarray[Any, Any] = np.asarray(tf.cast(value, tf.float32) if value.dtype == tf.bfloat16 else value)
        return array

    def random_state(self, parameter: str, seed: int) -> Any:
        """A seeded `tf.random.Generator` for ``generator``, else what NumPy's code is given."""
        return (
            tf.random.Generator.from_seed(seed) if parameter == "generator" else super().random_state(parameter, seed)
        )

    def seed_global(self, seed: int) -> None:
        """Seed TensorFlow, NumPy and the standard library."""
        super().seed_global(seed)
        tf.random.set_seed(seed)

    def differentiation(self) -> Differentiate | None:
        """By a gradient tape."""
        return vjp


def vjp(function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
    """Evaluate a function under a tape; see `gradaudit.frameworks.interface.Differentiate`."""
    variables = dict(leaves)
    tape = tf.GradientTape()
    with tape:
        for leaf in variables.values():
            tape.watch(leaf)
        result = function(variables)
    outputs = [part for part in tf.nest.flatten(result) if tf.is_tensor(part) and part.dtype.is_floating]

    def pullback(upstreams: Sequence[Any]) -> Natives:
        found = tape.gradient(outputs, list(variables.values()), output_gradients=list(upstreams))
        return dict(zip(variables, found, strict=True))

    return outputs, pullback
