"""What is audited, in the shape that it has most: a pair of functions. See `value_and_gradient`, `layers`, `ruled`.

Each gives the same two things: a forward evaluation, and from it one backward. A backward always follows a forward of
its own, so that caches which are consumed, and layers which add to their gradients, work as they do in training.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from gradaudit.binding.agreement import check_upstreams
from gradaudit.binding.plan import by_position, call, takes_tuple, upstream_count, uses
from gradaudit.binding.signatures import name_of, signature_of
from gradaudit.errors import AuditError
from gradaudit.frameworks.belonging import foreign
from gradaudit.frameworks.other_arrays import MATRIX, has_matrix, made_dense
from gradaudit.matching import Wanted, match_gradients
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.subjects.not_looked_at import NotLookedAt, returned_beside

if TYPE_CHECKING:
    from gradaudit.binding.plan import Plan, Source
    from gradaudit.frameworks.interface import Framework
    from gradaudit.records.finding import Finding

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Returned:
    """What a backward returned: for each leaf its array or None, and whether the upstream gradient is in it already."""

    arrays: dict[str, Any]
    contracted: bool


@dataclass(frozen=True)
class Forwarded:
    """One forward evaluation.

    Attributes:
        outputs: What it returned.
        backward: The backward that belongs to it.
        kept: What it keeps for that backward, where it hands it on.
        given: The arrays that it was handed, by dotted name.
        constants: What else it was handed, copies of its own.
    """

    outputs: tuple[Any, ...]
    backward: Callable[[tuple[Any, ...]], Returned]
    kept: tuple[Any, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    constants: tuple[Any, ...] = ()


class Subject(Protocol):
    """Something with a forward and a backward."""

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate at the given inputs, and the given parameters of a layer."""
        ...

    @property
    def takes_upstream(self) -> bool | None:
        """Whether the backward is given an upstream gradient; None when only what it returns can tell."""
        ...

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """The backward's parameters that are given upstream gradients by their position, as far as they are known."""
        ...

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """The functions whose source shows what the forward and the backward do, as far as they are known."""
        ...

    @property
    def remarks(self) -> list[str]:
        """What a reader of the verdict should know, found while it ran."""
        ...

    @property
    def breaches(self) -> Sequence[Finding]:
        """What a rule was seen to break beside the values of its gradients."""
        ...

    def outputs_at(self, values: Values, parameters: Values) -> Any:
        """What is differentiated, alone: arrays in any containers."""
        ...

    def repeated(self) -> Sequence[str] | None:
        """What a reader should know of one more call, where something is kept for it; None where none was made."""
        ...


class Context:
    """The ``ctx`` that a forward and its backward share: attributes, and what was saved for the backward."""

    def __init__(self) -> None:
        self.saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        """Keep values for the backward."""
        self.saved_tensors = values

    @property
    def saved_values(self) -> tuple[Any, ...]:
        """The same as ``saved_tensors``."""
        return self.saved_tensors


@dataclass(frozen=True)
class Wiring:
    """What every subject needs to know.

    Attributes:
        wanted: The differentiated inputs, in the order of `wrt`.
        arguments: The forward's arguments in order.
        framework: Reads and seeds.
        seed: Of the trial's random state.
        outputs: How many leading elements of what the forward returns are outputs; None where not declared.
        remarks: What was noticed while it ran.
        others: The inputs that nobody asked to leave out and that are not differentiated all the same.
    """

    wanted: Sequence[Wanted]
    arguments: Sequence[str]
    framework: Framework
    seed: int
    outputs: int | None = None
    remarks: list[str] = field(default_factory=list)
    others: Sequence[NotLookedAt] = ()

    def random(self, parameter: str) -> Any:
        """The trial's random state, anew."""
        return self.framework.random_state(parameter, self.seed)

    def match(self, returned: Any) -> dict[str, Any]:
        """Whose gradient is which returned leaf."""
        if not self.wanted:
            return {}
        with audited_code("reading what the backward returned"):
            try:
                found = match_gradients(returned, self.wanted, self.arguments, self.framework.to_numpy)
            except AuditError as error:
                remedy = foreign(returned, self.framework.name) or made_dense(returned) or error.help
                raise AuditError(error.code, error.message, remedy, error.details) from None
            if has_matrix(returned):
                self.remarks.append(MATRIX)
            beside = returned_beside(returned, self.others, self.wanted, self.arguments) if self.others else ()
            self.remarks.extend(each.note for each in beside if each.note not in self.remarks)
            return found

    def pull(self, returned: Any, upstreams: tuple[Any, ...], *, contracted: bool) -> Returned:
        """Match what a backward returned, calling it first where it is a pullback."""
        with audited_code("reading what the backward returned"):
            is_pullback = callable(returned) and self.framework.to_numpy(returned) is None
        if is_pullback:
            with audited_code("pullback"):
                returned = _call_pullback(returned, upstreams)
            contracted = True
        return Returned(self.match(returned), contracted)


def _call_pullback(pullback: Callable[..., Any], upstreams: tuple[Any, ...]) -> Any:
    """With one argument for each output; with a tuple of them where it takes but one."""
    signature = signature_of(pullback)
    if len(upstreams) > 1 and signature is not None:
        required = [
            parameter
            for parameter in signature.parameters.values()
            if parameter.default is parameter.empty and parameter.kind in {0, 1}
        ]
        if len(required) == 1:
            return pullback(upstreams)
    return pullback(*upstreams)


