"""The options that the source shows: ``inputs=``, ``wrt=`` and ``sizes=``."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from gradaudit.beginning.audit import Missing
from gradaudit.beginning.shapes import Learned, Names, Passes, as_written, is_floating, learn
from gradaudit.beginning.shapes.gradient_names import argument_of, returned_keys, returned_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.beginning.audit import Expression
    from gradaudit.beginning.shapes.values import Argument

_RANDOM = frozenset({"rng", "generator", "key", "seed"})
# What a product may be of where nothing says how many axes its operands have: matrices, a matrix and a vector, vectors.
_READINGS = ((2, 2), (2, 1), (1, 1))
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Parameters:
    """The parameters of a function, by what becomes of them.

    Attributes:
        required: Those without a default.
        optional: Those whose default is None: an array that may be left out.
        variadic: ``*args``, by its name; empty for none.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    variadic: str = ""

    @classmethod
    def of(cls, function: AnyFunction, *, after: int = 0) -> Parameters:
        """Those of a function.

        Args:
            function: Its definition.
            after: How many at its beginning are passed over: ``self``, ``ctx``.
        """
        given = function.args
        positional = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        defaults: dict[str, ast.expr | None] = dict(zip(reversed(positional), reversed(given.defaults), strict=False))
        defaults |= {
            argument.arg: default for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        }
        names = [*positional[after:], *(argument.arg for argument in given.kwonlyargs)]
        drawn = [name for name in names if name not in _RANDOM]
        return cls(
            tuple(name for name in drawn if defaults.get(name) is None),
            tuple(name for name in drawn if _is_none(defaults.get(name))),
            given.vararg.arg if given.vararg else "",
        )


def _is_none(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Constant) and default.value is None


@dataclass(frozen=True)
class Reading:
    """What the source shows of one audit.

    Attributes:
        passes: Forward and backward.
        learned: What is known of the arguments.
        arguments: Those that are drawn, or to be said.
        names: Of their sizes.
        uncertain: Arguments whose number of axes depends on what a product is taken to be of, and what they may be.
    """

    passes: Passes
    learned: Learned
    arguments: Mapping[str, Argument]
    names: Names
    uncertain: Mapping[str, str]

    def inputs(self) -> dict[str, Expression]:
        """``inputs=``, the constants in it too."""
        return {name: self._drawn(argument) for name, argument in self.arguments.items()}

    def _drawn(self, argument: Argument) -> Expression:
        if argument.name in self.uncertain:
            return Missing(f"how {argument.name} is drawn; its product leaves open {self.uncertain[argument.name]}")
        if argument.entries:
            return {key: self._drawn(entry) for key, entry in argument.entries.items()}
        return as_written(argument, self.names) or Missing(_question(argument))

    def sizes(self) -> dict[str, Expression]:
        """``sizes=``: bounds of the sizes that must not be as small as others."""
        return {name: str(bounds) for name, bounds in self.names.bounds().items()}

    def wrt(self, function: AnyFunction, place: int | None = None) -> Expression | None:
        """``wrt=``, where not all floating inputs have a gradient; None where it needs none.

        Args:
            function: What returns the gradients.
            place: Where in the tuple that it returns, if they are a part of that.
        """
        floating = [name for name, argument in self.arguments.items() if is_floating(argument)]
        found = self._with_gradient(floating, function, place)
        if found is None:
            return Missing(f"the inputs that {function.name} returns gradients of, in their order")
        if not found or found == floating:
            return None
        return f'"{found[0]}"' if len(found) == 1 else f"({', '.join(_quoted(name) for name in found)})"

    def _with_gradient(self, floating: list[str], function: AnyFunction, place: int | None) -> list[str] | None:
        owners = {leaf: name for name in floating for leaf in (list(self.arguments[name].entries) or [name])}
        keys = [argument_of(key, owners) or key for key in returned_keys(function, place)]
        if keys:
            return [name for name in floating if any(owners.get(key) == name for key in keys)]
        names = returned_names(function, place)
        if len(names) == len(self.passes.parameters) and "None" in names:
            gradients = zip(self.passes.parameters, names, strict=True)
            return [name for name, gradient in gradients if gradient != "None" and name in floating]
        named = [owners.get(argument_of(name, owners), "") for name in names if name != "None"]
        if named and all(named):
            return named
        if len(floating) == 1 or max(len(names), self.learned.gradients) == len(floating):
            return []
        return self._by_shape(floating) if len(names) == 1 else None

    def _by_shape(self, floating: list[str]) -> list[str] | None:
        """The one input that is shaped like the one gradient."""
        sizes = self.learned.gradient.sizes if self.learned.gradient is not None else None
        if sizes is None or self.uncertain.keys() & set(floating):
            return None
        wanted = [size.known for size in sizes]
        alike = [name for name in floating if [size.known for size in self.arguments[name].form.sizes or ()] == wanted]
        return alike if len(alike) == 1 else None


def read_inputs(passes: Passes, parameters: Parameters, numbers: Mapping[str, int] | None = None) -> Reading:
    """What the source shows of the arguments of a forward.

    Args:
        passes: Both; their arguments are replaced by those of `parameters`.
        parameters: The forward's.
        numbers: Of an object the numbers that its constructor is given for the lengths of axes.

    Raises:
        RecursionError: The functions are nested too deeply.
    """
    passes = replace(passes, arguments=(*parameters.required, *parameters.optional))
    learned = learn(passes)
    names = Names({learned.dimensions[name].known: number for name, number in (numbers or {}).items()})
    arguments = {
        name: argument
        for name, argument in learned.arguments.items()
        if name in parameters.required or (argument.form.is_used and not argument.form.is_count)
    }
    return Reading(passes, learned, arguments, names, _uncertain(passes, learned))


def _uncertain(passes: Passes, learned: Learned) -> dict[str, str]:
    """What arguments may be drawn as, where that depends on what products are taken to be of."""
    others = [learn(passes, usual) for usual in _READINGS[1:]]
    found = {}
    for name, argument in _leaves(learned):
        shapes = [_shape(argument), *(_shape(dict(_leaves(other)).get(name)) for other in others)]
        if len(set(shapes)) > 1:
            found[name] = " or ".join(_quoted(shape) for shape in dict.fromkeys(shapes))
    return found


def _leaves(learned: Learned) -> list[tuple[str, Argument]]:
    return [
        leaf
        for argument in learned.arguments.values()
        for leaf in (argument.entries or {argument.name: argument}).items()
    ]


_AXES = ("", "N", "N D", "N D M", "N D M K")


def _shape(argument: Argument | None) -> str:
    sizes = argument.form.sizes if argument is not None else None
    return "N D" if sizes is None else _AXES[min(len(sizes), len(_AXES) - 1)]


def _question(argument: Argument) -> str:
    if argument.texts:
        return f"what {argument.name} is; it is compared with {', '.join(_quoted(text) for text in argument.texts)}"
    if "plain" in argument.domains or argument.form.is_count:
        return f"what {argument.name} is, which decides or counts: a constant such as 1 or True"
    if "index" in argument.domains:
        return f'how {argument.name} is drawn, such as distributions.integers("N", high="C")'
    return f'how {argument.name} is drawn: a shape such as "N D", a distribution or a constant'


def _quoted(text: str) -> str:
    return f'"{text}"'


def unknown_upstreams(names: Sequence[str]) -> list[str]:
    """Parameters of a backward that are not called like gradients."""
    beginnings = ("d", "g", "upstream", "cotangent", "ct", "error", "err", "v", "adjoint", "bar")
    return [name for name in names if not name.lower().lstrip("_").startswith(beginnings)]
