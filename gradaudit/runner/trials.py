"""One trial of an audit: draw the inputs, wire the subject, run it, have the gradient checked, name what is wrong."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit import drawing
from gradaudit.drawing.points import draws_anything
from gradaudit.errors import AuditError
from gradaudit.matching import Wanted, containers_of
from gradaudit.numerics.check import check
from gradaudit.numerics.elements import numeric_at
from gradaudit.records import Finding, GradientOutcome, Mode, Options, Verdict, WorstElement
from gradaudit.runner import second_order
from gradaudit.runner.audited_code import audited_code
from gradaudit.runner.audited_problem import AuditedFunction, Call, Restricted
from gradaudit.runner.contract import Contract
from gradaudit.runner.differentiable import Evaluator, Leaf, draw_upstreams
from gradaudit.runner.elsewhere import Elsewhere, elsewhere
from gradaudit.runner.findings import Compared, missing, nondeterministic, not_finite_nearby, undecided, unusable
from gradaudit.runner.layers import read
from gradaudit.runner.precision import imprecise_gradients
from gradaudit.runner.resolve import Functions, subject_of
from gradaudit.runner.self_test import Examination
from gradaudit.runner.side_effects import side_effects
from gradaudit.runner.subjects import Forwarded, Wiring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.declaration import Declaration
    from gradaudit.frameworks.interface import Framework
    from gradaudit.numerics.agreement import BlockResult, CheckResult
    from gradaudit.numerics.evidence import Located
    from gradaudit.numerics.problem import Evaluation, Problem

_REDRAWS = 3
"""How often inputs are drawn again where the forward is not finite."""


_UPSTREAM_BEGINNINGS = ("d", "g", "up", "cot", "ct", "v", "bar", "adj", "seed")
"""How names of upstream gradients begin: dout, g, grad_output, upstream, cotangent, v of a vector-Jacobian product."""


@dataclass(frozen=True)
class TrialResult:
    """What one trial found: findings of its own, and what was compared, whose causes are found over all trials.

    `repeating` names the integer inputs of which some entries are equal. `hints` are findings that stand only where
    nothing else names a mistake.
    """

    gradients: tuple[GradientOutcome, ...]
    findings: tuple[Finding, ...]
    inconclusive: bool
    mode: Mode
    framework: str
    detects: float | None
    notes: tuple[str, ...]
    forward: int
    backward: int
    compared: tuple[Compared, ...] = ()
    repeating: frozenset[str] = frozenset()
    hints: tuple[Finding, ...] = ()
    examination: Examination | None = None


@dataclass
class Trial:
    """One trial of an audit: its own sizes, inputs, upstream gradient and random state.

    Attributes:
        audit: The audit's id, which its random stream depends on.
        declaration: What was declared.
        functions: What was decorated.
        inputs: How the inputs are drawn.
        options: Those that apply.
        framework: The arrays' adapter.
        number: Which trial.
        sizes: The named sizes, where they are not to be drawn.
        suspects: What earlier trials located in gradients, by name.
    """

    audit: str
    declaration: Declaration
    functions: Functions
    inputs: Any
    options: Options
    framework: Framework
    number: int
    sizes: Mapping[str, int] | None = None
    suspects: Mapping[str, Located] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)
    _sizes: dict[str, int] = field(default_factory=dict)
    _hints: list[Finding] = field(default_factory=list)
    _elsewhere: Elsewhere | None = None
    _repeating: frozenset[str] = frozenset()

    def run(self) -> TrialResult:
        """Draw, wire, check.

        Raises:
            AuditError: It can't be run as it is declared, or the audited code raised.
        """
        try:
            return self._run()
        except AuditError as error:
            ones = [name for name, size in self._sizes.items() if size == 1]
            if error.code != "GA006" or error.help or not ones:
                raise
            remedy = f'if a size of 1 is not meant to work, write sizes={{"{ones[0]}": (2, 8)}}'
            raise AuditError(error.code, error.message, remedy, error.details) from error

    def _run(self) -> TrialResult:
        evaluator, probe = self.drawn()
        outputs = evaluator.outputs(probe)
        if not all(np.isfinite(output).all() for output in outputs):
            return self._not_finite_forward(evaluator)
        function = self._function(evaluator, outputs, "upstream")
        again = function.paired(outputs)  # before a backward may write to them
        late = self._late(function, probe)
        base = function.at(function.base)
        if not _same(base.evaluation, again):
            return self._result(evaluator, (), (nondeterministic(again, base.evaluation),))
        return self._checked(function, base, late)

    def _late(self, function: AuditedFunction, probe: Forwarded) -> Call | None:
        """The backward of the first forward, after a forward elsewhere; None where that made it raise."""
        if self._elsewhere is None:
            return None
        self._elsewhere.forward()
        try:
            return function.first(probe)
        except AuditError as error:
            if error.code != "GA006":
                raise
            return None

    def _function(self, evaluator: Evaluator, outputs: Sequence[Any], purpose: str) -> AuditedFunction:
        """What is differentiated: the outputs paired with upstream gradients, or the slope of a scalar."""
        if evaluator.vectors:
            self._notes.append(second_order.NOTE)
            return second_order.AuditedSlope(evaluator, outputs, self.rng(purpose))
        ones = evaluator.subject.takes_upstream is None
        upstreams = draw_upstreams(outputs, self.rng(purpose), ones=ones)
        return AuditedFunction(evaluator, upstreams, self.declaration.options.get("returns"))

    def _doubtful_bindings(self, function: AuditedFunction) -> list[str]:
        """What was bound by position alone: where something is wrong, that may be what."""
        arguments = self.functions.arguments() or ["x"]
        role = "a vector" if function.evaluator.vectors else "the upstream gradient"
        return [
            f"{name} was taken for {role}; if it is an argument of the forward, "
            f'write bind={{"{name}": "{arguments[0]}"}}'
            for name in function.evaluator.subject.upstream_parameters
            if not name.startswith(_UPSTREAM_BEGINNINGS)
        ]

    def rng(self, purpose: str) -> np.random.Generator:
        """A random stream of this trial: the same for an audit whatever else runs."""
        digest = hashlib.sha256(f"{self.audit}\0{purpose}".encode()).digest()
        words = [int.from_bytes(digest[start : start + 4], "big") for start in range(0, 16, 4)]
        return np.random.default_rng(np.random.SeedSequence([self.options.seed or 0, self.number, *words]))

    def drawn(self) -> tuple[Evaluator, Forwarded]:
        """Inputs at which the forward is finite, if a few draws find such, and the forward there."""
        for attempt in range(_REDRAWS + 1):
            evaluator = self.wired(self.audit if attempt == 0 else f"{self.audit}\0{attempt}")
            if self._elsewhere is not None:
                self._elsewhere.visit()
            probe = evaluator.forward(tuple(leaf.value for leaf in evaluator.leaves))
            if all(np.isfinite(output).all() for output in evaluator.outputs(probe)):
                break
        return evaluator, probe

    def wired(self, stream: str) -> Evaluator:
        """Draw inputs and bind everything."""
        declared = self.declaration.options
        parameters: Mapping[str, str] = declared.get("parameters") or {}
        wrt = declared.get("wrt")
        asked = None if wrt is None else [name for name in _names(wrt) if name not in parameters]
        dtype = "float64" if self.options.upcast else self.options.dtype or "float64"
        drawn = self._draw(asked, stream, declared.get("sizes") or {} if self.sizes is None else self.sizes, dtype)
        self._sizes, self._repeating = dict(drawn.sizes), drawn.repeating
        leaves = [
            Leaf(leaf.name, np.asarray(leaf.value), leaf.tangents, scalar=np.ndim(leaf.value) == 0)
            for leaf in drawn.differentiable
        ]
        self._notes += [f"{leaf.name}: {leaf.note}" for leaf in drawn.differentiable if leaf.note]
        arguments = self.functions.arguments() or list(drawn.values)
        wanted = [
            Wanted(leaf.name, leaf.path, containers_of(drawn.values[leaf.path[0]], leaf.path))
            for leaf in drawn.differentiable
        ]
        if wrt is None:
            wanted.sort(key=lambda leaf: arguments.index(leaf.path[0]) if leaf.path[0] in arguments else len(arguments))
        seed = int(self.rng("state").integers(2**31))
        wiring = Wiring(wanted, arguments, self.framework, seed, declared.get("outputs"))
        subject = subject_of(self.functions, self.declaration, wiring, list(drawn.values))
        if parameters:
            leaves += self._parameter_leaves(subject, parameters, wrt, dtype)
        if not leaves:
            message = "nothing is differentiated: no input is drawn as a floating array"
            raise AuditError("GA004", message, help="name with wrt= what has a gradient, or draw it by a shape")
        vectors = second_order.inputs_of_vectors(subject)
        evaluator = Evaluator(subject, leaves, self.framework, seed, drawn.placed, drawn.fixed, vectors)
        if self.number == 0:  # the contract does not depend on sizes
            other = self._draw(asked, f"{stream}\0elsewhere", self._sizes, dtype, like=drawn)
            make = partial(self._function, purpose="elsewhere")
            self._elsewhere = elsewhere(evaluator, other, make, self.rng("elsewhere"))
        return evaluator

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

    def _parameter_leaves(self, subject: Any, parameters: Mapping[str, str], wrt: Any, dtype: str) -> list[Leaf]:
        if self.functions.owner is None:
            raise AuditError(
                "GA004", "parameters= is given, but no layer class is audited", help="leave parameters= out"
            )
        self.framework.seed_global(subject.wiring.seed)
        with audited_code("make"):
            layer = subject.build()
        leaves = []
        for name in parameters:
            if wrt is not None and name not in _names(wrt):
                continue
            with audited_code("reading the parameters"):
                value = self._held(layer, name)
            if value is None or value.dtype.kind != "f":
                message = (
                    f"parameters= names {name!r}, which is no floating array of {type(layer).__name__} when it is built"
                )
                raise AuditError("GA004", message, help="name attributes that hold arrays, dotted paths allowed")
            leaves.append(Leaf(name, value.astype(dtype), scalar=value.ndim == 0, parameter=True))
        return leaves

    def _held(self, layer: Any, name: str) -> Any:
        try:
            return self.framework.to_numpy(read(layer, name))
        except (AttributeError, KeyError, IndexError, TypeError):
            return None

    def _not_finite_forward(self, evaluator: Evaluator) -> TrialResult:
        names = ", ".join(leaf.name for leaf in evaluator.leaves)
        message, remedy = f"the forward is not finite at the given {names}", "give a point at which it is defined"
        if draws_anything(self.inputs):
            message = f"the forward is not finite at {_REDRAWS + 1} draws of {names}"
            remedy = "draw them from where the function is defined, for example with distributions.positive"
        gradients = tuple(GradientOutcome(leaf.name, leaf.value.shape, "inconclusive") for leaf in evaluator.leaves)
        return self._result(evaluator, gradients, (Finding("GA402", message, remedy),), inconclusive=True)

    def _checked(self, function: AuditedFunction, base: Call, late: Call | None) -> TrialResult:
        """Hold the gradients against numerical ones, those that can't be compared against their inputs' shapes."""
        excluded = [unusable(leaf, array) for leaf, array in zip(function.leaves, base.gradient, strict=True)]
        findings = [finding for finding in excluded if finding is not None]
        absent = [leaf.name for leaf, array in zip(function.leaves, base.gradient, strict=True) if array is None]
        present = [leaf.name for leaf in function.leaves if leaf.name not in absent]
        findings += [missing(name, present) for name in absent]
        usable = [number for number, finding in enumerate(excluded) if finding is None]
        problem = Restricted(function, tuple(usable))
        checked = self._examine(problem) if usable else None
        blocks = {block.name: block for block in checked.blocks} if checked else {}
        strays = [name for name in function.strays if name in blocks]
        findings += map(not_finite_nearby, strays)
        gradients = [
            _gradient(blocks[leaf.name], forced=leaf.name in absent, stray=leaf.name in strays)
            if leaf.name in blocks
            else _excluded(function, number, base)
            for number, leaf in enumerate(function.leaves)
        ]
        compared = tuple(
            Compared(block, self._sizes, function.unit) for block in blocks.values() if block.name not in absent
        )
        findings += [finding for each in compared if (finding := undecided(each.block)) is not None]
        wrong = {each.name: each.difference or 0.0 for each in gradients if each.outcome != "passed"}
        effects = list(side_effects(function, base))
        findings += effects
        if self._elsewhere is not None:
            writes = any(effect.code == "GA301" for effect in effects)
            contract = Contract(function, base, late, wrong, writes, self._elsewhere)
            findings += contract.findings()
            self._hints += contract.hints
        if not wrong and self.options.upcast:
            findings += imprecise_gradients(function, self.options.dtype or "float64")
        self._notes += checked.notes if checked else ()
        self._notes += function.evaluator.subject.remarks
        if findings or any(block.verdict != "right" for block in blocks.values()):
            self._notes += self._doubtful_bindings(function)
        return self._result(
            function.evaluator,
            tuple(gradients),
            tuple(findings),
            inconclusive=any(block.verdict == "undecided" for block in blocks.values()),
            checked=checked,
            compared=compared,
            examination=Examination(problem, self._examine, checked) if checked else None,
        )

    def _examine(self, problem: Problem) -> CheckResult:
        """The check with this trial's options, along the same directions each time."""
        mode, epsilon = self.options.mode or "auto", self.declaration.options.get("epsilon")
        threshold = self.options.threshold or 1e-5
        rng = self.rng("direction")
        return check(problem, rng, mode=mode, threshold=threshold, epsilon=epsilon, suspects=self.suspects)

    def _result(  # noqa: PLR0913 - what a trial may end with
        self,
        evaluator: Evaluator,
        gradients: tuple[GradientOutcome, ...],
        findings: tuple[Finding, ...],
        *,
        inconclusive: bool = False,
        checked: CheckResult | None = None,
        compared: tuple[Compared, ...] = (),
        examination: Examination | None = None,
    ) -> TrialResult:
        mode: Mode = "elementwise" if self.options.mode == "elementwise" else "directional"
        return TrialResult(
            gradients,
            findings,
            inconclusive,
            checked.mode if checked else mode,
            self.framework.name,
            checked.detects if checked else None,
            tuple(self._notes),
            evaluator.count.forward,
            evaluator.count.backward,
            compared,
            self._repeating,
            tuple(self._hints),
            examination,
        )


