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

from importlib import import_module

from gradaudit.distributions.distribution import Distribution

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradaudit.distributions.clearance import away_from
    from gradaudit.distributions.constants import constant
    from gradaudit.distributions.continuous import normal, positive, uniform
    from gradaudit.distributions.definite_matrices import positive_definite
    from gradaudit.distributions.discrete import boolean, integers, one_hot, permutation
    from gradaudit.distributions.orthogonal_matrices import orthogonal
    from gradaudit.distributions.simplex import probabilities

# Each row names the module of one distribution, which has the constructor by the name that users write; imported when
# it is asked for.
DISTRIBUTIONS: dict[str, str] = {
    "normal": "gradaudit.distributions.continuous",
    "uniform": "gradaudit.distributions.continuous",
    "positive": "gradaudit.distributions.continuous",
    "probabilities": "gradaudit.distributions.simplex",
    "one_hot": "gradaudit.distributions.discrete",
    "integers": "gradaudit.distributions.discrete",
    "boolean": "gradaudit.distributions.discrete",
    "permutation": "gradaudit.distributions.discrete",
    "positive_definite": "gradaudit.distributions.definite_matrices",
    "orthogonal": "gradaudit.distributions.orthogonal_matrices",
    "away_from": "gradaudit.distributions.clearance",
    "constant": "gradaudit.distributions.constants",
}


def __getattr__(name: str) -> object:
    module = DISTRIBUTIONS.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *DISTRIBUTIONS})


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
