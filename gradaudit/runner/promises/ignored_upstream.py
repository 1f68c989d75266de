"""Parts of the upstream gradient that a wrong gradient does not depend on, though what they belong to depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.numerics.contract import identical
from gradaudit.numerics.derivatives.base_point import rms
from gradaudit.runner.problems.one_line import is_right

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradaudit.runner.problems.audited_problem import AuditedFunction, Call

# Backwards that are spent on the search, and slices along one axis of which it looks at each.
MOST_CALLS = 32
FEW = 8
# A step at which an output that depends on an input at all changes by more than this of its size.
STEP, VISIBLE = 1e-4, 1e-9


@dataclass(frozen=True)
class Part:
    """A part of the upstream gradients: that of one output, or a slice of it.

    Attributes:
        output: Which output.
        where: The slice.
        label: How it is written.
    """

    output: int
    where: tuple[Any, ...]
    label: str

    @property
    def axis(self) -> tuple[int, int]:
        """The output, and which of its axes is sliced."""
        return self.output, len(self.where)


def ignored_parts(function: AuditedFunction, base: Call, blocks: Sequence[int]) -> dict[int, str]:
    """For some of the blocks the parts of the upstream gradient that do not reach them, in words.

    Without them the gradient is right: a mask that lets nothing of a column through by chance is another mistake.

    Args:
        function: The audited function.
        base: Its call at the base point.
        blocks: Blocks that are wrong, and linear in the upstream gradient.
    """
    if function.evaluator.vectors:
        return {}  # what stands for the upstream gradient belongs to no output
    blocks = [block for block in blocks if base.gradient[block] is not None and base.gradient[block].any()]
    found: dict[int, list[Part]] = {}
    whole: set[int] = set()
    for part in list(_parts(function))[:MOST_CALLS] if blocks else ():
        if part.output in whole:
            continue
        upstreams = [np.array(each) for each in function.upstreams]
        upstreams[part.output][part.where] = 0.0
        without = function.called(upstreams).gradient
        for block in blocks:
            if identical(base.gradient[block], without[block]) and _reaches(function, base, block, part):
                found.setdefault(block, []).append(part)
                whole |= {part.output} if part.where == (...,) else set()
    return {
        block: _listed([part.label for part in parts])
        for block, parts in found.items()
        # Slices across each other leave so little that it may be right by chance.
        if len({part.axis for part in parts}) == 1 and _is_right_without(function, base, block, parts)
    }


def _is_right_without(function: AuditedFunction, base: Call, block: int, parts: Sequence[Part]) -> bool:
    upstreams = [np.array(each) for each in function.upstreams]
    for part in parts:
        upstreams[part.output][part.where] = 0.0
    rest = function.recast(function.evaluator, upstreams)
    return is_right(rest, block, base.gradient[block], np.random.default_rng(block))


def _parts(function: AuditedFunction) -> Iterator[Part]:
    """Whole upstream gradients first, where there are several; then slices."""
    labels = _labels(function)
    if len(labels) > 1:
        yield from (Part(output, (...,), label) for output, label in enumerate(labels))
    for output, label in enumerate(labels):
        for axis, size in enumerate(function.upstreams[output].shape):
            every = range(size) if size <= FEW else sorted({0, size // 2, size - 1})
            for index in every if size > 1 else ():
                written = ", ".join([":"] * axis + [str(index)])
                yield Part(output, (*(slice(None),) * axis, index), f"{label}[{written}]")


def _labels(function: AuditedFunction) -> list[str]:
    """What each upstream gradient is called."""
    names, count = function.evaluator.subject.upstream_parameters, len(function.upstreams)
    if len(names) == count:
        return list(names)
    return ["upstream"] if count == 1 else [f"upstream[{output}]" for output in range(count)]


def _reaches(function: AuditedFunction, base: Call, block: int, part: Part) -> bool:
    """Whether that part of the output changes with the block: two forwards."""
    point = list(function.base)
    shift = STEP * rms(point[block]) * np.sign(np.random.default_rng(block).standard_normal(point[block].shape))
    sides = []
    for signed in (shift, -shift):
        point[block] = (function.base[block] + signed).astype(function.base[block].dtype)
        forwarded = function.evaluator.forward(tuple(point))
        sides.append(function.evaluator.outputs(forwarded)[part.output][part.where])
    change = np.abs(sides[0] - sides[1]).max(initial=0.0)
    return bool(change > VISIBLE * np.abs(base.outputs[part.output]).max(initial=0.0))


def _listed(labels: Sequence[str]) -> str:
    """The first few."""
    return ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
