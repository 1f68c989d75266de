"""What a backward takes out of what its forward kept."""

from __future__ import annotations

import ast
import re

from gradaudit.inspection.module import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.hand_written import HandWritten

_CACHE = frozenset({"cache", "ctx", "res", "residuals", "saved", "tape", "self.cache", "self._cache"})
_SAVED = ("saved_tensors", "saved_values")
# Buffers for gradients that a forward allocates, and what a name alone does not tell from them.
_BUFFER = re.compile(r"d[A-Z_].*|d[a-z]\d*|.*grads?(?:_.*)?|.*buf(?:fer)?s?|.*workspace|out(?:put)?")


def is_cache(value: ast.expr, each: HandWritten) -> bool:
    """Whether an expression is what the forward kept, or an element of it."""
    if isinstance(value, ast.Subscript):
        return isinstance(value.slice, ast.Constant) and is_cache(value.value, each)
    name = dotted(value)
    parameters = each.backward.parameters if each.backward is not None else []
    if name.rpartition(".")[2] in _SAVED:
        return name.count(".") == 1
    return name in _CACHE and (name.startswith("self.") or (name in parameters and name != "ctx"))


def cached_names(target: ast.expr, value: ast.expr) -> Iterator[str]:
    """The names that stand for arrays of the cache once it is assigned to `target`.

    The cache itself may be one of them, where nothing is unpacked.
    """
    if isinstance(target, (ast.Tuple, ast.List)):
        names = [element.id for element in target.elts if isinstance(element, ast.Name)]
    else:
        names = [target.id] if isinstance(target, ast.Name) else []
    is_saved = any(saved in ast.dump(value) for saved in _SAVED)
    yield from (name for name in names if is_saved or not _BUFFER.fullmatch(name))
