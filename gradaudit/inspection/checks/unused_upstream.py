"""GA102: the upstream gradient is never read in a backward that has one."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import bindings, returned
from gradaudit.inspection.checks.seen import Mistake
from gradaudit.inspection.checks.upstreams import upstreams_of
from gradaudit.inspection.checks.zeros import is_zero, zero_names
from gradaudit.inspection.module import dotted
from gradaudit.inspection.walk import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.checks.seen import Seen
    from gradaudit.inspection.module import Function


def unused_upstream(seen: Seen) -> Iterator[Mistake]:
    """Backwards that read none of their upstream gradients and return something that is not zero.

    Of several upstream gradients one is enough: an output that is not differentiable has one too. A name that begins
    with an underscore, or a ``del``, says that it is meant.
    """
    for each in seen.backwards:
        names = upstreams_of(each)
        if each.backward is None or not names or any(name.startswith("_") for name in names):
            continue
        function = each.backward
        if function.node.args.vararg is None and not _mentions(function, names) and _returns_something(function):
            first = next(argument for argument in _arguments(function) if argument.arg == names[0])
            shown = " and ".join(names)
            verb, gradients = ("is", "gradient") if len(names) == 1 else ("are", "gradients")
            yield Mistake(
                first,
                f"the upstream {gradients} {shown} of {each.backward.qualname} {verb} never read",
                f"multiply by {names[0]}: by the chain rule it is a factor of every gradient",
                each.backward.cell,
            )


def _arguments(function: Function) -> list[ast.arg]:
    return [*function.node.args.posonlyargs, *function.node.args.args]


def _mentions(function: Function, names: tuple[str, ...]) -> bool:
    """Whether a name is read or deleted, also by a function inside, or all names are at once by ``locals()``."""
    return any(
        (isinstance(node, ast.Name) and node.id in names and not isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.Call) and dotted(node.func) in {"locals", "vars", "eval", "exec"})
        for node in below(function.node.body)
    )


def _returns_something(function: Function) -> bool:
    """Whether a gradient comes back that is not zero on purpose."""
    values = [each.value for each in returned(function)]
    if not values:
        return False
    given = {argument.arg for argument in _arguments(function)}
    stored = {
        target.value.id
        for node in function.own_nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)
    }
    bound = {name: each for name, each in bindings(function).items() if name not in stored | given}
    zeros = zero_names(bound)
    return not all(is_zero(value, zeros) for value in values)
