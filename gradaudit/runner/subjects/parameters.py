"""Which parameters of an object are differentiated, and where the gradient of each is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradaudit.matching import Wanted, containers_of, follow
from gradaudit.runner.subjects.object_paths import ANY, expanded, floating_arrays, read, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

RETURNED = ""
"""In place of a path: the gradient is among what the backward returns, and is matched as those of inputs are."""

STEP = "step"
"""In place of a path: the gradient is what the backward takes away from the parameter, a step of rate 1."""


class Parameters(NamedTuple):
    """The parameters of an audit.

    Attributes:
        gradients: For each parameter's dotted path the path of its gradient, `RETURNED` or `STEP`.
        differentiated: Those of them that are differentiated, in the order of `wrt`.
        inputs: The names in `wrt` that are left for the inputs; None where there is no `wrt`.
    """

    gradients: Mapping[str, str]
    differentiated: tuple[str, ...]
    inputs: list[str] | None

    def wanted(self, layer: Callable[[], Any]) -> list[Wanted]:
        """Those whose gradients are matched to what the backward returns.

        Args:
            layer: Builds the object.
        """
        names = [name for name in self.differentiated if self.gradients[name] == RETURNED]
        if not names:
            return []
        built = layer()
        paths = {name: tuple(steps_of(built, name)) for name in names}
        return [Wanted(name, path, containers_of(follow(built, path[:1]), path)) for name, path in paths.items()]


def parameters_of(
    declared: Mapping[str, Any],
    wrt: Sequence[str] | None,
    inputs: Collection[str],
    layer: Callable[[], Any] | None,
    to_array: Callable[[Any], Any],
) -> Parameters:
    """The parameters that a declaration names: by ``parameters=``, or by ``wrt=`` where they are no inputs.

    Args:
        declared: What ``parameters=`` says, or the parameters of a rule.
        wrt: The names in ``wrt=``; None for all.
        inputs: Names of the forward's arguments and of the inputs.
        layer: Builds the object; None where there is none that is ours to look into.
        to_array: The framework's reader.

    Raises:
        AuditError: GA004, a pattern among the names stands for nothing.
    """
    gradients = dict(declared)
    if layer is not None and any(ANY in each for each in (*declared, *declared.values())):
        gradients = expanded(declared, layer(), to_array)
    if wrt is None:
        return Parameters(gradients, tuple(gradients), None)
    differentiated: dict[str, None] = {}
    left: list[str] = []
    for name in wrt:
        named = _below(name, gradients)
        if not named and layer is not None and name.partition(".")[0] not in inputs:
            named = _held(layer(), name, to_array)
            gradients |= dict.fromkeys(named, RETURNED)
        differentiated |= dict.fromkeys(named)
        if not named:
            left.append(name)
    return Parameters(gradients, tuple(differentiated), left)


def _below(name: str, paths: Collection[str]) -> list[str]:
    """The path of that name, or all that begin with it."""
    return [path for path in paths if path == name or path.startswith(f"{name}.")]


def _held(layer: Any, name: str, to_array: Callable[[Any], Any]) -> list[str]:
    """The floating arrays that an object holds at a path, or below it."""
    below = _below(name, [path for path, _ in floating_arrays(layer, to_array)])
    return below or ([name] if _is_number(layer, name) else [])


def _is_number(layer: Any, name: str) -> bool:
    try:
        return isinstance(read(layer, name), float)
    except (AttributeError, KeyError, IndexError, TypeError):
        return False


def in_order_of(wrt: Sequence[str], wanted: Sequence[Wanted]) -> list[Wanted]:
    """The differentiated leaves in the order in which ``wrt=`` names them.

    >>> [leaf.name for leaf in in_order_of(["params", "x"], [Wanted("x", ("x",)), Wanted("params.W", ("params", "W"))])]
    ['params.W', 'x']
    """

    def place(leaf: Wanted) -> int:
        return next((number for number, name in enumerate(wrt) if _below(name, [leaf.name])), len(wrt))

    return sorted(wanted, key=place)
