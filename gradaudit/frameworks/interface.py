"""What an adapter for an array framework can do; the only border at which its arrays meet NumPy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np


class Framework(Protocol):
    """How the arrays of one framework are made, read and seeded."""

    name: str

    def to_native(self, array: np.ndarray[Any, Any] | np.generic) -> Any:
        """A NumPy array as the framework's own (same dtype and shape)."""
        ...

    def to_numpy(self, value: Any) -> np.ndarray[Any, Any] | None:
        """A value of the audited code as a NumPy array; None when it is no array and no number."""
        ...

    def random_state(self, parameter: str, seed: int) -> Any:
        """What a parameter called ``rng``, ``generator``, ``key`` or ``seed`` is given; the same state for one seed."""
        ...

    def seed_global(self, seed: int) -> None:
        """Set the framework's global random state."""
        ...