def _names(wrt: Any) -> list[str]:
    return [wrt] if isinstance(wrt, str) else list(wrt)


def _same(one: Evaluation, other: Evaluation) -> bool:
    """Bit for bit: two forwards at one point in one random state."""
    return one.value == other.value and one.magnitude == other.magnitude


def _excluded(function: AuditedFunction, number: int, base: Call) -> GradientOutcome:
    """A gradient that could not be compared; where it is not finite, with the numeric value beside it."""
    leaf, array = function.leaves[number], base.gradient[number]
    worst = None
    if array.shape == leaf.value.shape:
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        numeric = float(numeric_at(Restricted(function, (number,)), 0, [index])[0])
        worst = WorstElement(index, float(array[index]), numeric)
    return GradientOutcome(leaf.name, tuple(leaf.value.shape), "failed", grade="wrong", worst=worst)


_VERDICTS: dict[str, Verdict] = {"right": "passed", "wrong": "failed", "undecided": "inconclusive"}


def _gradient(block: BlockResult, *, forced: bool, stray: bool = False) -> GradientOutcome:
    worst = block.worst
    if stray:
        return GradientOutcome(block.name, tuple(map(int, block.shape)), "failed", grade="wrong")
    return GradientOutcome(
        block.name,
        tuple(int(size) for size in block.shape),
        "failed" if forced else _VERDICTS[block.verdict],
        _finite(block.difference),
        _finite(block.error_bound),
        block.grade if block.verdict != "undecided" else None,
        None
        if worst is None
        else WorstElement(tuple(int(i) for i in worst.index), float(worst.analytic), float(worst.numeric)),
    )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
