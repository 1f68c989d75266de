"""Derivatives by PyTorch's autograd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.utils._pytree import tree_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradaudit.frameworks.interface import Natives, Pullback


def vjp(function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[torch.Tensor], Pullback]:
    """Evaluate a function with autograd recording; see `gradaudit.frameworks.interface.Framework.vjp`."""
    variables = dict(leaves)
    for leaf in variables.values():
        leaf.requires_grad_()
    result = function(variables)
    parts = floating(result)
    outputs = [part for part in parts if part.requires_grad]

    def pullback(upstreams: Sequence[Any]) -> Natives:
        if not outputs:
            return dict.fromkeys(variables)
        found = torch.autograd.grad(outputs, list(variables.values()), list(upstreams), allow_unused=True)
        return dict(zip(variables, found, strict=True))

    return outputs or parts, pullback


def floating(outputs: Any) -> list[torch.Tensor]:
    """The floating tensors in any containers."""
    return [part for part in tree_leaves(outputs) if isinstance(part, torch.Tensor) and part.is_floating_point()]