def split(result: Any, declared: int | None, backward: Callable[..., Any], plan: Plan) -> tuple[tuple[Any, ...], Any]:
    """Part what a forward returned into its outputs and what it kept for the backward.

    Raises:
        AuditError: GA004, the declaration leaves open which elements of a tuple are outputs, or there is no cache.
    """
    keeps = uses(plan, "cache")
    name = name_of(backward)
    if not isinstance(result, tuple):
        if keeps:
            message = f"{name} takes what the forward kept, but the forward returns no tuple (output, cache)"
            raise AuditError("GA004", message, help="return (output, cache), or say by bind= what the parameter is")
        if declared not in {None, 1}:
            raise AuditError(
                "GA004", f"outputs={declared}, but the forward returns no tuple", help="leave outputs= out"
            )
        return (result,), None
    if declared is not None:
        if not 1 <= declared <= len(result) - keeps:
            message = f"outputs={declared}, but the forward returns a tuple of {len(result)}"
            raise AuditError("GA004", message, help=f"give a number from 1 to {max(1, len(result) - keeps)}")
        return result[:declared], result[-1] if keeps else None
    if keeps:
        return result[:-1], result[-1]
    taken = upstream_count(plan)
    if taken == len(result) or len(result) == 1 or takes_tuple(plan):
        return result, None
    from gradaudit.binding.refusals import all_upstreams

    message = (
        f"the forward returns a tuple of {len(result)}, and {name} takes no cache: which of them are outputs is open"
    )
    names = [argument.parameter for argument in plan if argument.source.kind == "upstream" and not argument.starred]
    remedy = f"write outputs={taken or 1}" + (f", or {all_upstreams(names)}".rstrip(", ") if names else "")
    raise AuditError("GA004", message, help=remedy)


class Remarking:
    """What all subjects say of themselves unless they know better."""

    wiring: Wiring

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """None are known."""
        return ()

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """None are known."""
        return {}

    @property
    def remarks(self) -> list[str]:
        """Those of the wiring, each once."""
        return list(dict.fromkeys(self.wiring.remarks))

    @property
    def breaches(self) -> Sequence[Finding]:
        """None: what is called by the audit is looked at by it."""
        return ()

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate it."""
        raise NotImplementedError

    def outputs_at(self, values: Values, parameters: Values) -> Any:
        """Those of a forward."""
        return self.forward(values, parameters).outputs

    def repeated(self) -> Sequence[str] | None:
        """Nothing is kept from one call to the next."""
        return None


@dataclass(frozen=True)
class Pair(Remarking):
    """A forward and a backward function."""

    wiring: Wiring
    forward_function: Callable[..., Any]
    backward_function: Callable[..., Any]
    forward_plan: Plan
    backward_plan: Plan
    defaults: Mapping[str, Any] = field(default_factory=dict)
    bound: Collection[str] = ()

    @property
    def takes_upstream(self) -> bool | None:
        """Known from the signature, unless what comes back is a pullback."""
        return True if uses(self.backward_plan, "upstream") else None

    @property
    def upstream_parameters(self) -> tuple[str, ...]:
        """Those of the backward function, unless ``bind=`` says so of them."""
        return by_position(self.backward_plan, self.bound)

    @property
    def sources(self) -> Mapping[str, Callable[..., Any]]:
        """Both functions."""
        return {"forward": self.forward_function, "backward": self.backward_function}

    def forward(self, values: Values, parameters: Values) -> Forwarded:
        """Evaluate the forward function."""
        del parameters
        lookup, outputs, cache = self.evaluated(values)
        check_upstreams(self.backward_function, self.backward_plan, len(outputs))

        def backward(upstreams: tuple[Any, ...]) -> Returned:
            returned = self.called(lookup.backward(outputs, cache, upstreams))
            return self.wiring.pull(returned, upstreams, contracted=uses(self.backward_plan, "upstream"))

        return Forwarded(outputs, backward, (cache, lookup.context))

    def evaluated(self, values: Values) -> tuple[Lookup, tuple[Any, ...], Any]:
        """The forward function's outputs and what it kept, with what its backward may look up."""
        lookup = Lookup(values, self.wiring, self.defaults)
        with audited_code("forward", values):
            result = call(self.forward_function, self.forward_plan, lookup)
        return lookup, *split(result, self.wiring.outputs, self.backward_function, self.backward_plan)

    def called(self, lookup: Lookup) -> Any:
        """What the backward function returns."""
        with audited_code("backward", lookup.values):
            return call(self.backward_function, self.backward_plan, lookup)


class Lookup:
    """The values behind the sources of a plan, for one evaluation."""

    def __init__(self, values: Values, wiring: Wiring, defaults: Values | None = None) -> None:
        self.values = values
        self.wiring = wiring
        self.defaults = defaults or {}
        self.context = Context()
        self.outputs: tuple[Any, ...] = ()
        self.cache: Any = None
        self.upstreams: tuple[Any, ...] = ()

    def backward(self, outputs: tuple[Any, ...], cache: Any, upstreams: tuple[Any, ...]) -> Lookup:
        """The same for the backward that follows."""
        self.outputs, self.cache, self.upstreams = outputs, cache, upstreams
        return self

    def __call__(self, source: Source) -> Any:  # noqa: PLR0911 - a kind a line
        """The value that a source stands for."""
        match source.kind:
            case "input":
                return self.values[source.name]
            case "default":
                return self.defaults[source.name]
            case "cache":
                return self.cache
            case "context":
                return self.context
            case "output":
                return self.outputs[0] if len(self.outputs) == 1 else self.outputs
            case "random":
                return self.wiring.random(source.name)
            case "upstream":
                return self.upstreams if source.index is None else self.upstreams[source.index]
