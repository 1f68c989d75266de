"""Binding of a backward: by ``bind=``, by the forward's arguments, by well-known names, else as upstream gradients."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradaudit.binding.known_names import CACHE_NAMES, OUTPUT_NAMES, RANDOM_NAMES, UPSTREAM_NAMES
from gradaudit.binding.passing import arguments_of, unfilled
from gradaudit.binding.plan import Argument, Plan, Source
from gradaudit.binding.signatures import name_of, signature_of
from gradaudit.errors import AuditError
from gradaudit.near_names import nearest_only

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Mapping, Sequence


def bind_backward(  # noqa: PLR0913 - what a binding depends on
    backward: Callable[..., Any],
    forward: Plan,
    inputs: Sequence[str],
    bind: Mapping[str, str],
    *,
    defaults: Sequence[str] = (),
    takes_upstream: bool = True,
) -> Plan:
    """Bind the backward's parameters: by `bind`, by the forward's arguments, by well-known names, else upstream.

    Args:
        backward: The backward pass.
        forward: How the forward was bound.
        inputs: Names of the inputs.
        bind: What the declaration says about single parameters.
        defaults: Arguments of the forward that are left at their default values.
        takes_upstream: Whether parameters left over are upstream gradients; not so where ``returns=`` is given.

    Raises:
        AuditError: GA004, with the signature, what was bound, what was not, and the line to write.

    Example:
        >>> from gradaudit.binding.forward import bind_forward
        >>> forward = bind_forward(lambda x, w: x @ w, ["x", "w"])
        >>> plan = bind_backward(lambda dout, x, w: (dout @ w.T, x.T @ dout), forward, ["x", "w"], {})
        >>> [str(argument.source) for argument in plan]
        ['upstream gradient', "input 'x'", "input 'w'"]
    """
    signature = signature_of(backward)
    if signature is None:
        if not bind:
            named = ", ".join(f'"{name}": "{name}"' for name in inputs)
            remedy = f'name its arguments in order: bind={{{named}}}, or bind={{"g": "upstream", {named}}}'
            raise AuditError("GA004", f"{name_of(backward)} has no signature to bind by name", help=remedy)
        sources = _Sources(backward, forward, inputs, defaults)
        return tuple(Argument(name, sources.declared(name, word)) for name, word in bind.items())
    _check_bind_names(backward, signature, bind)
    sources = _Sources(backward, forward, inputs, defaults)
    return _Backward(backward, signature, sources, bind, takes_upstream).plan()


@dataclass(frozen=True, eq=False)
class _Sources:
    """What the arguments of one backward may come from."""

    function: Callable[..., Any]
    forward: Plan
    inputs: Sequence[str]
    defaults: Sequence[str]

    def of_forward(self, name: str) -> Source | None:
        """An argument of the forward, unless it is left at its default."""
        if name in self.inputs:
            return Source("input", name)
        bound = (argument.source for argument in self.forward if argument.parameter == name)
        return next((source for source in bound if source.kind != "own"), None)

    def declared(self, name: str, word: str) -> Source:
        """Rule 1: a value of ``bind=``."""
        if word in {"upstream", "upstreams"}:
            return Source("upstream", index=0 if word == "upstream" else None)
        head, _, number = word.partition(".")
        if head == "upstream" and number.isdecimal():
            return Source("upstream", index=int(number))
        argument = self.of_forward(word)
        if argument is not None:
            return argument
        if word in self.defaults:
            return Source("default", word)
        if word in {"cache", "output"}:
            return Source("cache" if word == "cache" else "output")
        if word == "rng":
            return Source("random", name if name in RANDOM_NAMES else "rng")
        known = ["upstream", "upstream.1", "upstreams", "cache", "output", "rng", *self.inputs, *self.defaults]
        remedy = nearest_only(word, known) or f"it may be one of {', '.join(map(repr, known))}"
        raise AuditError("GA004", f"bind={{{name!r}: {word!r}}} of {name_of(self.function)} names nothing", help=remedy)


@dataclass(frozen=True, eq=False)
class _Backward:
    """The rules of binding, applied to one backward."""

    function: Callable[..., Any]
    signature: inspect.Signature
    sources: _Sources
    bind: Mapping[str, str]
    takes_upstream: bool

    def plan(self) -> Plan:
        found = [(parameter, self.source(parameter)) for parameter in self.signature.parameters.values()]
        taken = {source.index for _, source in found if source is not None and source.kind == "upstream"}
        free = (index for index in itertools.count() if index not in taken)
        for place, (parameter, source) in enumerate(found):
            if source is not None or not self.is_upstream(parameter):
                continue
            if parameter.kind is not parameter.VAR_POSITIONAL:
                taken.add(index := next(free))
                found[place] = parameter, Source("upstream", index=index)
            elif not taken:  # what is left beside others is nothing, or a mistake that their number tells
                found[place] = parameter, Source("upstream", index=None)
        plan = arguments_of(found)
        missing = unfilled(found)
        if missing:
            from gradaudit.binding.refusals import suggestion, unbound

            raise unbound(self.function, plan, missing, suggestion(missing), "backward")
        return tuple(plan)

    def source(self, parameter: inspect.Parameter) -> Source | None:  # noqa: PLR0911 - a rule a line
        """Rules 1 to 5."""
        name = parameter.name
        if name in self.bind:
            return self.declared(parameter)
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            return None
        of_forward = self.of_forward(parameter)
        if of_forward is not None:
            return of_forward
        if name in self.sources.defaults:
            return Source("default", name) if parameter.default is parameter.empty else None
        if name in CACHE_NAMES:
            return Source("cache")
        if name in OUTPUT_NAMES:
            return Source("output")
        if name in RANDOM_NAMES:
            return Source("random", name)
        return None

    def declared(self, parameter: inspect.Parameter) -> Source:
        """Rule 1; ``*grads`` may be all the upstream gradients, and nothing else."""
        name = parameter.name
        source = self.sources.declared(name, self.bind[name])
        if parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            return source
        if parameter.kind is parameter.VAR_POSITIONAL and source.kind == "upstream" and not source.index:
            return Source("upstream", index=None)
        message = f"bind={{{name!r}: {self.bind[name]!r}}}: `{name}` is no single parameter"
        raise AuditError("GA004", self.shown(message), help="leave it out, or audit a function with named parameters")

    def of_forward(self, parameter: inspect.Parameter) -> Source | None:
        """Rule 2; an argument that is called like an upstream gradient might be either."""
        name = parameter.name
        source = self.sources.of_forward(name)
        is_default = name in self.sources.defaults and parameter.default is parameter.empty
        is_input = source is not None and source.kind == "input"
        if name in UPSTREAM_NAMES and (is_input or is_default):
            message = f"`{name}` is an argument of the forward and is called like an upstream gradient"
            remedy = f'say which it is: bind={{"{name}": "upstream"}} or bind={{"{name}": "{name}"}}'
            raise AuditError("GA004", self.shown(message), help=remedy)
        return source

    def is_upstream(self, parameter: inspect.Parameter) -> bool:
        """Rule 6: what is left over and has no default."""
        if parameter.kind is parameter.VAR_KEYWORD or not self.takes_upstream:
            return False
        return parameter.default is parameter.empty

    def shown(self, message: str) -> str:
        return f"{name_of(self.function)}{self.signature}: {message}"


def _check_bind_names(backward: Callable[..., Any], signature: inspect.Signature, bind: Mapping[str, str]) -> None:
    for name in bind:
        if name not in signature.parameters:
            remedy = nearest_only(name, signature.parameters) or f"it takes {', '.join(signature.parameters)}"
            message = f"bind names {name!r}, which is no parameter of {name_of(backward)}{signature}"
            raise AuditError("GA004", message, help=remedy)
