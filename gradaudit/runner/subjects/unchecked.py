"""Parameters that an object plainly holds, with their gradients beside them, and that no option names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradaudit.matching import spellings
from gradaudit.numerics.contract import identical
from gradaudit.runner.subjects.kept import arrays_within
from gradaudit.runner.subjects.object_paths import ANY, floating_arrays, read
from gradaudit.runner.subjects.parameters import RETURNED, STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradaudit.frameworks.interface import Framework
    from gradaudit.runner.subjects.subject import Values

_GRADIENTS = ("grads", "gradients", "grad", "gradient", "dparams", "d_params", "dparameters")
"""What containers of gradients are called, and the gradient of an object that is itself a parameter."""


@dataclass
class Unchecked:
    """What is seen of an object from its building to the end of its first backward.

    Attributes:
        framework: Reads arrays.
        built: The arrays that it held when it was built, by dotted path.
        named: The paths of parameters and gradients that are named: what shares memory with these is checked.
        pairs: The parameters among them with the paths of their gradients.
        stepped: Those that are no gradients and that the backward changes: it takes a step of training.
        late: Arrays that its first forward made, as they were then; those that stay so elsewhere are parameters too.
        inputs: The inputs then.
        lazy: Whether the paths in `late` are known to be parameters.
    """

    framework: Framework
    built: frozenset[str]
    named: frozenset[str]
    pairs: dict[str, str] | None = None
    stepped: tuple[str, ...] = ()
    late: dict[str, tuple[Any, str]] = field(default_factory=dict)
    inputs: Sequence[Any] = ()
    lazy: bool = False
    _between: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, layer: Any, framework: Framework, named: Mapping[str, str]) -> Unchecked:
        """What an object holds when it is built.

        Args:
            layer: The object.
            framework: Reads arrays.
            named: The parameters that are named, with the paths of their gradients.
        """
        built = frozenset(path for path, _ in floating_arrays(layer, framework.to_numpy))
        return cls(framework, built, frozenset({*named, *named.values()}))

    def look_between(self, layer: Any) -> None:
        """See what an object holds between its first forward and its first backward."""
        if self.pairs is None:
            held = floating_arrays(layer, self.framework.to_numpy)
            self._between = {path: np.array(array) for path, array in held if path in self.built and array.any()}

    def look(self, layer: Any, values: Values) -> None:
        """See what an object holds after its backward; twice is enough.

        Args:
            layer: The object.
            values: The inputs that it was called with.
        """
        if self.pairs is not None and (self.lazy or not self.late):
            return
        held = dict(floating_arrays(layer, self.framework.to_numpy))
        if self.pairs is None:
            found = dict(_pairs(held, self._checked(layer, held)))
            self.pairs = {path: gradient for path, gradient in found.items() if path in self.built}
            self.inputs = [np.array(array) for _, array in arrays_within(values, self.framework)]
            self.late = {
                path: (np.array(held[path]), gradient) for path, gradient in found.items() if path not in self.built
            }
            accounted = {*found, *found.values(), *self.named}
            self.stepped = tuple(
                path
                for path, array in self._between.items()
                if path in held and path not in accounted and not identical(held[path], array)
            )
            self._between.clear()
        elif self._has_moved(values):
            same = {path: pair for path, pair in self.late.items() if path in held and identical(held[path], pair[0])}
            self.late, self.lazy = same, True

    def _checked(self, layer: Any, held: Mapping[str, Any]) -> list[Any]:
        """The arrays that are named, also by a property: a wrapper hands on what the object inside of it holds."""
        by_property = self.named - held.keys() - {RETURNED, STEP}
        arrays = (self.framework.to_numpy(_at(layer, path)) for path in by_property)
        return [*(held[path] for path in self.named & held.keys()), *(each for each in arrays if each is not None)]

    def _has_moved(self, values: Values) -> bool:
        arrays = [array for _, array in arrays_within(values, self.framework)]
        return len(arrays) == len(self.inputs) and not any(map(identical, arrays, self.inputs))

    def remarks(self, named: Mapping[str, str]) -> Iterator[str]:
        """A note of what nothing names, with the line to write.

        Args:
            named: The parameters that are named, with the paths of their gradients.
        """
        written = {path: gradient for path, gradient in named.items() if gradient != RETURNED}
        new = self.pairs or {}
        late = {path: gradient for path, (_, gradient) in self.late.items()} if self.lazy else {}
        if new:
            yield f"{_are(list(new))} not checked; write {self._line(written | new)}"
        if self.stepped:
            line = self._line(written | dict.fromkeys(self.stepped, STEP))
            changed = f"{_are(self.stepped)} not checked, which the backward changes"
            yield f"{changed}; with a rate of 1, {line} checks the step"
        if late:
            made = f"{_are(list(late))} not checked, which the first forward makes"
            yield f"{made}; let make= run one, and write {self._line(written | new | late)}"

    def _line(self, pairs: Mapping[str, str]) -> str:
        shown = ", ".join(f'"{path}": "{gradient}"' for path, gradient in self._patterns(pairs).items())
        return f"parameters={{{shown}}}"

    def _patterns(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """Those that differ in an index alone as one pattern, if that stands for nothing else."""
        groups: dict[tuple[str, str], list[str]] = {}
        for path, gradient in pairs.items():
            groups.setdefault((_starred(path), _starred(gradient)), []).append(path)
        shown: dict[str, str] = {}
        for (pattern, gradient), paths in groups.items():
            others = {path for path in self.built if _starred(path) == pattern} - set(paths)
            shown |= {pattern: gradient} if len(paths) > 1 and not others else {path: pairs[path] for path in paths}
        return shown


def _at(layer: Any, path: str) -> Any:
    """What is at a path; None where that can't be read any more."""
    try:
        return read(layer, path)
    except Exception:  # noqa: BLE001 - audited code, which may refuse
        return None


def _are(names: Sequence[str]) -> str:
    return f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"


def _starred(path: str) -> str:
    return ".".join(ANY if step.isdecimal() else step for step in path.split("."))


def _pairs(held: Mapping[str, Any], checked: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Each array beside which there is one that is called its gradient and has its shape; every array once.

    Args:
        held: All arrays of the object.
        checked: Those that are accounted for.
    """
    seen = [*checked]
    for path, array in held.items():
        beside = (each for each in _candidates(path) if each != path and each in held)
        gradient = next((each for each in beside if held[each].shape == array.shape), None)
        if gradient is None or any(np.may_share_memory(array, other) for other in seen):
            continue
        seen += [array, held[gradient]]
        yield path, gradient


def _candidates(path: str) -> Iterator[str]:
    """Where the gradient of what is at a path may be."""
    *before, last = path.split(".")
    own = [name for name in spellings(last) if name != last]
    yield from (".".join([*before, name]) for name in (*own, f"g{last}", f"grad{last}", f"{last}grad"))
    for name in _GRADIENTS:  # layer.W and layer.grads["W"]; then layer.W.value and layer.W.grad
        yield from (".".join([*before, name, each]) for each in spellings(last))
        yield ".".join([*before, name])
    if before:  # layer.params["W"] and layer.grads["W"]
        *outer, container = before
        names = [*_GRADIENTS, *(each for each in spellings(container) if each != container)]
        yield from (".".join([*outer, name, each]) for name in names for each in spellings(last))
