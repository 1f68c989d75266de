"""What a call did beside returning: which arrays it wrote to, and which of them it returned a part of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.numerics.contract import identical
from gradaudit.runner.promises import contract_findings as words
from gradaudit.runner.subjects.kept import changed_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.frameworks.interface import Framework
    from gradaudit.records.finding import Finding
    from gradaudit.runner.problems.audited_problem import AuditedFunction, ObservedCall


def side_effects(function: AuditedFunction, base: ObservedCall) -> Iterator[Finding]:
    """What a call at the base point did that it should not: writing, sharing, another dtype."""
    changes = list(_changes(function, base))
    if changes:
        yield words.mutates([change for change, _ in changes])
    for leaf in function.leaves:
        array = base.call.returned[leaf.name]
        if array is not None and not has_dtype(array, leaf.value.dtype):
            yield words.dtype(leaf.name, str(array.dtype), str(leaf.value.dtype))
    written = {what for _, what in changes}
    for name, other in shared_memory(base, function.evaluator.framework):
        if other not in written:  # told already
            yield words.aliased(name, other)


def has_dtype(gradient: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> bool:
    """Whether a gradient is of that dtype; Python's numbers, which come as float64 scalars, are of any."""
    return gradient.dtype == dtype or (gradient.ndim == 0 and gradient.dtype == np.float64)


def _changes(function: AuditedFunction, base: ObservedCall) -> Iterator[tuple[str, str]]:
    """What is written to, in words: by whom and how, and what it is."""
    evaluator = function.evaluator
    sources = evaluator.subject.sources
    # The parameters of a layer object are its own: it may take a step of training in its backward.
    written = [name for name in base.written if name not in {leaf.name for leaf in function.leaves if leaf.parameter}]
    again = evaluator.forward(function.base).given if written else {}
    early = changed_arrays(again, function.originals, evaluator.framework)
    for name in written:
        who = "forward" if name in early else "backward"
        argument = name.partition(".")[0]
        yield f"the {who} modifies the input {name} in place{_by(sources.get(who), {argument})}", f"the input {name}"
    names = evaluator.subject.upstream_parameters
    for number, (handed, original) in enumerate(zip(base.handed, function.upstreams, strict=True)):
        array = evaluator.framework.to_numpy(handed)
        if array is not None and not identical(array, original):
            known = names[number] if len(names) == len(base.handed) else ""
            shown = f"the upstream gradient {known}".rstrip()
            how = _by(sources.get("backward"), {known} if known else None)
            yield f"the backward modifies {shown} in place{how}", "the upstream gradient"
    for path in base.kept.changed():
        yield f"the backward modifies what the forward kept, {path}, in place{_by(sources.get('backward'))}", path


def _by(function: Any, names: set[str] | None = None) -> str:
    """The statement that does it; one that is found under another name is better than none."""
    from gradaudit.runner.promises.in_place import writing_statement

    return writing_statement(function, names) or writing_statement(function)


def shared_memory(base: ObservedCall, framework: Framework) -> list[tuple[str, str]]:
    """Gradients that share memory with something, each with what it is that they share it with."""
    others = [(f"the input {name}", framework.to_numpy(array)) for name, array in base.forwarded.given.items()]
    others += [("the upstream gradient", framework.to_numpy(array)) for array in base.handed]
    found = []
    for name, array in base.call.returned.items():
        if array is None or not array.ndim:
            continue
        shared = next((what for what, other in others if other is not None and _overlap(array, other)), None)
        if shared is not None:
            found.append((name, shared))
        others.append((f"the gradient of {name}", array))
    return found


def _overlap(one: Any, other: Any) -> bool:
    if not np.may_share_memory(one, other):
        return False
    try:
        # Any number of candidates may be given, which the stub does not know.
        return bool(np.shares_memory(one, other, max_work=10_000))  # type: ignore[arg-type]
    except RuntimeError:  # NumPy's TooHardError: too intricate to tell
        return False
