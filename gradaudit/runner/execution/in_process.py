"""An audit in the caller's own process, which goes on afterwards: as little as possible is changed, and put back."""

from __future__ import annotations

import contextlib
import random
import warnings
from typing import TYPE_CHECKING

import numpy as np

from gradaudit.runner.execution.audited_code import interruptible

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put back random states, warning filters and NumPy's error state; let interruptions through.

    Floating-point warnings are off meanwhile: the points are not the caller's, and what is not finite is reported.
    """
    seeds = random.getstate(), np.random.get_state()  # noqa: NPY002 - the legacy state is what the check seeds
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), interruptible():
            yield
    finally:
        random.setstate(seeds[0])
        np.random.set_state(seeds[1])  # noqa: NPY002 - as above
