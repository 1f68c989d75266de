"""Autograd functions, subclasses of `torch.autograd.Function`, as rules."""

from __future__ import annotations

import types
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import torch

from gradaudit.frameworks.ruled_functions import named_signature, refuse_make, without_first
from gradaudit.frameworks.torch_derivatives import vjp

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.frameworks.interface import Natives, Pullback


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
            without_first(signature) if _takes_context(function) else signature,
            {"forward": function.forward, "backward": backward},
            tuple(getattr(without_first(named_signature(backward)), "parameters", ())),
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
    return isinstance(argument, torch.Tensor) and torch._C._functorch.is_batchedtensor(argument)  # noqa: SLF001 - public has no name


def _backward_name(function: type[torch.autograd.Function]) -> str:
    """A subclass overrides ``backward``, or ``vjp``, which is the same."""
    return "backward" if function.vjp is torch.autograd.Function.vjp else "vjp"
