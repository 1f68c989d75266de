"""Custom operators of `torch.library`, and operators of ``torch.ops``, as rules."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from gradaudit.errors import AuditError
from gradaudit.frameworks.ruled_functions import named_signature, refuse_make, without_first
from gradaudit.frameworks.torch_derivatives import vjp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.frameworks.interface import Natives, Pullback


@dataclass
class OperatorRule:
    """A `torch.library.custom_op`, or an operator of ``torch.ops``."""

    operator: Any
    signature: inspect.Signature | None
    sources: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    upstream_names: tuple[str, ...] = ()
    parameters: Natives = field(default_factory=dict)
    is_built: bool = False

    @classmethod
    def of(cls, operator: Any) -> OperatorRule:
        """What is known of a custom operator.

        Raises:
            AuditError: GA004, it has no backward.
        """
        function, backward = getattr(operator, "_init_fn", None), getattr(operator, "_backward_fn", None)
        if backward is None:
            message = f"the custom operator {getattr(operator, '_qualname', operator)} has no backward"
            raise AuditError("GA004", message, help="declare the audit after its register_autograd(backward)")
        names = tuple(getattr(without_first(named_signature(backward)), "parameters", ()))
        sources = {"backward": backward} | ({} if function is None else {"forward": function})
        return cls(operator, None if function is None else inspect.signature(function), sources, names)

    def built(self, make: Callable[[], Any] | None) -> OperatorRule:
        """Itself: an operator has no state.

        Raises:
            AuditError: GA004, ``make=`` is given.
        """
        refuse_make(make, str(getattr(self.operator, "_qualname", self.operator)))
        return self

    def __call__(self, *arguments: Any, parameters: Natives, keywords: Mapping[str, Any]) -> Any:
        """Call it."""
        del parameters
        return self.operator(*arguments, **keywords)

    def vjp(self, function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
        """By autograd."""
        return vjp(function, leaves)


def schema_signature(operator: Any) -> inspect.Signature:
    """The signature of an operator of ``torch.ops``, by the schema of its first overload."""
    overload = operator if isinstance(operator, torch._ops.OpOverload) else getattr(operator, operator.overloads()[0])  # noqa: SLF001 - public has no name
    return inspect.Signature(
        [
            inspect.Parameter(
                argument.name,
                inspect.Parameter.KEYWORD_ONLY if argument.kwarg_only else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=argument.default_value if argument.has_default_value() else inspect.Parameter.empty,
            )
            for argument in overload._schema.arguments  # noqa: SLF001 - the only place that has its arguments
        ]
    )
