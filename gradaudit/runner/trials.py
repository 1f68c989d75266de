"""One trial of an audit: draw the inputs, wire the subject, run it, have the gradient checked, name what is wrong."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit import drawing
from gradaudit.errors import AuditError
from gradaudit.matching import Wanted, containers_of
from gradaudit.numerics.check import check
from gradaudit.numerics.elements import numeric_at
from gradaudit.records import Finding, GradientOutcome, Mode, Options, Verdict, WorstElement
from gradaudit.runner.audited_code import audited_code
from gradaudit.runner.differentiable import Evaluator, Leaf, contract, draw_upstreams, form_of, pair
from gradaudit.runner.resolve import Functions, subject_of
from gradaudit.runner.subjects import Forwarded, Wiring, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradaudit.declaration import Declaration
    from gradaudit.frameworks.interface import Framework
    from gradaudit.numerics.agreement import BlockResult, CheckResult
    from gradaudit.numerics.problem import Array, Evaluation, Point, Tangents

_REDRAWS = 3
"""How often inputs are drawn again where the forward is not finite."""


@dataclass(frozen=True)
class TrialResult:
    """What one trial found."""

    gradients: tuple[GradientOutcome, ...]
    findings: tuple[Finding, ...]
    inconclusive: bool
    mode: Mode
    framework: str
    detects: float | None
    notes: tuple[str, ...]
    forward: int
    backward: int


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
    """

    audit: str
    declaration: Declaration
    functions: Functions
    inputs: Any
    options: Options
    framework: Framework
    number: int
    _notes: list[str] = field(default_factory=list)

    def run(self) -> TrialResult:
        """Draw, wire, check.

        Raises:
            AuditError: It can't be run as it is declared, or the audited code raised.
        """
        evaluator, probe = self.drawn()
        outputs = evaluator.outputs(probe)
        if not all(np.isfinite(output).all() for output in outputs):
            return self._not_finite_forward(evaluator)
        ones = evaluator.subject.takes_upstream is None
        upstreams = draw_upstreams(outputs, self.rng("upstream"), ones=ones)
        function = _Function(evaluator, upstreams, self.declaration.options.get("returns"))
        base = function.at(function.base)
        again = pair(outputs, upstreams)
        if not _same(base.evaluation, again):
            return self._result(evaluator, (), (_nondeterministic(again, base.evaluation),))
        return self._checked(function, base)

    def rng(self, purpose: str) -> np.random.Generator:
        """A random stream of this trial: the same for an audit whatever else runs."""
        digest = hashlib.sha256(f"{self.audit}\0{purpose}".encode()).digest()
        words = [int.from_bytes(digest[start : start + 4], "big") for start in range(0, 16, 4)]
        return np.random.default_rng(np.random.SeedSequence([self.options.seed or 0, self.number, *words]))

    def drawn(self) -> tuple[Evaluator, Forwarded]:
        """Inputs at which the forward is finite, if a few draws find such, and the forward there."""
        for attempt in range(_REDRAWS + 1):
            evaluator = self.wired(self.audit if attempt == 0 else f"{self.audit}\0{attempt}")
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
        with audited_code("drawing the inputs"):
            drawn = drawing.draw_inputs(
                self.inputs, asked, declared.get("sizes") or {}, self.options.seed or 0, stream, self.number, dtype
            )
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
        return Evaluator(subject, leaves, self.framework, seed, drawn.placed)

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
        message = f"the forward is not finite at {_REDRAWS + 1} draws of {names}"
        remedy = "draw them from where the function is defined, for example with distributions.positive"
        gradients = tuple(GradientOutcome(leaf.name, leaf.value.shape, "inconclusive") for leaf in evaluator.leaves)
        return self._result(evaluator, gradients, (Finding("GA402", message, remedy),), inconclusive=True)

    def _checked(self, function: _Function, base: _Known) -> TrialResult:
        """Hold the gradients against numerical ones, those that can't be compared against their inputs' shapes."""
        unusable = [_unusable(leaf, array) for leaf, array in zip(function.leaves, base.gradient, strict=True)]
        findings = [finding for finding in unusable if finding is not None]
        missing = [leaf.name for leaf, array in zip(function.leaves, base.gradient, strict=True) if array is None]
        findings += [_missing(name) for name in missing]
        usable = [number for number, finding in enumerate(unusable) if finding is None]
        problem = _Restricted(function, tuple(usable))
        mode, epsilon = self.options.mode or "auto", self.declaration.options.get("epsilon")
        checked = (
            check(problem, self.rng("direction"), mode=mode, threshold=self.options.threshold or 1e-5, epsilon=epsilon)
            if usable
            else None
        )
        blocks = {block.name: block for block in checked.blocks} if checked else {}
        gradients = [
            _gradient(blocks[leaf.name], forced=leaf.name in missing)
            if leaf.name in blocks
            else _excluded(function, number, base)
            for number, leaf in enumerate(function.leaves)
        ]
        for block in blocks.values():
            finding = _finding(block, function, base, self.options.threshold or 1e-5)
            if finding is not None and block.name not in missing:
                findings.append(finding)
        self._notes += checked.notes if checked else ()
        return self._result(
            function.evaluator,
            tuple(gradients),
            tuple(findings),
            inconclusive=any(block.verdict == "undecided" for block in blocks.values()),
            checked=checked,
        )

    def _result(
        self,
        evaluator: Evaluator,
        gradients: tuple[GradientOutcome, ...],
        findings: tuple[Finding, ...],
        *,
        inconclusive: bool = False,
        checked: CheckResult | None = None,
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
        )


