"""How inputs are drawn, where a plain shape such as ``"N D"`` (standard normal numbers) does not say it.

Importing this costs no third-party package: NumPy is only reached when something is drawn.

>>> from gradaudit import audited_backward, distributions
>>> @audited_backward(
...     forward=lambda x, y: -x[range(len(y)), y].sum(),
...     inputs={"x": "N C", "y": distributions.integers("N", high="C")},
... )
... def pick_backward(x, y): ...
"""

from __future__ import annotations

from gradaudit.distributions.clearance import away_from
from gradaudit.distributions.constants import constant
from gradaudit.distributions.continuous import normal, positive, uniform
from gradaudit.distributions.definite_matrices import positive_definite
from gradaudit.distributions.discrete import boolean, integers, one_hot, permutation
from gradaudit.distributions.distribution import Distribution
from gradaudit.distributions.orthogonal_matrices import orthogonal
from gradaudit.distributions.simplex import probabilities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

DISTRIBUTIONS: dict[str, Callable[..., Distribution]] = {
    "normal": normal,
    "uniform": uniform,
    "positive": positive,
    "probabilities": probabilities,
    "one_hot": one_hot,
    "integers": integers,
    "boolean": boolean,
    "permutation": permutation,
    "positive_definite": positive_definite,
    "orthogonal": orthogonal,
    "away_from": away_from,
    "constant": constant,
}
"""The constructor of each distribution, by the name that users write."""

__all__ = [
    "DISTRIBUTIONS",
    "Distribution",
    "away_from",
    "boolean",
    "constant",
    "integers",
    "normal",
    "one_hot",
    "orthogonal",
    "permutation",
    "positive",
    "positive_definite",
    "probabilities",
    "uniform",
]
