"""Who gets which argument: parameters are bound by name, as pytest binds fixtures.

Whatever is not certain is an error (GA004) that shows the signature, what was bound, what was not, and the line to
write. Nothing is ever guessed.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gradaudit.errors import AuditError
from gradaudit.near_names import nearest, nearest_only

CACHE_NAMES = frozenset({"cache", "ctx", "res", "residuals", "saved", "tape"})
OUTPUT_NAMES = frozenset({"out", "output", "ans", "y_hat"})
RANDOM_NAMES = frozenset({"rng", "generator", "key", "seed"})
UPSTREAM_NAMES = frozenset({
    "g", "gy", "dy", "dout", "d_out", "dz", "grad", "gradient", "grad_out", "grad_output", "grad_outputs", "upstream",
    "cotangent", "ct",
})  # fmt: skip
FLAG_NAMES = frozenset({"train", "training", "is_train", "is_training", "train_flg", "train_flag", "test", "inference"})
RATE_NAMES = frozenset({"lr", "learning_rate", "learn_rate", "eta", "rate", "step_size", "momentum", "decay"})
"""What is suggested for arguments of these names, which are no arrays, is a constant."""

Kind: TypeAlias = Literal["input", "default", "own", "cache", "context", "output", "random", "upstream"]


@dataclass(frozen=True)
class Source:
    """Where an argument comes from.

    Attributes:
        kind: ``input`` (a drawn input or constant), ``default`` (an argument that the forward leaves at its default),
            ``own`` (the function's own default, where others after it go by position),
            ``cache`` (what the forward kept), ``context`` (shared by forward and backward), ``output``, ``random`` (the
            trial's random state), or ``upstream`` (the gradient of an output).
        name: The input's or the random parameter's name.
        index: Which output the upstream gradient belongs to; None for all of them.
    """

    kind: Kind
    name: str = ""
    index: int | None = 0

    def __str__(self) -> str:
        words = {
            "input": f"input {self.name!r}",
            "default": f"the forward's default of {self.name!r}",
            "own": "its own default",
            "cache": "what the forward kept",
            "context": "the context",
            "output": "the forward's output",
            "random": "the trial's random state",
            "upstream": f"upstream gradient {self.index}" if self.index else "upstream gradient",
        }
        return words[self.kind]


@dataclass(frozen=True)
class Argument:
    """One parameter of a function and the source of its value; ``keyword`` when it is handed on by name."""

    parameter: str
    source: Source
    keyword: bool = False
    starred: bool = False


Plan: TypeAlias = tuple[Argument, ...]
Lookup: TypeAlias = Callable[[Source], Any]


def call(function: Callable[..., Any], plan: Plan, lookup: Lookup) -> Any:
    """Call `function` with each argument that `plan` names."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in plan:
        own = argument.source.kind == "own"
        value = inspect.signature(function).parameters[argument.parameter].default if own else lookup(argument.source)
        if argument.starred:
            positional.extend(value)
        elif argument.keyword:
            keywords[argument.parameter] = value
        else:
            positional.append(value)
    return function(*positional, **keywords)


def uses(plan: Plan, kind: Kind) -> bool:
    """Whether any argument comes from a source of that kind."""
    return any(argument.source.kind == kind for argument in plan)


def by_position(plan: Plan, bound: Collection[str]) -> tuple[str, ...]:
    """The parameters that are upstream gradients because nothing else is known of them."""
    return tuple(each.parameter for each in plan if each.source.kind == "upstream" and each.parameter not in bound)


def upstream_count(plan: Plan) -> int | None:
    """How many upstream gradients a backward takes; None when it takes as many as there are (``*grads``)."""
    indices = [argument.source.index for argument in plan if argument.source.kind == "upstream"]
    return None if None in indices else len(indices)


def takes_tuple(plan: Plan) -> bool:
    """Whether a single parameter is given the upstream gradients of all outputs."""
    return any(
        argument.source.kind == "upstream" and argument.source.index is None and not argument.starred
        for argument in plan
    )


def signature_of(function: Callable[..., Any]) -> inspect.Signature | None:
    """The signature, or None for callables that have none (some built-ins); of a NumPy ufunc that of its inputs."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    inputs = getattr(function, "nin", None)
    if not isinstance(inputs, int):
        return signature
    # What is behind them says where and how a ufunc writes: its `out` is no output of the forward.
    return signature.replace(parameters=list(signature.parameters.values())[:inputs])


def name_of(function: object) -> str:
    """A name to show: the qualified one without ``<locals>``."""
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", None) or type(function).__name__
    return str(name).rsplit("<locals>.", 1)[-1]


def bind_forward(
    forward: Callable[..., Any], inputs: Sequence[str], *, shares_context: bool = False, alone: bool = False
) -> Plan:
    """Bind the forward's parameters to the inputs.

    Args:
        forward: The forward pass.
        inputs: Names of the inputs, in the order of their declaration.
        shares_context: Whether forward and backward both take a context.
        alone: Whether it stands for both: where it can't be bound, it may be a backward whose forward is not named.

    Raises:
        AuditError: GA004, a parameter without a default is bound by nothing.

    Example:
        >>> [str(argument.source) for argument in bind_forward(lambda x, rng, eps=1e-5: x, ["x"])]
        ["input 'x'", "the trial's random state"]
    """
    signature = signature_of(forward)
    if signature is None:
        return tuple(Argument(name, Source("input", name)) for name in inputs)
    found = [
        (parameter, _forward_source(parameter, inputs, shares_context=shares_context))
        for parameter in signature.parameters.values()
    ]
    plan = _arguments(found)
    missing = _missing(found)
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.parameters.values()):
        named = {argument.parameter for argument in plan}
        plan.extend(Argument(name, Source("input", name), keyword=True) for name in inputs if name not in named)
    if missing:
        remedy = _misspelt(missing, [name for name in inputs if name not in signature.parameters])
        if alone:
            remedy = f"{NAME_FORWARD}; else {remedy or f'write {_to_draw(missing)}'}"
        role, why = ("", f"{ALONE}, and ") if alone else ("forward", "")
        raise _unbound(forward, plan, missing, _to_draw(missing), role, why, help=remedy)
    return tuple(plan)


ALONE = "it stands alone, with no function named by forward="
NAME_FORWARD = "if it is a backward, name by forward= the function whose gradient it is"
"""What is said of a function whose forward is missing, or which is none and returns ``(value, gradients)``."""


def _misspelt(missing: Sequence[str], strays: Sequence[str]) -> str:
    """What an input may be that no parameter takes, where a parameter is left over; empty where none is like it."""
    remedies = {stray: nearest(stray, missing) for stray in strays}
    likely = next((stray for stray, remedy in remedies.items() if remedy.startswith("did you mean")), None)
    return "" if likely is None else f"inputs has {likely!r}, which it does not take; {remedies[likely]}"


def _to_draw(names: Sequence[str]) -> str:
    """The line to write for arguments of the forward that are no inputs."""
    if names[0] == "self":
        return "the object in place of its class: object.forward and object.backward, or the decorator on the class"
    line = ", ".join(f'"{name}": {"True" if name in FLAG_NAMES else _QUOTED_SIZE}' for name in names)
    return f"inputs={{..., {line}}} with how each is drawn"


_QUOTED_SIZE = '"N"'


def _forward_source(parameter: inspect.Parameter, inputs: Sequence[str], *, shares_context: bool) -> Source | None:
    name = parameter.name
    if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
        return None
    if name in inputs:
        return Source("input", name)
    if shares_context and name == "ctx":
        return Source("context")
    if name in RANDOM_NAMES and parameter.default in {parameter.empty, None}:
        return Source("random", name)
    return None


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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
        plan = _arguments(found)
        missing = _missing(found)
        if missing:
            raise _unbound(self.function, plan, missing, suggestion(missing), "backward")
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


def check_upstreams(backward: Callable[..., Any], plan: Plan, outputs: int) -> None:
    """Hold the number of upstream gradients that a backward takes against the number of outputs there are.

    Raises:
        AuditError: GA004, it takes some, and not as many as there are outputs.
    """
    taken = upstream_count(plan)
    if taken in {None, 0, outputs}:
        _check_indices(backward, plan, outputs)
        return
    names = [argument.parameter for argument in plan if argument.source.kind == "upstream"]
    bound = [argument for argument in plan if argument.source.kind != "upstream"]
    if len(names) > outputs:
        counted = "one output" if outputs == 1 else f"{outputs} outputs"
        raise _unbound(backward, bound, names, suggestion(names), "backward", f"the forward has {counted}; ")
    remedy = f"outputs={len(names)} if the others are no outputs, {all_upstreams(names)}"
    remedy += "or a parameter for each upstream gradient"
    raise _unbound(backward, plan, [], remedy, "backward", f"the forward has {outputs} outputs; ")


def all_upstreams(names: Sequence[str]) -> str:
    """The line to write for a single parameter that takes all upstream gradients, as part of a remedy."""
    return f'bind={{"{names[0]}": "upstreams"}} if it takes a tuple of all, ' if len(names) == 1 else ""


def _check_indices(backward: Callable[..., Any], plan: Plan, outputs: int) -> None:
    for argument in plan:
        source = argument.source
        if source.kind == "upstream" and source.index is not None and source.index >= outputs:
            message = f"bind={{{argument.parameter!r}: 'upstream.{source.index}'}} of {name_of(backward)}: "
            message += f"the forward has {'one output' if outputs == 1 else f'{outputs} outputs'}"
            raise AuditError("GA004", message, help=f"upstream gradients are upstream.0 to upstream.{outputs - 1}")


def suggestion(names: Sequence[str]) -> str:
    """The line to write for parameters that can't be bound.

    >>> suggestion(["dout", "lr"])
    'inputs={..., "lr": distributions.constant(0.1)}'
    """
    upstream = next((name for name in names if name in UPSTREAM_NAMES), names[0])
    others = [name for name in names if name != upstream]
    if others and all(name in RATE_NAMES | FLAG_NAMES for name in others):
        values = ", ".join(
            f'"{name}": {"True" if name in FLAG_NAMES else "distributions.constant(0.1)"}' for name in others
        )
        return f"inputs={{..., {values}}}"
    rest = "".join(f', "{name}": "<an argument of the forward, cache, output or rng>"' for name in others)
    constant = f', or inputs={{..., "{others[0]}": ...}} with a constant' if others else ""
    return f'bind={{"{upstream}": "upstream"{rest}}}{constant}'


def check_inputs(forward: Callable[..., Any], inputs: Sequence[str], plan: Plan, back: Plan = ()) -> None:
    """See that every input goes somewhere, by its name.

    Raises:
        AuditError: GA004, an input is misspelt, or can't be handed on to a forward that takes ``*args``.
    """
    parameters = getattr(signature_of(forward), "parameters", {})
    starred = next((name for name, parameter in parameters.items() if parameter.kind is parameter.VAR_POSITIONAL), None)
    taken = {argument.source.name for argument in plan if argument.source.kind == "input"}
    if starred is None:
        taken |= {argument.source.name for argument in back if argument.source.kind == "input"}
    for name in inputs:
        if name in taken:
            continue
        message = f"inputs has {name!r}, which {name_of(forward)} does not take"
        remedy = nearest(name, parameters) if parameters else "leave it out"
        if starred is not None:
            message += f" by name: it has *{starred}"
            remedy = (
                f"audit a function with named arguments: forward=lambda {', '.join(inputs)}: {name_of(forward)}(...)"
            )
        raise AuditError("GA004", message, help=remedy)


def check_no_bind(function: Callable[..., Any], bind: Mapping[str, str]) -> None:
    """See that nothing is bound where there is no backward.

    Raises:
        AuditError: GA004, something is.
    """
    if bind:
        message = f"bind names {next(iter(bind))!r}, but {name_of(function)} returns its gradients itself"
        raise AuditError("GA004", message, help="leave bind= out, or name the forward by forward=")


def defaults_of(forward: Callable[..., Any], plan: Plan) -> dict[str, Any]:
    """The forward's arguments that are left at their default values."""
    signature = signature_of(forward)
    bound = {argument.parameter for argument in plan if argument.source.kind != "own"}
    parameters = signature.parameters.values() if signature is not None else ()
    return {
        parameter.name: parameter.default
        for parameter in parameters
        if parameter.name not in bound and parameter.default is not parameter.empty
    }


_Found: TypeAlias = Sequence[tuple[inspect.Parameter, Source | None]]


def _arguments(found: _Found) -> list[Argument]:
    """A plan in which what goes by position does not slip into the place of a parameter that is left out."""
    by_position = [
        place
        for place, (parameter, source) in enumerate(found)
        if source is not None and parameter.kind in {parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL}
    ]
    last = max(by_position, default=-1)
    plan: list[Argument] = []
    skipped = False
    for place, (parameter, known) in enumerate(found):
        source = known
        if source is None and place < last and parameter.kind in {0, 1} and parameter.default is not parameter.empty:
            source = Source("own", parameter.name)
        if source is not None:
            plan.append(_argument(parameter, source, by_name=skipped))
        else:
            skipped = skipped or parameter.kind is not parameter.VAR_POSITIONAL
    return plan


def _missing(found: _Found) -> list[str]:
    return [
        parameter.name
        for parameter, source in found
        if source is None and parameter.default is parameter.empty and parameter.kind not in {2, 4}
    ]


def _argument(parameter: inspect.Parameter, source: Source, *, by_name: bool) -> Argument:
    keyword = parameter.kind is parameter.KEYWORD_ONLY or (by_name and parameter.kind is not parameter.POSITIONAL_ONLY)
    return Argument(parameter.name, source, keyword=keyword, starred=parameter.kind is parameter.VAR_POSITIONAL)


def _unbound(  # noqa: PLR0913, PLR0917 - what the message shows
    function: Callable[..., Any],
    plan: Sequence[Argument],
    missing: Sequence[str],
    remedy: str,
    role: str,
    why: str = "",
    *,
    help: str = "",  # noqa: A002 - the report's word
) -> AuditError:
    bound = ", ".join(f"{argument.parameter} = {argument.source}" for argument in plan) or "nothing"
    named = f"{role} {name_of(function)}{signature_of(function) or '(...)'}".strip()
    lines = [f"{named}: {why}not every parameter can be bound"]
    lines.append(f"bound: {bound}")
    lines.append(f"not bound: {', '.join(missing) or 'nothing'}")
    return AuditError("GA004", "\n".join(lines), help=help or f"write {remedy}")