def _names(wrt: Any) -> list[str]:
    return [wrt] if isinstance(wrt, str) else list(wrt)


@dataclass(frozen=True)
class _Known:
    """What one forward and its backward gave: φ, and each leaf's gradient as it came back, the upstream in it."""

    evaluation: Evaluation
    gradient: tuple[Any, ...]


class _Function:
    """The scalar function φ of all leaves, and its claimed gradient, which may lack arrays or have wrong shapes."""

    def __init__(self, evaluator: Evaluator, upstreams: Sequence[Any], returns: Any) -> None:
        self.evaluator = evaluator
        self.leaves = tuple(evaluator.leaves)
        self.upstreams = upstreams
        self.base: Point = tuple(leaf.value for leaf in self.leaves)
        self._form = returns
        self._at_base: _Known | None = None

    def evaluate(self, point: Point) -> Evaluation:
        """One forward evaluation; none at the base point, where it is known."""
        if self._at_base is not None and _is_same_point(point, self.base):
            return self._at_base.evaluation
        return pair(self.evaluator.outputs(self.evaluator.forward(point)), self.upstreams)

    def at(self, point: Point) -> _Known:
        """One forward and one backward; none at the base point, where both are known."""
        if self._at_base is not None and _is_same_point(point, self.base):
            return self._at_base
        forwarded = self.evaluator.forward(point)
        outputs = self.evaluator.outputs(forwarded)
        evaluation = pair(outputs, self.upstreams)
        returned = self.evaluator.backward(forwarded, self.upstreams)
        arrays = {name: None if array is None else np.array(array) for name, array in returned.arrays.items()}
        _check_real(arrays)
        if not returned.contracted and any(array is not None for array in arrays.values()):
            self._form = form_of(arrays, self.leaves, outputs, self._form)
            for leaf in self.leaves:
                array = arrays[leaf.name]
                if array is not None:
                    arrays[leaf.name] = contract(array, self._form, self.upstreams[0], leaf.value.shape)
        known = _Known(evaluation, tuple(arrays[leaf.name] for leaf in self.leaves))
        if self._at_base is None:
            self._at_base = known
        return known


def _check_real(arrays: Mapping[str, Any]) -> None:
    for name, array in arrays.items():
        if array is not None and array.dtype.kind == "c":
            message = f"the gradient of {name} is complex ({array.dtype}), which is not supported yet"
            raise AuditError("GA004", message, help="return the real gradient of a real function, for example by .real")


def _is_same_point(point: Point, other: Point) -> bool:
    return all(array is base for array, base in zip(point, other, strict=True))


class _Restricted:
    """The problem that is checked: the leaves whose gradients can be compared, the others held fixed."""

    def __init__(self, function: _Function, blocks: tuple[int, ...]) -> None:
        self.function = function
        self.blocks = blocks

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.function.leaves[number].name for number in self.blocks)

    @property
    def point(self) -> Point:
        return tuple(self.function.base[number] for number in self.blocks)

    @property
    def tangents(self) -> tuple[Tangents | None, ...]:
        return tuple(self.function.leaves[number].tangents for number in self.blocks)

    def _whole(self, point: Point) -> Point:
        whole = list(self.function.base)
        for number, array in zip(self.blocks, point, strict=True):
            whole[number] = array
        return tuple(whole)

    def evaluate(self, point: Point) -> Evaluation:
        return self.function.evaluate(self._whole(point))

    def gradient(self, point: Point) -> Point:
        gradient = self.function.at(self._whole(point)).gradient
        return tuple(_comparable(gradient[number], array) for number, array in zip(self.blocks, point, strict=True))


def _comparable(gradient: Any, array: Array) -> Array:
    """A gradient as numerics want it: None is zero; what is unusable away from the base point is NaN there."""
    if gradient is None:
        return np.zeros_like(array)
    if gradient.shape != array.shape:
        return np.full_like(array, math.nan)
    comparable: Array = gradient if gradient.dtype.kind == "f" else gradient.astype(array.dtype)
    return comparable


def _same(one: Evaluation, other: Evaluation) -> bool:
    """Bit for bit: two forwards at one point in one random state."""
    return one.value == other.value and one.magnitude == other.magnitude


def _nondeterministic(one: Evaluation, other: Evaluation) -> Finding:
    message = f"two forwards at one point differ with the random state fixed: {one.value!r} and {other.value!r}"
    remedy = "draw from a generator that the forward takes as `rng`, and keep nothing between calls"
    return Finding("GA302", message, remedy)


