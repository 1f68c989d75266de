"""Modules, whose parameters have gradients beside their inputs, as rules."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import torch

from gradaudit.errors import AuditError, an
from gradaudit.frameworks.ruled_functions import named_signature, without_first
from gradaudit.frameworks.torch_derivatives import vjp

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.frameworks.interface import Natives, Pullback


@dataclass
class ModuleRule:
    """A `torch.nn.Module`, whose parameters have gradients beside its inputs.

    Its buffers, and parameters that are frozen, are copied for each call: a forward may write to them.
    """

    owner: type[torch.nn.Module]
    module: torch.nn.Module | None
    device: torch.device
    signature: inspect.Signature | None
    sources: Mapping[str, Callable[..., Any]]
    upstream_names: tuple[str, ...] = ()
    parameters: Natives = field(default_factory=dict)
    is_built: bool = True

    @classmethod
    def of(cls, owner: type[torch.nn.Module], module: torch.nn.Module | None, device: torch.device) -> ModuleRule:
        """What is known of a class of modules, or of one module."""
        forward = owner.forward if module is None else module.forward
        signature = named_signature(forward)
        return cls(
            owner, module, device, without_first(signature) if module is None else signature, {"forward": forward}
        )

    def built(self, make: Callable[[], Any] | None) -> ModuleRule:
        """The module of one trial, in the default dtype that is in force.

        Raises:
            AuditError: GA004, what ``make=`` gives is no module.
        """
        module = copy.deepcopy(self.module) if make is None else make()
        if not isinstance(module, torch.nn.Module):
            message = f"make= gives {an(type(module).__name__)}, which is no module"
            raise AuditError("GA004", message, help=f"write make=lambda: {self.owner.__name__}(...)")
        module = module.to(self.device, torch.get_default_dtype())
        learnt = {name: each.detach() for name, each in module.named_parameters() if each.requires_grad}
        return replace(self, module=module, parameters=learnt)

    def __call__(self, *arguments: Any, parameters: Natives, keywords: Mapping[str, Any]) -> Any:
        """Call the module with other parameters."""
        module = self.module
        assert module is not None  # noqa: S101 - it is built
        fixed = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        held = {name: _copied(each) for name, each in fixed.items() if name not in parameters}
        return torch.func.functional_call(module, {**held, **parameters}, arguments, dict(keywords))

    def vjp(self, function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
        """By autograd."""
        return vjp(function, leaves)


def _copied(tensor: torch.Tensor) -> torch.Tensor:
    copied = tensor.detach().clone()
    return copied.to(torch.get_default_dtype()) if copied.is_floating_point() else copied
