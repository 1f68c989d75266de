"""Functions and methods that are called as the backward of another one beside them."""

from __future__ import annotations

from gradaudit.inspection.hand_written import HandWritten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Function, Module
    from gradaudit.inspection.repository import Repository

_SUFFIXES = ("_backward", "_grad", "_der", "_bwd")
_PREFIXES = ("backward_",)
_FLAGS = frozenset({"no", "zero", "clip", "requires", "has", "is", "set", "get", "with", "enable", "disable", "needs"})
"""Beginnings of names about gradients that compute none: ``zero_grad``, ``requires_grad``, ``no_grad``."""


def named_pairs(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those with a forward beside them: in the same module, or in the same class."""
    del repository
    for function in module.functions.values():
        if not function.is_written or function.outer or not function.parameters:
            continue
        forward = _forward_of(function, module)
        if forward is not None:
            yield HandWritten(
                module, function.qualname, function.node, f"the backward of {forward.name}",
                frozenset({function.qualname}), function.cell, backward=function, forward=forward,
            )  # fmt: skip


def _forward_of(function: Function, module: Module) -> Function | None:
    """The function whose backward it is by its name, if that is written beside it."""
    for candidate in _names_of_forward(function.name):
        forward = module.functions.get(function.scope + candidate)
        if forward is not None and forward.is_written and forward.node is not function.node:
            return forward
    return None


def _names_of_forward(name: str) -> list[str]:
    """What the forward of a function of that name may be called.

    >>> _names_of_forward("_affine_backward")
    ['_affine_forward', '_affine', 'forward_affine', 'affine', 'affine_forward', '_affine_fwd', 'affine_fwd']
    """
    bare = name.lstrip("_")
    if bare == "backward":
        return [name.replace("backward", "forward"), "forward", "_forward"]
    stem = next((bare.removesuffix(suffix) for suffix in _SUFFIXES if bare.endswith(suffix)), "")
    stem = stem or next((bare.removeprefix(prefix) for prefix in _PREFIXES if bare.startswith(prefix)), "")
    if not stem or stem.split("_")[0] in _FLAGS:
        return []
    leading = name[: len(name) - len(bare)]
    names = [
        f"{leading}{stem}_forward", leading + stem, f"forward_{stem}", stem, f"{stem}_forward", f"{leading}{stem}_fwd",
        f"{stem}_fwd",
    ]  # fmt: skip
    return list(dict.fromkeys(names))
