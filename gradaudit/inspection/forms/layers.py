"""Layer classes: objects with a forward and a hand-written backward of their own."""

from __future__ import annotations

from gradaudit.inspection.evidence import computes_gradients
from gradaudit.inspection.hand_written import HandWritten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.inspection.module import Module
    from gradaudit.inspection.repository import Repository

_FORWARDS = ("forward", "__call__", "_forward", "fprop")
_BACKWARDS = ("backward", "_backward", "bprop")


def layers(module: Module, repository: Repository) -> Iterator[HandWritten]:
    """Those whose backward computes gradients; a training loop's, which is given the loss, has it done for it."""
    del repository
    for qualname, owner in module.classes.items():
        methods = module.methods(qualname)
        forward = next((methods[name] for name in _FORWARDS if name in methods), None)
        backward = next((methods[name] for name in _BACKWARDS if name in methods), None)
        if forward is None or backward is None or not forward.is_written:
            continue
        if not computes_gradients(backward, forward, module):
            continue
        names = frozenset({qualname, backward.qualname})
        yield HandWritten(
            module, qualname, owner.node, f"a layer with a {backward.name} of its own", names, owner.cell,
            backward=backward, forward=forward, upstreams=tuple(backward.parameters[:1]),
        )  # fmt: skip
