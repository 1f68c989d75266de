"""How much right elements say: they may have been spared by chance, if it is by chance which elements are wrong."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradaudit.numerics.results.evidence import Evidence


def surprise(wrong: Iterable[Evidence], right: int) -> float:
    """The improbability, in bits, of that many right elements if each were wrong as often as in the wrong blocks.

    A block in which every other element is wrong makes four right elements elsewhere surprise by about four bits; where
    a clipped tail makes one of fifty wrong, they say nothing.

    Args:
        wrong: What is known of the wrong blocks.
        right: How many elements were right elsewhere.
    """
    count = total = 0
    for evidence in wrong:
        bad = np.abs(evidence.residual) > evidence.error
        count += int(np.count_nonzero(bad)) if evidence.whole else 1
        total += bad.size if evidence.whole else 1
    # One more, right, was there to be seen: the share is never 1, least of all where a single element was seen.
    return -right * math.log2(1.0 - count / (total + 1))
