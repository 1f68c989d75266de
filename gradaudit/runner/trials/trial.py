"""One trial of an audit: draw the inputs, wire the subject, run it, have the gradient checked, name what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradaudit.drawing.points import draws_anything
from gradaudit.errors import AuditError
from gradaudit.frameworks.other_arrays import MATRIX
from gradaudit.numerics.checks.check import check
from gradaudit.numerics.contract import sharing
from gradaudit.records.finding import Finding
from gradaudit.records.outcome import GradientOutcome
from gradaudit.runner.inputs.meant import meant_otherwise
from gradaudit.runner.problems.audited_problem import AuditedFunction, Call, Restricted
from gradaudit.runner.promises.contract import Contract
from gradaudit.runner.promises.precision import imprecise_gradients
from gradaudit.runner.promises.side_effects import side_effects
from gradaudit.runner.trials.comparable import comparable
from gradaudit.runner.trials.examination import Examination
from gradaudit.runner.trials.findings import Compared, nondeterministic, not_finite_nearby, undecided
from gradaudit.runner.trials.gradient_outcomes import compared_gradient, excluded_gradient
from gradaudit.runner.trials.setup import REDRAWS, Setup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gradaudit.numerics.contract import Gradient
    from gradaudit.numerics.problems.problem import Evaluation, Problem
    from gradaudit.numerics.results.agreement import BlockResult, CheckResult
    from gradaudit.numerics.results.evidence import Located
    from gradaudit.records.case import Mode
    from gradaudit.runner.problems.evaluator import Evaluator
    from gradaudit.runner.subjects.subject import Forwarded

_UPSTREAM_BEGINNINGS = ("d", "g", "up", "cot", "ct", "v", "bar", "adj", "seed")
"""How names of upstream gradients begin: dout, g, grad_output, upstream, cotangent, v of a vector-Jacobian product."""


class TrialResult(NamedTuple):
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


@dataclass(eq=False)
class Trial:
    """One trial of an audit.

    Attributes:
        setup: Its inputs, and what is bound to them.
        suspects: What earlier trials located in gradients, by name.
    """

    setup: Setup
    suspects: Mapping[str, Located] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)
    _hints: list[Finding] = field(default_factory=list)

    def run(self) -> TrialResult:
        """Draw, wire, check.

        Raises:
            AuditError: It can't be run as it is declared, or the audited code raised.
        """
        try:
            return self._run()
        except AuditError as error:
            remedy = self._after_raising() if error.code == "GA006" and not error.help else ""
            if not remedy:
                raise
            raise AuditError(error.code, error.message, remedy, error.details) from error

    def _after_raising(self) -> str:
        """What the writer of an audit may have meant otherwise, where the audited code raised; or nothing."""
        ones = [name for name, size in self.setup.sizes.items() if size == 1]
        if ones:  # the trial before it went well
            return f'if a size of 1 is not meant to work, write sizes={{"{ones[0]}": (2, 8)}}'
        return meant_otherwise(self.setup.inputs) if self.setup.number == 0 else ""

    def _run(self) -> TrialResult:
        evaluator, probe = self.setup.drawn()
        outputs = evaluator.outputs(probe)
        if not all(np.isfinite(output).all() for output in outputs):
            return self._not_finite_forward(evaluator)
        function = self.setup.function(evaluator, outputs, "upstream")
        again = function.paired(outputs)  # before a backward may write to them
        late = self._late(function, probe)
        del probe  # as large as the point
        observed = function.observed()
        base = observed.call
        if not _same(base.evaluation, again):
            return self._result(evaluator, (), (nondeterministic(again, base.evaluation),))
        effects = list(side_effects(function, observed))
        if late is not None:
            late = sharing(late, base.gradient)
        del outputs, observed  # as above
        return self._checked(function, base, late, effects)

    def _late(self, function: AuditedFunction, probe: Forwarded) -> Gradient | None:
        """The gradient by the first forward, after a forward elsewhere; None where that made the backward raise."""
        elsewhere = self.setup.elsewhere
        if elsewhere is None:
            return None
        elsewhere.forward()
        try:
            return function.first(probe, held=elsewhere.holds_what_it_returned)
        except AuditError as error:
            if error.code != "GA006":
                raise
            return None

    def _doubtful_bindings(self, function: AuditedFunction) -> list[str]:
        """What was bound by position alone: where something is wrong, that may be what."""
        arguments = self.setup.functions.arguments() or ["x"]
        role = "a vector" if function.evaluator.vectors else "the upstream gradient"
        return [
            f"{name} was taken for {role}; if it is an argument of the forward, "
            f'write bind={{"{name}": "{arguments[0]}"}}'
            for name in function.evaluator.subject.upstream_parameters
            if not name.startswith(_UPSTREAM_BEGINNINGS)
        ]

    def _not_finite_forward(self, evaluator: Evaluator) -> TrialResult:
        names = ", ".join(leaf.name for leaf in evaluator.leaves)
        message, remedy = f"the forward is not finite at the given {names}", "give a point at which it is defined"
        if draws_anything(self.setup.inputs):
            message = f"the forward is not finite at {REDRAWS + 1} draws of {names}"
            remedy = "draw them from where the function is defined, for example with distributions.positive"
        gradients = tuple(GradientOutcome(leaf.name, leaf.value.shape, "inconclusive") for leaf in evaluator.leaves)
        return self._result(evaluator, gradients, (Finding("GA402", message, remedy),), inconclusive=True)

    def _checked(
        self, function: AuditedFunction, base: Call, late: Gradient | None, effects: Sequence[Finding]
    ) -> TrialResult:
        """Hold the gradients against numerical ones, those that can't be compared against their inputs' shapes."""
        absent = [leaf.name for leaf, array in zip(function.leaves, base.gradient, strict=True) if array is None]
        findings, usable = comparable(function, base, absent)
        problem = Restricted(function, tuple(usable))
        examine = partial(self._examine, function.evaluator.fixed)
        checked = examine(problem) if usable else None
        blocks = {block.name: block for block in checked.blocks} if checked else {}
        strays = [name for name in function.strays if name in blocks]
        findings += map(not_finite_nearby, strays)
        gradients = [
            compared_gradient(blocks[leaf.name], forced=leaf.name in absent, stray=leaf.name in strays)
            if leaf.name in blocks
            else excluded_gradient(function, number, base)
            for number, leaf in enumerate(function.leaves)
        ]
        compared = tuple(
            Compared(block, self.setup.sizes, function.unit) for block in blocks.values() if block.name not in absent
        )
        findings += [finding for each in compared if (finding := undecided(each.block)) is not None]
        wrong = {each.name: each.difference or 0.0 for each in gradients if each.outcome != "passed"}
        findings += effects
        findings += function.evaluator.subject.breaches
        if self.setup.elsewhere is not None:
            writes = any(effect.code == "GA301" for effect in effects)
            explained = [block.name for block in blocks.values() if _is_multiplied(block)]
            contract = Contract(function, base, late, wrong, writes, self.setup.elsewhere, explained)
            findings += contract.findings()
            self._hints += contract.hints
            self._notes += function.evaluator.repeated()
        if not wrong and self.setup.options.upcast:
            findings += imprecise_gradients(function, self.setup.options.dtype or "float64")
        self._notes += checked.notes if checked else ()
        self._notes += [note for note in function.evaluator.subject.remarks if note != MATRIX]
        if findings or any(block.verdict != "right" for block in blocks.values()):
            self._notes += self._doubtful_bindings(function)
        return self._result(
            function.evaluator,
            tuple(gradients),
            tuple(findings),
            inconclusive=any(block.verdict == "undecided" for block in blocks.values()),
            checked=checked,
            compared=compared,
            examination=Examination(problem, examine, checked) if checked else None,
        )

    def _examine(self, fixed: Mapping[str, NDArray[np.generic]], problem: Problem) -> CheckResult:
        """The check with this trial's options, along the same directions each time."""
        mode, epsilon = self.setup.options.mode or "auto", self.setup.declaration.options.get("epsilon")
        threshold = self.setup.options.threshold or 1e-5
        rng = self.setup.rng("direction")
        return check(problem, rng, mode=mode, threshold=threshold, epsilon=epsilon, suspects=self.suspects, fixed=fixed)

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
        mode: Mode = "elementwise" if self.setup.options.mode == "elementwise" else "directional"
        return TrialResult(
            gradients,
            findings,
            inconclusive,
            checked.mode if checked else mode,
            self.setup.framework.name,
            checked.detects if checked else None,
            (*self.setup.notes, *self._notes),
            evaluator.count.forward,
            evaluator.count.backward,
            compared,
            self.setup.repeating,
            tuple(self._hints),
            examination,
        )


# What two forwards at one point may differ by, in the rounding of their outputs: LAPACK adds up in another order where
# an array lies at another address. torch.linalg.lstsq was seen to differ by 3 of these; a random number by 1e12.
ROUNDINGS = 100.0


def _same(one: Evaluation, other: Evaluation) -> bool:
    """Up to rounding: two forwards at one point in one random state."""
    allowed = ROUNDINGS * max(one.epsilon, other.epsilon) * one.magnitude
    pairs = (one.value, other.value), (one.magnitude, other.magnitude)
    return all(first == second or abs(first - second) <= allowed for first, second in pairs)


def _is_multiplied(block: BlockResult) -> bool:
    """Whether a part of it is known to be off by a factor, and the rest to be right."""
    located = block.evidence.located if block.evidence is not None else None
    return located is not None and any(located.factor)
