"""Which leaves are differentiated: those that `wrt` names, else every floating one that was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradaudit.drawing.meant_as_array import differentiation_remedy
from gradaudit.errors import AuditError
from gradaudit.frameworks.other_arrays import is_sparse
from gradaudit.near_names import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.drawing.leaves import DrawnLeaf


def differentiated(leaves: Sequence[DrawnLeaf], wrt: Sequence[str] | None) -> list[DrawnLeaf]:
    """The leaves that are differentiated, in the order of `wrt`.

    Args:
        leaves: All of them.
        wrt: Names of inputs, or dotted names of leaves.

    Raises:
        AuditError: GA004, a name is no input, or not floating.
    """
    if wrt is None:
        return [
            leaf for leaf in leaves if leaf.drawn and leaf.differentiable and (leaf.is_floating or _is_complex(leaf))
        ]
    chosen: list[DrawnLeaf] = []
    for name in wrt:
        found = [leaf for leaf in leaves if leaf.name == name or leaf.name.startswith(name + ".")]
        floating = _meant(found)
        if not floating:
            raise _not_floating(name, found, leaves)
        chosen += [leaf for leaf in floating if all(leaf.path != other.path for other in chosen)]
    return chosen


def _meant(found: Sequence[DrawnLeaf]) -> list[DrawnLeaf]:
    """Which leaves of a container are meant: the parameters that are drawn, not the constants beside them."""
    floating = [leaf for leaf in found if leaf.is_floating]
    drawn = [leaf for leaf in floating if leaf.drawn and leaf.differentiable]
    arrays = [leaf for leaf in floating if isinstance(leaf.value, np.ndarray)]
    return drawn or arrays or floating


def _is_complex(leaf: DrawnLeaf) -> bool:
    if isinstance(leaf.value, (np.ndarray, np.generic)) and leaf.value.dtype.kind == "c":
        message = f"the input {leaf.name} is complex, which is not supported yet"
        raise AuditError("GA004", message, help="draw its real and imaginary parts as two inputs")
    return False


def _not_floating(name: str, found: Sequence[DrawnLeaf], leaves: Sequence[DrawnLeaf]) -> AuditError:
    for leaf in found:
        _is_complex(leaf)
    if found:
        first = found[0].value
        value = first if len(found) == 1 and found[0].name == name else tuple(leaf.value for leaf in found)
        remedy = "" if any(leaf.drawn for leaf in found) else differentiation_remedy(name, value)
        why = "sparse" if is_sparse(value) else f"not floating ({getattr(first, 'dtype', type(first).__name__)})"
        return AuditError("GA004", f"wrt names {name!r}, which is {why}", help=remedy or "draw it as a floating array")
    names = [*dict.fromkeys(str(leaf.path[0]) for leaf in leaves), *(leaf.name for leaf in leaves)]
    return AuditError("GA004", f"wrt names {name!r}, which is no input", help=nearest(name, names))
