"""GA107: a gradient is assigned at indices that may repeat, or in windows that may overlap."""

from __future__ import annotations

import ast

from gradaudit.inspection.checks.bodies import bindings, called, only_value
from gradaudit.inspection.checks.gathered import indices_of
from gradaudit.inspection.checks.seen import Mistake
from gradaudit.inspection.checks.windows import overlapping
from gradaudit.inspection.checks.zeros import is_zero_array
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gradaudit.inspection.checks.seen import Seen
    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Function


def assigned_not_accumulated(seen: Seen) -> Iterator[Mistake]:
    """Each such statement that writes to an array which began as zeros."""
    by_name = {audit.qualname: audit for audit in seen.audits if audit.home is seen.module}
    for each in seen.backwards:
        if each.backward is not None:
            indices = indices_of(each, by_name.get(each.backward.qualname) or by_name.get(each.qualname))
            yield from _mistakes(each, each.backward, indices)


def _mistakes(each: HandWritten, function: Function, indices: set[str]) -> Iterator[Mistake]:
    bound, kept = bindings(function), bindings(function, augmented=False)
    for statement, loops in _in_loops(function.node.body, ()):
        target, value = _stored(statement)
        if target is None or value is None or not _began_as_zeros(target.value, kept):
            continue
        cell = each.backward.cell if each.backward is not None else None
        shown = ast.unparse(target)
        repeated = _repeated(target.slice, indices, bound)
        if repeated:
            how = "+=" if isinstance(statement, ast.AugAssign) else "="
            message = f"{shown} {how} ... keeps one gradient of each index, and those in {repeated} may repeat"
            name, index = dotted(target.value), _index(target.slice)
            yield Mistake(
                statement, message, f"accumulate: np.add.at({name}, {index}, ...), or index_put_ in PyTorch", cell
            )
        elif isinstance(statement, ast.Assign) and not _reads(value, target):
            window = overlapping(target.slice, loops, bound)
            if window is not None:
                message = f"{shown} = ... loses what other windows gave: {ast.unparse(window)} may overlap the next one"
                yield Mistake(statement, message, f"accumulate: {shown} += ...", cell)


def _in_loops(body: Iterable[ast.stmt], loops: tuple[ast.For, ...]) -> Iterator[tuple[ast.stmt, tuple[ast.For, ...]]]:
    """Every statement of a function, with the loops around it."""
    for statement in body:
        yield statement, loops
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        around = (*loops, statement) if isinstance(statement, ast.For) else loops
        for child in ast.iter_child_nodes(statement):
            inner = [child] if isinstance(child, ast.stmt) else getattr(child, "body", ())
            if isinstance(inner, list):
                yield from _in_loops(inner, around)


def _stored(statement: ast.stmt) -> tuple[ast.Subscript | None, ast.expr | None]:
    """What is written to by index, and the value."""
    match statement:
        case ast.Assign(targets=[ast.Subscript() as target], value=value):
            return target, value
        case ast.AugAssign(target=ast.Subscript() as target, op=ast.Add() | ast.Sub(), value=value):
            return target, value
    return None, None


def _began_as_zeros(array: ast.expr, bound: Mapping[str, list[ast.expr | None]]) -> bool:
    """Whether it is a name whose only value is ``zeros(...)``."""
    return isinstance(array, ast.Name) and is_zero_array(only_value(array.id, bound))


def _repeated(index: ast.expr, indices: set[str], bound: Mapping[str, list[ast.expr | None]]) -> str:
    """The array of indices in an index; empty where there is none, or another one tells its elements apart."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    names = [dotted(part) for part in parts]
    if any(called(part) in {"arange", "range"} for part in parts):
        return ""
    if any(
        called(value) in {"arange", "range"} for name in names for value in bound.get(name, []) if value is not None
    ):
        return ""
    return next((name for name in names if name in indices and _is_as_given(name, bound)), "")


def _is_as_given(name: str, bound: Mapping[str, list[ast.expr | None]]) -> bool:
    """Whether a name is a parameter or was unpacked, and not computed here."""
    return all(
        value is None or isinstance(value, ast.Subscript) or dotted(value).endswith("saved_tensors")
        for value in bound.get(name, [])
    )


def _reads(value: ast.expr, target: ast.Subscript) -> bool:
    """Whether the value is made of what stands there already: ``dx[window] = dx[window] + g``."""
    return any(isinstance(node, ast.Name) and node.id == dotted(target.value) for node in ast.walk(value))


def _index(index: ast.expr) -> str:
    return f"({ast.unparse(index)})" if isinstance(index, ast.Tuple) else ast.unparse(index)
