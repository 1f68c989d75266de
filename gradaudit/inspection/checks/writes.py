"""The arrays that a statement writes to, by the names that hold them."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.checks.bodies import expressions
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_VIEWS = frozenset({"T", "data", "flat", "real", "imag", "mT"})
_IN_PLACE = frozenset({"fill", "put", "itemset"})  # of a NumPy array; PyTorch's end in an underscore
_OF_TORCH = re.compile(r"[a-z][a-z0-9_]*[a-z0-9]_")
# They change what autograd does with a tensor, or where it lies, and none of its values.
_HARMLESS = frozenset({"requires_grad_", "detach_", "share_memory_", "rename_", "retain_grad_"})
_FIRST_ARGUMENT = frozenset({"copyto", "put", "putmask", "place", "fill_diagonal", "put_along_axis", "at"})
_ARRAY_MODULES = frozenset({"np", "numpy", "cp", "cupy", "xp", "torch"})


def written(statement: ast.stmt, arrays: Collection[str], *, rebinds: bool) -> Iterator[tuple[str, str]]:
    """Names and how they are written to.

    Args:
        statement: What is looked at, without the statements inside of it.
        arrays: Names that stand for arrays: of others ``n += 1`` binds the name to another object.
        rebinds: Whether ``+=`` does that for arrays too.
    """
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AugAssign):
        if isinstance(statement.target, ast.Name):
            if statement.target.id in arrays and not rebinds:
                yield statement.target.id, f"by {_sign(statement.op)}="
        else:
            targets = [statement.target]
    for target in targets:
        for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
            if isinstance(part, ast.Subscript) and not _is_key(part.slice):
                yield from ((name, "by index") for name in _holder(part.value))
    for node in expressions(statement):
        if isinstance(node, ast.Call):
            yield from _by_call(node)


def _by_call(call: ast.Call) -> Iterator[tuple[str, str]]:
    owner = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    for keyword in call.keywords:
        if keyword.arg == "out" and owner.partition(".")[0] in _ARRAY_MODULES:  # elsewhere it may be an argument
            outs = keyword.value.elts if isinstance(keyword.value, ast.Tuple) else [keyword.value]
            for out in outs:
                yield from ((name, "by out=") for name in _holder(out))
    if not isinstance(call.func, ast.Attribute):
        return
    method = call.func.attr
    if method in _IN_PLACE or (_OF_TORCH.fullmatch(method) and method not in _HARMLESS):
        yield from ((name, f"by {method}()") for name in _holder(call.func.value))
    if call.args and owner.partition(".")[0] in _ARRAY_MODULES and method in _FIRST_ARGUMENT:
        yield from ((name, f"by {owner}.{method}") for name in _holder(call.args[0]))


def _holder(node: ast.expr) -> Iterator[str]:
    """The name whose array an expression is, or is a view of."""
    while isinstance(node, ast.Attribute) and node.attr in _VIEWS:
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _is_key(index: ast.expr) -> bool:
    return isinstance(index, ast.Constant) and isinstance(index.value, str)


def _sign(operator: ast.operator) -> str:
    signs = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Pow": "**", "MatMult": "@", "FloorDiv": "//", "Mod": "%"}
    return signs.get(type(operator).__name__, "")
