"""The arguments of a forward that are arrays of indices, which may repeat."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.checks.bodies import called
from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.declared_audits import DeclaredAudit
    from gradaudit.inspection.hand_written import HandWritten
    from gradaudit.inspection.module import Function

# Each of these writes to a place once: masks, permutations, and what picks one element of a row.
_DISTINCT = re.compile(
    r".*(?:mask|keep|valid|active|select|cond|bool|flag|where|perm|order|sort|inv|uniq|slice|span|range|window|inside).*"
    r"|sl|sel|on|off",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    r"(?:\w+_)?(?:indices|idxs|inds|ids|tokens|words|(?:row|col|src|dst|source|target|node|edge|token|word)_?(?:s|ids?|idx|index|indices))",
    re.IGNORECASE,
)
_ARRAY_MEMBERS = frozenset({
    "shape", "ravel", "reshape", "flatten", "astype", "size", "numel", "view", "ndim", "dtype", "long", "tolist",
})  # fmt: skip
_ARRAY_TYPE = re.compile(r"Tensor|ndarray|NDArray|Array|Int\d*\[|Integer\[")


def indices_of(each: HandWritten, audit: DeclaredAudit | None) -> set[str]:
    """Their names in the backward: with ``self.`` before those that a layer's forward keeps."""
    if each.forward is None or each.backward is None:
        return set()
    forward = each.forward
    found = {name for name in _used_as_index(forward) if name in each.forward.parameters}
    found = {name for name in found if not _DISTINCT.fullmatch(name) and _is_array(name, each, audit)}
    return found | {attribute for attribute, name in _kept(forward) if name in found}


def _used_as_index(function: Function) -> Iterator[str]:
    """Names that something is read at: ``table[ids]``, ``table[:, ids]``, ``np.take(table, ids)``."""
    for node in function.own_nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            names = [part.id for part in parts if isinstance(part, ast.Name)]
            if not any(called(part) == "arange" for part in parts):
                yield from names
        elif called(node) in {"take", "index_select"} and isinstance(node, ast.Call):
            yield from (argument.id for argument in node.args if isinstance(argument, ast.Name))


def _is_array(name: str, each: HandWritten, audit: DeclaredAudit | None) -> bool:
    """Whether something says that an index is an array of integers, and not one number, a slice or a mask."""
    drawn = _drawn(name, audit)
    if drawn is not None:
        return drawn
    if each.forward is None or each.backward is None or _is_boolean(name, each.forward):
        return False
    return bool(
        _PLURAL.fullmatch(name)
        or _is_annotated(name, each.forward)
        or _is_documented(name, each.forward)
        or any(_has_members(name, function) for function in (each.forward, each.backward))
    )


def _drawn(name: str, audit: DeclaredAudit | None) -> bool | None:
    """What the audit says: drawn as an array of integers, or otherwise; None where it says nothing."""
    inputs = audit.options.get("inputs") if audit is not None else None
    if not isinstance(inputs, ast.Dict):
        return None
    for key, value in zip(inputs.keys, inputs.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == name:
            return called(value) == "integers" and isinstance(value, ast.Call) and _is_of_some_size(value)
    return None


def _is_of_some_size(call: ast.Call) -> bool:
    shape = next((argument for argument in call.args), None)
    return isinstance(shape, ast.Constant) and bool(shape.value)


def _is_boolean(name: str, function: Function) -> bool:
    """Whether it is inverted, or made of a comparison."""
    return any(
        (isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Invert, ast.Not)) and dotted(node.operand) == name)
        or (called(node) in {"logical_not", "any", "all", "nonzero"} and name in ast.unparse(node))
        for node in function.own_nodes
    )


def _is_annotated(name: str, function: Function) -> bool:
    annotations = [a.annotation for a in (*function.node.args.posonlyargs, *function.node.args.args) if a.arg == name]
    return any(each is not None and _ARRAY_TYPE.search(ast.unparse(each)) is not None for each in annotations)


def _is_documented(name: str, function: Function) -> bool:
    """Whether the docstring says of it what it says of an array of integers: ``x: Integer array of shape (N, T)``."""
    text = ast.get_docstring(function.node) or ""
    said = re.search(rf"\b{re.escape(name)}\b\s*:([^\n]*)", text)
    return said is not None and bool(
        re.search(r"int\w*\W.*(?:array|tensor|shape)|(?:array|tensor) of int", said[1], re.IGNORECASE)
    )


def _has_members(name: str, function: Function) -> bool:
    return any(
        isinstance(node, ast.Attribute) and dotted(node.value) == name and node.attr in _ARRAY_MEMBERS
        for node in function.own_nodes
    )


def _kept(forward: Function) -> Iterator[tuple[str, str]]:
    """Attributes of a layer in which its forward keeps what it was given: ``self.ids = ids``."""
    for node in forward.own_nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            yield from (
                (dotted(target), node.value.id) for target in node.targets if dotted(target).startswith("self.")
            )
