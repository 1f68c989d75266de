"""What expressions say that are read and not evaluated: the names in them, what to call them, options' constants."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def dotted(node: ast.expr) -> str | None:
    """A name, or ``layers.affine`` for an attribute; without what has no name itself. None for all else.

    >>> dotted(ast.parse("layers.affine", mode="eval").body), dotted(ast.parse("load().affine", mode="eval").body)
    ('layers.affine', 'affine')
    """
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else node.attr
    return None


def names_in(audited: ast.expr) -> tuple[str, ...]:
    """The dotted names in an expression, the longest of each: ``layers.Affine.apply`` and not ``layers``."""
    inner = {id(node.value) for node in ast.walk(audited) if isinstance(node, ast.Attribute)}
    names = (
        dotted(node)
        for node in ast.walk(audited)
        if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in inner
    )
    return tuple(dict.fromkeys(filter(None, names)))


def shown(audited: ast.expr) -> str:
    """What to call an audit that is assigned to nothing."""
    if isinstance(audited, ast.Lambda):
        return "<lambda>"
    if isinstance(audited, ast.Call):
        return shown(audited.args[0] if isinstance(audited.func, ast.Call) and audited.args else audited.func)
    if isinstance(audited, ast.Subscript):
        return shown(audited.value)
    return dotted(audited) or "<expression>"


def unpacked(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Which value goes to which name in ``a, b = x, y``; nothing where it is not of this form."""
    if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(value, (ast.Tuple, ast.List)):
        return []
    starred = any(isinstance(element, ast.Starred) for element in (*target.elts, *value.elts))
    return [] if starred or len(target.elts) != len(value.elts) else list(zip(target.elts, value.elts, strict=True))


def is_main_guard(test: ast.expr) -> bool:
    """Whether a condition is ``__name__ == "__main__"``, or that and more."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(map(is_main_guard, test.values))
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, *test.comparators]
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )


def name_option(options: Sequence[ast.keyword]) -> tuple[str | None, bool]:
    """The text of ``name=``, and whether it is only known when run; the last one counts, as in a partial."""
    for option in reversed(options):
        if option.arg is None:
            return None, True  # **options may hold a name
        if option.arg == "name":
            value = option.value.value if isinstance(option.value, ast.Constant) else ...
            if value is None or isinstance(value, str):
                return value, False
            return None, True
    return None, False


def timeout_option(options: Sequence[ast.keyword]) -> float | None:
    """The number of ``timeout=``; None where it is not given or not a number in the source."""
    for option in reversed(options):
        if option.arg == "timeout" and isinstance(option.value, ast.Constant):
            value = option.value.value
            return float(value) if isinstance(value, (int, float)) and value > 0 else None
    return None
