"""What PyTorch differentiates by a rule of its users: autograd functions, modules that use them, custom operators."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import torch

from gradaudit.frameworks.torch_functions import FunctionRule
from gradaudit.frameworks.torch_modules import ModuleRule
from gradaudit.frameworks.torch_operators import OperatorRule, schema_signature

if TYPE_CHECKING:
    from gradaudit.frameworks.interface import Rule


def rule_of(audited: Any, device: torch.device) -> Rule | None:
    """What is known of an object that autograd differentiates by a rule of its own; None for other objects."""
    owner = getattr(audited, "__self__", None)
    if getattr(audited, "__name__", "") == "apply" and _is_function(owner):
        audited = owner
    if _is_function(audited):
        return FunctionRule.of(audited)
    if isinstance(audited, torch.nn.Module):
        return ModuleRule.of(type(audited), audited, device)
    if inspect.isclass(audited) and issubclass(audited, torch.nn.Module):
        return ModuleRule.of(audited, None, device)
    if isinstance(audited, torch.library.CustomOpDef):
        return OperatorRule.of(audited)
    if isinstance(audited, (torch._ops.OpOverloadPacket, torch._ops.OpOverload)):  # noqa: SLF001 - public has no name
        return OperatorRule(audited, schema_signature(audited))
    return None


def _is_function(audited: Any) -> bool:
    return inspect.isclass(audited) and issubclass(audited, torch.autograd.Function)
