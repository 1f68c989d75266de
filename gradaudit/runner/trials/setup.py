"""What a trial is about before anything is compared: its inputs drawn, everything bound, the forward finite."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit import drawing
from gradaudit.errors import AuditError
from gradaudit.matching import Wanted, containers_of
from gradaudit.runner.execution.audited_code import audited_code
from gradaudit.runner.inputs.meant import kept_constants, nothing_differentiated
from gradaudit.runner.problems.audited_problem import AuditedFunction
from gradaudit.runner.problems.evaluator import Evaluator, Leaf
from gradaudit.runner.problems.freed_memory import LARGE, keep_freed_memory
from gradaudit.runner.problems.layouts import as_it_is, uncopied
from gradaudit.runner.problems.pairing import draw_upstreams
from gradaudit.runner.promises.elsewhere import Elsewhere
from gradaudit.runner.subjects.assembly import subject_of
from gradaudit.runner.subjects.building import builder
from gradaudit.runner.subjects.object_paths import read
from gradaudit.runner.subjects.parameters import Parameters, in_order_of, parameters_of
from gradaudit.runner.subjects.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradaudit.declaration import Declaration
    from gradaudit.frameworks.interface import Framework
    from gradaudit.records.case import Options
    from gradaudit.runner.subjects.resolve import Functions
    from gradaudit.runner.subjects.subject import Forwarded, Subject

REDRAWS = 3
"""How often inputs are drawn again where the forward is not finite."""


@dataclass(eq=False)
class Setup:
    """One trial's own sizes, inputs, upstream gradient and random state.

    Attributes:
        audit: The audit's id, which its random stream depends on.
        declaration: What was declared.
        functions: What was decorated.
        inputs: How the inputs are drawn.
        options: Those that apply.
        framework: The arrays' adapter.
        number: Which trial.
        fixed_sizes: The named sizes, where they are not to be drawn.
        sizes: Those that it has.
        repeating: The integer inputs of which some entries are equal.
        notes: What a reader should know of how it was set up.
        elsewhere: Where the code is called before and in between; in the first trial only.
    """

    audit: str
    declaration: Declaration
    functions: Functions
    inputs: Any
    options: Options
    framework: Framework
    number: int
    fixed_sizes: Mapping[str, int] | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    repeating: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    elsewhere: Elsewhere | None = None

    def rng(self, purpose: str) -> np.random.Generator:
        """A random stream of this trial: the same for an audit whatever else runs."""
        digest = hashlib.sha256(f"{self.audit}\0{purpose}".encode()).digest()
        words = [int.from_bytes(digest[start : start + 4], "big") for start in range(0, 16, 4)]
        return np.random.default_rng(np.random.SeedSequence([self.options.seed or 0, self.number, *words]))

    def drawn(self) -> tuple[Evaluator, Forwarded]:
        """Inputs at which the forward is finite, if a few draws find such, and the forward there."""
        for attempt in range(REDRAWS + 1):
            evaluator = self.wired(self.audit if attempt == 0 else f"{self.audit}\0{attempt}")
            if any(leaf.value.nbytes > LARGE for leaf in evaluator.leaves):
                keep_freed_memory()
            if self.elsewhere is not None:
                self.elsewhere.visit()
            alone = self.elsewhere is not None and self.elsewhere.left_inputs_alone
            layout = uncopied if alone else as_it_is
            probe = evaluator.forward(tuple(leaf.value for leaf in evaluator.leaves), layout)
            if all(np.isfinite(output).all() for output in evaluator.outputs(probe)):
                break
        return evaluator, probe

    def wired(self, stream: str) -> Evaluator:
        """Draw inputs and bind everything."""
        declared = self.declaration.options
        seed = int(self.rng("state").integers(2**31))
        functions = self._built(seed)
        wrt = declared.get("wrt")
        layer = self._builder(functions, seed)
        parameters = self._parameters(functions, layer)
        asked = parameters.inputs
        dtype = "float64" if self.options.upcast else self.options.dtype or "float64"
        drawn = self._draw(
            asked, stream, declared.get("sizes") or {} if self.fixed_sizes is None else self.fixed_sizes, dtype
        )
        self.sizes, self.repeating = dict(drawn.sizes), drawn.repeating
        leaves = [
            Leaf(leaf.name, np.asarray(leaf.value), leaf.tangents, scalar=np.ndim(leaf.value) == 0)
            for leaf in drawn.differentiable
        ]
        self.notes += [f"{leaf.name}: {leaf.note}" for leaf in drawn.differentiable if leaf.note]
        arguments = self.functions.arguments() or list(drawn.values)
        wanted = [
            Wanted(leaf.name, leaf.path, containers_of(drawn.values[leaf.path[0]], leaf.path))
            for leaf in drawn.differentiable
        ]
        if wrt is None:
            wanted.sort(key=lambda leaf: arguments.index(leaf.path[0]) if leaf.path[0] in arguments else len(arguments))
        elif layer is not None:
            wanted = in_order_of(_names(wrt), [*wanted, *parameters.wanted(layer)])
        others = kept_constants(self.inputs, drawn.values, {leaf.path for leaf in wanted}) if wrt is None else ()
        wiring = Wiring(wanted, arguments, self.framework, seed, declared.get("outputs"), others=others)
        subject = subject_of(functions, self.declaration, wiring, list(drawn.values), layer, parameters.gradients)
        leaves += self._parameter_leaves(subject, parameters, dtype)
        if not leaves:
            raise nothing_differentiated(self.inputs)
        vectors = () if declared.get("order") != 2 else _vectors(subject)
        evaluator = Evaluator(subject, leaves, self.framework, seed, drawn.placed, drawn.fixed, vectors)
        if self.number == 0:  # the contract does not depend on sizes
            draw = partial(self._draw, asked, f"{stream}\0elsewhere", self.sizes, dtype, like=drawn)
            make = partial(self.function, purpose="elsewhere")
            self.elsewhere = Elsewhere(evaluator, draw, make, self.rng("elsewhere"))
        return evaluator

    def _built(self, seed: int) -> Functions:
        """The functions of this trial: a rule that is a class of objects, or an object with a state, made anew."""
        rule, make = self.functions.rule, self.declaration.options.get("make")
        if rule is None:
            return self.functions
        self.framework.seed_global(seed)
        audited = self.declaration.audited
        if make is None and inspect.isclass(audited) and rule.is_built:
            make = audited
        owner = audited if inspect.isclass(audited) else type(audited)
        build = None if make is None else builder(make, lambda name: self.framework.random_state(name, seed), owner)
        with audited_code("make"):
            return self.functions._replace(rule=rule.built(build))

    def _draw(
        self,
        asked: list[str] | None,
        stream: str,
        sizes: Mapping[str, Any],
        dtype: str,
        like: drawing.Drawn | None = None,
    ) -> drawing.Drawn:
        with audited_code("drawing the inputs"):
            seed = self.options.seed or 0
            # What a trial is to visit may be where the forward is not finite: drawn again as declared.
            plain = stream != self.audit
            return drawing.draw_inputs(self.inputs, asked, sizes, seed, stream, self.number, dtype, like, plain=plain)

    def _builder(self, functions: Functions, seed: int) -> Callable[[], Any] | None:
        """Makes the layer object that is audited, the same one every time; None where there is none."""
        if functions.owner is None or functions.rule is not None:
            return None
        make = self.declaration.options.get("make") or functions.make or functions.owner
        build = builder(make, lambda name: self.framework.random_state(name, seed), functions.owner)

        def built() -> Any:
            self.framework.seed_global(seed)
            with audited_code("make"):
                return build()

        return built

    def _parameters(self, functions: Functions, layer: Callable[[], Any] | None) -> Parameters:
        declared, wrt = self.declaration.options, self.declaration.options.get("wrt")
        named = declared.get("parameters") or {}
        if named and functions.owner is None:
            raise AuditError(
                "GA004", "parameters= is given, but no layer class is audited", help="leave parameters= out"
            )
        inputs = {*(self.functions.arguments() or ()), *(() if callable(self.inputs) else self.inputs)}
        known = named or (functions.rule and functions.rule.parameters) or {}
        with audited_code("reading the parameters"):
            wanted = None if wrt is None else _names(wrt)
            return parameters_of(known, wanted, inputs, layer, self.framework.to_numpy)

    def _parameter_leaves(self, subject: Any, parameters: Parameters, dtype: str) -> list[Leaf]:
        chosen = parameters.differentiated
        if self.functions.rule is not None:
            held = {name: np.asarray(self.framework.to_numpy(parameters.gradients[name])) for name in chosen}
        elif chosen:
            layer = subject.build()
            held = {name: self._parameter(subject, layer, name) for name in chosen}
        else:
            held = {}
        return [Leaf(name, array.astype(dtype), scalar=array.ndim == 0, parameter=True) for name, array in held.items()]

    def _parameter(self, subject: Any, layer: Any, name: str) -> np.ndarray[Any, Any]:
        with audited_code("reading the parameters"):
            value = self._held(layer, name)
            if value is None or value.dtype.kind != "f":
                raise subject.no_parameter(layer, name)
        array: np.ndarray[Any, Any] = value
        return array

    def _held(self, layer: Any, name: str) -> Any:
        try:
            return self.framework.to_numpy(read(layer, name))
        except (AttributeError, KeyError, IndexError, TypeError):
            return None

    def function(self, evaluator: Evaluator, outputs: Sequence[Any], purpose: str) -> AuditedFunction:
        """What is differentiated: the outputs paired with upstream gradients, or the slope of a scalar."""
        if evaluator.vectors:
            from gradaudit.runner.problems import second_order

            self.notes.append(second_order.NOTE)
            return second_order.AuditedSlope(evaluator, outputs, self.rng(purpose))
        ones = evaluator.subject.takes_upstream is None
        upstreams = draw_upstreams(outputs, self.rng(purpose), ones=ones)
        return AuditedFunction(evaluator, upstreams, self.declaration.options.get("returns"))


def _vectors(subject: Subject) -> tuple[str, ...]:
    from gradaudit.runner.subjects.second_derivative import inputs_of_vectors

    return inputs_of_vectors(subject)


def _names(wrt: Any) -> list[str]:
    return [wrt] if isinstance(wrt, str) else list(wrt)
