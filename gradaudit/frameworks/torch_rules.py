"""What PyTorch differentiates by a rule of its users: autograd functions, modules that use them, custom operators."""

from __future__ import annotations

import copy
import inspect
import types
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import torch
from torch.utils._pytree import tree_leaves

from gradaudit.errors import AuditError, an
from gradaudit.frameworks.ruled_functions import named_signature, refuse_make

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.frameworks.interface import Natives, Pullback, Rule


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
        return OperatorRule(audited, _schema_signature(audited))
    return None


def _is_function(audited: Any) -> bool:
    return inspect.isclass(audited) and issubclass(audited, torch.autograd.Function)


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


@dataclass
class FunctionRule:
    """A subclass of `torch.autograd.Function`, applied by autograd.

    Its backward is called through a subclass that keeps what it returned: autograd turns away what has a wrong shape,
    and silently converts what has another dtype.
    """

    function: type[torch.autograd.Function]
    signature: inspect.Signature | None
    sources: Mapping[str, Callable[..., Any]]
    upstream_names: tuple[str, ...]
    parameters: Natives = field(default_factory=dict)
    is_built: bool = False
    recording: _Recording | None = None

    @classmethod
    def of(cls, function: type[torch.autograd.Function]) -> FunctionRule:
        """What is known of it."""
        backward = getattr(function, _backward_name(function))
        signature = named_signature(function.forward)
        return cls(
            function,
            _without_first(signature) if _takes_context(function) else signature,
            {"forward": function.forward, "backward": backward},
            tuple(getattr(_without_first(named_signature(backward)), "parameters", ())),
        )

    def built(self, make: Callable[[], Any] | None) -> FunctionRule:
        """Itself, with a recording of its own.

        Raises:
            AuditError: GA004, ``make=`` is given.
        """
        refuse_make(make, self.function.__name__)
        return replace(self, recording=_Recording(self.function))

    @property
    def writes_to_input(self) -> bool:
        """Whether it marks an input dirty."""
        codes = (getattr(each, "__code__", None) for each in (self.function.forward, self.function.setup_context))
        return any("mark_dirty" in code.co_names for code in codes if code is not None)

    def __call__(self, *arguments: Any, parameters: Natives, keywords: Mapping[str, Any]) -> Any:
        """Apply it; where it is mapped over an axis, evaluate its forward, which is the same but for the gradient."""
        del parameters
        if _takes_context(self.function) and any(map(_is_mapped, arguments)):
            context = torch.autograd.function.FunctionCtx()
            context.needs_input_grad = (False,) * len(arguments)
            return self.function.forward(context, *arguments, **keywords)
        return (self.recording or self.function).apply(*arguments, **keywords)

    def vjp(self, function: Callable[[Natives], Any], leaves: Natives) -> tuple[Sequence[Any], Pullback]:
        """By autograd, with the backward's own results where autograd would not have them."""
        if self.writes_to_input:  # as it says by mark_dirty, which autograd allows for anything but the leaves
            outputs, pullback = vjp(
                lambda given: function({name: each.clone() for name, each in given.items()}), leaves
            )
            return outputs, pullback
        outputs, pullback = vjp(function, leaves)
        recording = self.recording
        assert recording is not None  # noqa: S101 - it is built
        places = recording.places(leaves)

        def recorded(upstreams: Sequence[Any]) -> Natives:
            try:
                gradients = pullback(upstreams)
            except RuntimeError:
                returned = recording.returned_at(places)
                if all(each.shape == leaves[name].shape for name, each in returned.items()):
                    raise
                return {name: returned.get(name) for name in leaves}
            return _in_own_dtype(gradients, recording.returned_at(places))

        return outputs, recorded


class _Recording:
    """A subclass of an autograd function that keeps what it was applied to, and what its backward returned."""

    def __init__(self, function: type[torch.autograd.Function]) -> None:
        name = _backward_name(function)
        backward = getattr(function, name)
        self._arguments: tuple[Any, ...] = ()
        self._returned: tuple[Any, ...] = ()

        def keeping(ctx: Any, *upstreams: Any) -> Any:
            returned = backward(ctx, *upstreams)
            self._returned = returned if isinstance(returned, tuple) else (returned,)
            return returned

        self._function: Any = types.new_class(
            function.__name__, (function,), exec_body=lambda body: body.update({name: staticmethod(keeping)})
        )

    def apply(self, *arguments: Any, **keywords: Any) -> Any:
        """Apply the function."""
        self._arguments, self._returned = arguments, ()
        return self._function.apply(*arguments, **keywords)

    def places(self, leaves: Natives) -> Mapping[str, int]:
        """Which of the arguments that it was last applied to each leaf is."""
        found = (
            (name, place) for name, leaf in leaves.items() for place, each in enumerate(self._arguments) if each is leaf
        )
        return dict(found)

    def returned_at(self, places: Mapping[str, int]) -> Natives:
        """The tensors that the backward last returned, for the leaves that they belong to."""
        returned = self._returned
        found = {name: returned[place] for name, place in places.items() if place < len(returned)}
        return {name: each for name, each in found.items() if isinstance(each, torch.Tensor)}


def _in_own_dtype(gradients: Natives, raw: Natives) -> Natives:
    """Gradients as autograd has them, in the dtype that the backward returned them in, which loses nothing."""
    return {
        name: each.to(raw[name].dtype) if each is not None and name in raw else each for name, each in gradients.items()
    }


def _takes_context(function: type[torch.autograd.Function]) -> bool:
    return function.setup_context is torch.autograd.Function.setup_context


def _is_mapped(argument: Any) -> bool:
    """Whether `torch.func.vmap` goes over an axis of it, which ``apply`` can't do without a setup_context."""
    return isinstance(argument, torch.Tensor) and torch._C._functorch.is_batchedtensor(argument)  # noqa: SLF001 - as above


def _backward_name(function: type[torch.autograd.Function]) -> str:
    """A subclass overrides ``backward``, or ``vjp``, which is the same."""
    return "backward" if function.vjp is torch.autograd.Function.vjp else "vjp"


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
        names = tuple(getattr(_without_first(named_signature(backward)), "parameters", ()))
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
            owner, module, device, _without_first(signature) if module is None else signature, {"forward": forward}
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


def _without_first(signature: inspect.Signature | None) -> inspect.Signature | None:
    """Without ``ctx`` or ``self``, which is handed on by PyTorch."""
    return signature and signature.replace(parameters=list(signature.parameters.values())[1:])


def _schema_signature(operator: Any) -> inspect.Signature:
    overload = operator if isinstance(operator, torch._ops.OpOverload) else getattr(operator, operator.overloads()[0])  # noqa: SLF001 - as above
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