def _missing(name: str) -> Finding:
    message = f"the backward returns no gradient for {name}: None, or it is missing"
    remedy = f"return it; if {name} has no gradient, leave it out of wrt="
    return Finding("GA206", message, remedy, gradient=name)


def _unusable(leaf: Leaf, array: Any) -> Finding | None:
    """Why a gradient can't be compared, if it can't."""
    if array is None:
        return None
    if array.shape != leaf.value.shape:
        message = f"the gradient of {leaf.name} has shape {array.shape}, its input {leaf.value.shape}"
        return Finding("GA207", message, shape_help(array.shape, leaf.value.shape), gradient=leaf.name)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        count = int((~np.isfinite(array)).sum())
        message = (
            f"the gradient of {leaf.name} is not finite in {count} of {array.size} elements, first at {list(where)}"
        )
        return Finding("GA211", message, "look for 0/0, log(0) or an overflow in the backward", gradient=leaf.name)
    return None


def shape_help(gradient: tuple[int, ...], value: tuple[int, ...]) -> str:
    """What to do about a gradient of the wrong shape: names the axis that was not summed, or was by mistake.

    >>> shape_help((4, 3), (3,))
    'axis 0 was not summed: the input is broadcast along it'
    """
    extra = len(gradient) - len(value)
    if extra > 0 and gradient[extra:] == value:
        axes = "axis 0 was" if extra == 1 else f"axes 0 to {extra - 1} were"
        return f"{axes} not summed: the input is broadcast along {'it' if extra == 1 else 'them'}"
    if extra == 0:
        unsummed = [axis for axis, (g, v) in enumerate(zip(gradient, value, strict=True)) if g != v]
        if all(value[axis] == 1 for axis in unsummed):
            return f"sum over axis {', '.join(map(str, unsummed))} with keepdims: the input is broadcast along it"
        if sorted(gradient) == sorted(value):
            return "it has the shape of the transposed input"
        if all(gradient[axis] == 1 for axis in unsummed):
            return f"axis {', '.join(map(str, unsummed))} was summed by mistake"
    if extra < 0 and value[-extra:] == gradient:
        return "a leading axis was summed by mistake"
    return "return a gradient of the input's shape"


def _excluded(function: _Function, number: int, base: _Known) -> GradientOutcome:
    """A gradient that could not be compared; where it is not finite, with the numeric value beside it."""
    leaf, array = function.leaves[number], base.gradient[number]
    worst = None
    if array.shape == leaf.value.shape:
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        numeric = float(numeric_at(_Restricted(function, (number,)), 0, [index])[0])
        worst = WorstElement(index, float(array[index]), numeric)
    return GradientOutcome(leaf.name, tuple(leaf.value.shape), "failed", grade="wrong", worst=worst)


_VERDICTS: dict[str, Verdict] = {"right": "passed", "wrong": "failed", "undecided": "inconclusive"}


def _gradient(block: BlockResult, *, forced: bool) -> GradientOutcome:
    worst = block.worst
    return GradientOutcome(
        block.name,
        tuple(int(size) for size in block.shape),
        "failed" if forced else _VERDICTS[block.verdict],
        _finite(block.difference),
        _finite(block.error_bound),
        block.grade,
        None
        if worst is None
        else WorstElement(tuple(int(i) for i in worst.index), float(worst.analytic), float(worst.numeric)),
    )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _finding(block: BlockResult, function: _Function, base: _Known, threshold: float) -> Finding | None:
    """What the verdict on one gradient means."""
    name = block.name
    match block.verdict, block.reason:
        case "wrong", _:
            array = next(g for leaf, g in zip(function.leaves, base.gradient, strict=True) if leaf.name == name)
            if array is not None and not np.any(array):
                return Finding("GA206", f"the gradient of {name} is zero, the numeric one is not", "", gradient=name)
            size = f"{block.difference:.2e} (threshold {threshold:g})"
            message = f"the gradient of {name} differs from the numeric one by {size}"
            return Finding("GA201", message, "", gradient=name)
        case "undecided", "kink":
            slopes = (
                f": the slopes on both sides are {block.slopes[0]:.6g} and {block.slopes[1]:.6g}"
                if block.slopes
                else ""
            )
            message = (
                f"every point tried lies on or next to a point where the forward has no derivative in {name}{slopes}"
            )
            remedy = "draw the inputs away from it, for example with distributions.away_from"
            return Finding("GA401", message, remedy, gradient=name)
        case "undecided", "not-finite":
            message = f"the forward is not finite near the drawn point in {name}"
            remedy = "draw the inputs from inside its domain, for example with distributions.positive"
            return Finding("GA401", message, remedy, gradient=name)
        case "undecided", _:
            size = f"{block.tolerance:.2g} against a derivative of {block.scale:.2g}"
            message = f"the numerical error is too large to judge the gradient of {name}: {size}"
            remedy = "compute in float64 throughout, scale the loss, or remove a large constant that is added to it"
            return Finding("GA402", message, remedy, gradient=name)
    return None
