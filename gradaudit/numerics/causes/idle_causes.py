"""Whether a cause can be at work unseen: a transpose of a single row of one, a flip along an axis of length 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradaudit.numerics.results.cause import Cause


def may_be_idle(cause: Cause, shape: tuple[int, ...]) -> bool:
    """Whether a gradient of that shape, not zero, is right although the cause is there.

    What depends on the values (only where θ is negative) or has been held against the right trials already (a factor
    such as 1/N, which is 1 there) is taken to be.

    Args:
        cause: What explains the wrong trials.
        shape: The shape of the block in a trial in which it is right.

    Example:
        >>> from gradaudit.numerics.results.cause import Cause
        >>> transposed = Cause("rearranged", "axes", axes=(1, 0))
        >>> may_be_idle(transposed, (1, 1)), may_be_idle(transposed, (2, 2))
        (True, False)
    """
    match cause.kind, cause.how:
        case _, "varying":
            return False
        case ("sign" | "scaled" | "offset" | "regularisation", _) | ("partial", "negative" | "positive"):
            return True
        case "rearranged", "axes":
            # Moving axes of length 1 moves no entry.
            longer = [axis for axis in cause.axes if axis < len(shape) and shape[axis] > 1]
            return longer == sorted(longer)
        case ("rearranged", "flip") | ("summed", _):
            return all(axis < len(shape) and shape[axis] == 1 for axis in cause.axes)
        case "rearranged", "roll":
            return cause.shift % shape[cause.axes[0]] == 0
    return cause.how == "entries" and all(size == 1 for size in shape)
