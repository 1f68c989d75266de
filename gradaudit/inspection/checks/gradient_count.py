"""GA103 of a `torch.autograd.Function`: backward returns as many gradients as forward takes arguments."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from gradaudit.inspection.checks.bodies import bindings, last_part, returned
from gradaudit.inspection.checks.counting import array_names, elements, is_one
from gradaudit.inspection.checks.seen import Mistake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gradaudit.inspection.checks.seen import Seen
    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Function

_KNOWN = frozenset({"staticmethod", "once_differentiable", "custom_fwd", "custom_bwd"})
"""Decorators that change no signature."""


@dataclass(frozen=True)
class _Arguments:
    """What the forward takes: names, and how many of them have no default."""

    names: list[str]
    required: int


def gradient_count(seen: Seen) -> Iterator[Mistake]:
    """Each return statement with fewer gradients, or with more of which one is not None: PyTorch drops the others."""
    for each in seen.backwards:
        arguments = _arguments(each, seen)
        if arguments is None or each.backward is None:
            continue
        for statement in returned(each.backward):
            count = _wrong_count(statement, each.backward, arguments)
            if count is not None:
                yield _mistake(each, statement, count, arguments)


def _mistake(each: HandWritten, statement: ast.Return, count: int, arguments: _Arguments) -> Mistake:
    takes = len(arguments.names)
    return Mistake(
        statement,
        f"{each.qualname}.backward returns {count} gradient{'s' if count != 1 else ''}, and forward takes {takes}"
        f" argument{'s' if takes != 1 else ''}: {', '.join(arguments.names)}",
        "return one for each argument of forward in its order, None for those that have none",
        each.backward.cell if each.backward is not None else None,
    )


def _arguments(each: HandWritten, seen: Seen) -> _Arguments | None:
    """Those of the forward behind ctx; None where the source leaves open how many are given to it."""
    if each.kind != "a torch.autograd.Function" or each.forward is None or each.backward is None:
        return None
    if not all(map(_is_plain, (each.forward, each.backward))):
        return None
    given = each.forward.node.args
    if given.vararg or given.kwarg or given.kwonlyargs:
        return None
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    required = len(names) - len(given.defaults)
    if f"{each.qualname}.setup_context" in seen.module.functions:
        return _Arguments(names, required)
    return _Arguments(names[1:], required - 1) if names and names[0] not in {"self", "cls"} else None


def _is_plain(function: Function) -> bool:
    decorators = set(map(last_part, function.decorators))
    return "staticmethod" in decorators and decorators <= _KNOWN


def _wrong_count(statement: ast.Return, backward: Function, arguments: _Arguments) -> int | None:
    """How many come back, if that is wrong."""
    if statement.value is None or _is_none(statement.value):
        return None
    bound = bindings(backward)
    found = elements(statement.value)
    if found is None:
        upstreams = backward.parameters[1:]
        is_single = len(upstreams) == 1 and is_one(statement.value, array_names(upstreams, bound))
        return 1 if is_single and arguments.required > 1 else None
    if len(found) < arguments.required:
        return len(found)
    given = {name for name in backward.parameters[1:] if name not in bound}
    beyond = found[len(arguments.names) :]
    return len(found) if any(not _may_be_none(each, bound, given) for each in beyond) else None


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _may_be_none(value: ast.expr, bound: Mapping[str, list[ast.expr | None]], upstreams: Collection[str]) -> bool:
    """Whether a gradient beyond the last argument may be None, which PyTorch drops."""
    match value:
        case ast.Constant(value=None) | ast.Call() | ast.Subscript() | ast.Attribute():
            return True
        case ast.IfExp(body=left, orelse=right):
            return _may_be_none(left, bound, upstreams) or _may_be_none(right, bound, upstreams)
        case ast.Name(id=name):
            values = bound.get(name, [])
            given = not values and name not in upstreams
            return given or any(each is None or isinstance(each, ast.Call) or _is_none(each) for each in values)
    return False
