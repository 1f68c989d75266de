"""What a forward and its backward, their annotations and docstrings together show of the inputs."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from gradaudit.beginning.shapes.documented import settle_documented
from gradaudit.beginning.shapes.gradient_names import argument_of, returned_names
from gradaudit.beginning.shapes.interpretation import AnyFunction, Interpreter
from gradaudit.beginning.shapes.relations import solve
from gradaudit.beginning.shapes.symbols import Form, Size
from gradaudit.beginning.shapes.values import Argument, Array, Items, Number, Table, form_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gradaudit.beginning.shapes.values import Value

_CACHES = frozenset({"cache", "ctx", "res", "residuals", "saved", "tape"})
_OUTPUTS = frozenset({"out", "output", "ans", "y_hat"})


@dataclass(frozen=True)
class Passes:
    """A forward and its backward.

    Attributes:
        forward: The forward; of a function that returns value and gradients, that function.
        arguments: Its arguments that something is drawn for.
        backward: The backward, where it is a function of its own.
        upstreams: The backward's parameters that are upstream gradients.
        functions: All functions of the file.
        owner: The class whose methods both are; empty for functions.
        has_context: Whether the first parameter of both is an object that they share, ``self`` or ``ctx``.
        constructor: Of an object its ``__init__``.
        returns_both: Whether the forward returns a loss and its gradients.
    """

    forward: AnyFunction
    arguments: tuple[str, ...]
    backward: AnyFunction | None = None
    upstreams: tuple[str, ...] = ()
    functions: Mapping[str, AnyFunction] = field(default_factory=dict)
    owner: str = ""
    has_context: bool = False
    constructor: AnyFunction | None = None
    returns_both: bool = False

    @property
    def parameters(self) -> list[str]:
        """All parameters of the forward but for the object that both share."""
        return _names(self.forward)[int(self.has_context) :]


@dataclass(frozen=True)
class Learned:
    """What is known of them.

    Attributes:
        arguments: What is known of each argument.
        output: The shape of the forward's first output; None where nothing is known of it.
        gradient: The shape of the one array of gradients that is returned; None for several.
        gradients: How many gradients are returned in a tuple; 0 where that is not known.
        dimensions: Of an object the parameters of its constructor that are lengths of axes.
    """

    arguments: dict[str, Argument]
    output: Form | None = None
    gradient: Form | None = None
    gradients: int = 0
    dimensions: dict[str, Size] = field(default_factory=dict)


def learn(passes: Passes, usual: tuple[int, int] = (2, 2)) -> Learned:
    """Follow both passes.

    Args:
        passes: Both.
        usual: How many axes the operands of a product are taken to have where nothing says so.
    """
    arguments = {name: Argument(name) for name in passes.arguments}
    settle_documented(passes.forward, arguments)
    interpreter = Interpreter(passes.functions, owner=passes.owner, usual=usual)
    held = Table()
    dimensions = _constructed(passes, interpreter, held)
    returned = interpreter.run(passes.forward, _given(passes, arguments, held))
    if passes.backward is None:
        outputs, gradients = _loss_and_gradients(passes, returned)
        _same_shapes(passes, passes.forward, gradients, arguments, place=1)
    else:
        outputs, kept = _parted(returned, len(passes.upstreams))
        known = {**arguments, **_upstreams(passes, outputs)}
        gradients = interpreter.run(passes.backward, _handed_on(passes, known, held, kept, outputs))
        _same_shapes(passes, passes.backward, gradients, arguments)
    solve(interpreter.relations)
    count = len(gradients.values) if isinstance(gradients, Items) else 0
    return Learned(arguments, form_of(outputs[0]) if outputs else None, form_of(gradients), count, dimensions)


def _loss_and_gradients(passes: Passes, returned: Value) -> tuple[list[Value], Value]:
    """A loss is a number. Of what a framework differentiates by a rule of its own nothing but outputs come back."""
    if not passes.returns_both or not isinstance(returned, Items) or len(returned.values) != 2:
        return [returned], None
    loss = form_of(returned.values[0])
    if loss is not None:
        loss.settle([])
    return [returned.values[0]], returned.values[1]


def _constructed(passes: Passes, interpreter: Interpreter, held: Table) -> dict[str, Size]:
    """Follow the constructor, to see which of its parameters are lengths of axes."""
    if passes.constructor is None:
        return {}
    own, *names = _names(passes.constructor)
    sizes = {name: Size() for name in names}
    numbers: dict[str, Value] = {name: Number(size) for name, size in sizes.items()}
    interpreter.run(passes.constructor, {**numbers, own: held})
    arrays = [value for value in held.entries.values() if isinstance(value, (Array, Table))]
    axes = {size.known for array in arrays for size in _axes(array)}
    return {name: size for name, size in sizes.items() if size.known in axes}


def _axes(value: Value) -> Sequence[Size]:
    if isinstance(value, Table):
        return [size for entry in value.entries.values() for size in _axes(entry)]
    return (value.form.sizes or []) if isinstance(value, Array) else []


def _names(function: AnyFunction) -> list[str]:
    arguments = function.args
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _given(passes: Passes, arguments: Mapping[str, Argument], held: Table) -> dict[str, Value]:
    """The forward's arguments: those that are left at a default that is a number are numbers."""
    names, defaults = _names(passes.forward), passes.forward.args.defaults
    positional = names[: len(names) - len(passes.forward.args.kwonlyargs)]
    numbers: dict[str, Value] = {
        name: Number()
        for name, default in zip(reversed(positional), reversed(defaults), strict=False)
        if isinstance(default, ast.Constant) and isinstance(default.value, (int, float))
    }
    context: dict[str, Value] = {names[0]: held} if passes.has_context and names else {}
    return {**numbers, **arguments, **context}


