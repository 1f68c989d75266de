"""Subclasses of `torch.autograd.Function`, through aliases, bases of their own, and imports between files."""

from __future__ import annotations

from gradaudit.inspection.hand_written import HandWritten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradaudit.inspection.module import Module
    from gradaudit.inspection.repository import Repository

_BASES = frozenset({
    "torch.autograd.Function", "torch.autograd.function.Function", "torch.autograd.function.InplaceFunction",
    "torch.autograd.function.NestedIOFunction", "torch.autograd.InplaceFunction",
})  # fmt: skip


def autograd_functions(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those that have a backward of their own, or call it ``vjp``."""
    for qualname, owner in module.classes.items():
        methods = module.methods(qualname)
        backward = methods.get("backward") or methods.get("vjp")
        if backward is None or not backward.is_written or not _is_function(repository.bases(module, owner)):
            continue
        names = frozenset({qualname, backward.qualname, f"{qualname}.apply"})
        yield HandWritten(
            module, qualname, owner.node, "a torch.autograd.Function", names, owner.cell,
            backward=backward,
            forward=methods.get("forward"),
            upstreams=tuple(backward.parameters[1:]),
        )  # fmt: skip


def _is_function(bases: Iterable[str]) -> bool:
    return any(base in _BASES for base in bases)
