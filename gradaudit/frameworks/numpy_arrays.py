"""NumPy, and everything that NumPy can read through ``__array__``."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from gradaudit.frameworks.interface import Differentiate, Rule

GLOBAL_SEED_LIMIT = 2**32  # np.random.seed takes 32 bits


class NumpyArrays:
    """The adapter for code that is written with NumPy (SciPy, scikit-learn, ...)."""

    name = "numpy"

    def session(self, dtype: str) -> contextlib.AbstractContextManager[None]:
        """Nothing is in force: NumPy computes in the dtype of its arrays."""
        del dtype
        return contextlib.nullcontext()

    def is_native(self, value: Any) -> bool:
        """None is."""
        del value
        return False

    def to_native(self, array: np.ndarray[Any, Any] | np.generic, dtype: str | None = None) -> Any:
        """NumPy's arrays are the native ones.

        Raises:
            AuditError: GA004, NumPy has no such dtype.
        """
        if dtype is None:
            return array
        raise AuditError("GA004", f"dtype={dtype!r}: NumPy has no such type", help='write dtype="float16" or "float32"')

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Numbers and arrays, object arrays and strings excluded."""
        if isinstance(value, (str, bytes, dict, set)) or value is None or callable(value):
            return None
        try:
            array = np.asarray(value)
        except (TypeError, ValueError):  # ragged lists, and objects that refuse
            return None
        except RuntimeError:
            if getattr(value, "requires_grad", False):  # a tensor of PyTorch, which has to be detached first
                return None
            raise
        return array if array.dtype.kind in "fiubc" else None

    def random_state(self, parameter: str, seed: int) -> Any:
        """A generator for ``rng`` and ``generator``, an integer for ``seed`` and ``key``."""
        return seed % GLOBAL_SEED_LIMIT if parameter in {"seed", "key"} else np.random.default_rng(seed)

    def seed_global(self, seed: int) -> None:
        """Seed NumPy's legacy state and the standard library's."""
        np.random.seed(seed % GLOBAL_SEED_LIMIT)  # noqa: NPY002 - the audited code may draw from the legacy state
        random.seed(seed)

    def rule(self, audited: Any) -> Rule | None:
        """NumPy applies no rules."""
        del audited
        return None

    def differentiation(self) -> Differentiate | None:
        """NumPy differentiates nothing."""
        return None