def _parted(returned: Value, upstreams: int) -> tuple[list[Value], Value]:
    """Outputs and what was kept: the last of what is returned, where that is more than there are upstream gradients."""
    if not isinstance(returned, Items):
        return [returned], None
    values = list(returned.values)
    count = max(1, min(upstreams, len(values)))
    rest = values[count:]
    return values[:count], (rest[-1] if rest else None)


def _upstreams(passes: Passes, outputs: Sequence[Value]) -> dict[str, Value]:
    forms = [form_of(output) for output in outputs]
    return {name: Array(form) for name, form in zip(passes.upstreams, forms, strict=False) if form is not None}


def _handed_on(
    passes: Passes, known: Mapping[str, Value], held: Table, kept: Value, outputs: Sequence[Value]
) -> dict[str, Value]:
    assert passes.backward is not None  # noqa: S101 - asked only then
    names = _names(passes.backward)
    given: dict[str, Value] = {name: known.get(name) for name in names}
    given |= dict.fromkeys(_CACHES & set(names) - set(known), kept)
    given |= dict.fromkeys(_OUTPUTS & set(names) - set(known), outputs[0] if outputs else None)
    return {**given, names[0]: held} if passes.has_context and names else given


def _same_shapes(
    passes: Passes,
    function: AnyFunction,
    gradients: Value,
    arguments: Mapping[str, Argument],
    place: int | None = None,
) -> None:
    """A gradient is shaped like what it is the gradient of."""
    leaves = {name: leaf for argument in arguments.values() for name, leaf in _leaves(argument).items()}
    orders = (list(arguments), passes.parameters)
    for name, value in _named(returned_names(function, place), gradients, leaves, orders):
        form = form_of(value)
        if name in leaves and form is not None and leaves[name].is_floating:
            leaves[name].form.equals(form)


def _leaves(argument: Argument) -> dict[str, Argument]:
    return argument.entries or {argument.name: argument}


def _named(
    names: Sequence[str], gradients: Value, leaves: Collection[str], orders: Sequence[Sequence[str]]
) -> list[tuple[str, Value]]:
    """The gradients that are returned, by the names of what they are the gradients of.

    A tuple without such names is in the order of the inputs, or of all parameters of the forward: whichever is as long.
    """
    if isinstance(gradients, Table):
        return [(argument_of(key, leaves) or key, value) for key, value in gradients.entries.items()]
    if isinstance(gradients, Items):
        found = [argument_of(name, leaves) for name in names]
        for order in orders:
            as_long = len(gradients.values) == len(order)
            if as_long and all(name in {"", own} for name, own in zip(found, order, strict=False)):
                found = list(order)
        return list(zip(found, gradients.values, strict=False))
    if len(orders[0]) == 1:
        return [(orders[0][0], gradients)]
    return [(argument_of(names[0], leaves), gradients)] if len(names) == 1 else []
