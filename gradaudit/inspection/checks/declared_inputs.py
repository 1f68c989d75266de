"""GA004 where the source shows it: ``inputs=`` lacks an argument of the forward, or has one that it does not take."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.seen import Mistake
from gradaudit.near_names import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.declared_audits import DeclaredAudit
    from gradaudit.inspection.module import Function

# What a run fills in by itself where the forward has a parameter of this name: as `binding` does.
_FILLED_IN = frozenset({"rng", "generator", "key", "seed", "ctx"})


def unbound_input(audit: DeclaredAudit) -> Iterator[Mistake]:
    """An argument without a default that nothing draws, or a key that neither forward nor backward takes."""
    inputs, forward, backward = audit.options.get("inputs"), audit.forward, audit.audited
    if forward is None or backward is None or not _is_plain(forward) or audit.forward_home is not audit.module:
        return
    if not isinstance(inputs, ast.Dict) or {"make", "skip", "parameters"} & audit.options.keys() or backward.owner:
        return
    keys = [key.value for key in inputs.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    if len(keys) < len(inputs.keys):
        return
    yield from list(_misspelt(audit, forward, backward, keys, inputs)) or _missing(audit, forward, keys, inputs)


def _missing(audit: DeclaredAudit, forward: Function, keys: list[str], inputs: ast.Dict) -> Iterator[Mistake]:
    arguments = forward.node.args
    required = forward.parameters[: len(forward.parameters) - len(arguments.defaults)]
    required += [
        argument.arg
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    missing = [name for name in required if name not in keys and name not in _FILLED_IN]
    if missing:
        shown, verb = " and ".join(missing), "is" if len(missing) == 1 else "are"
        line = ", ".join(f'"{name}": "N"' for name in missing)
        yield Mistake(
            inputs,
            f"nothing says how {shown} of {forward.qualname} {verb} drawn",
            f"write inputs={{..., {line}}} with how each is drawn",
            audit.target.cell,
        )


def _misspelt(
    audit: DeclaredAudit, forward: Function, backward: Function, keys: list[str], inputs: ast.Dict
) -> Iterator[Mistake]:
    taken = _names(forward) | _names(backward)
    for node, name in zip(inputs.keys, keys, strict=True):
        if name not in taken and node is not None:
            message = f"inputs has {name!r}, which {forward.qualname} does not take"
            yield Mistake(node, message, nearest(name, _names(forward)), audit.target.cell)


def _names(function: Function) -> set[str]:
    return {*function.parameters, *(argument.arg for argument in function.node.args.kwonlyargs)}


def _is_plain(function: Function) -> bool:
    arguments = function.node.args
    return not (arguments.vararg or arguments.kwarg or function.owner or function.outer or function.decorators)
