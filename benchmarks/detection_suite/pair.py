"""A forward pass with its backward pass, and the mistakes that can be made in writing them down.

A mistake is an edit of the source: a text that occurs once in the pair, and what stands there by mistake. What a reader
sees is what a person would have typed, and no checker can tell a mutant from a pair that somebody wrote.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from types import CodeType

Array: TypeAlias = NDArray[Any]
Gradients: TypeAlias = Array | tuple[Array, ...]
Inputs: TypeAlias = Mapping[str, Any] | Callable[..., Mapping[str, Any]]
Kind: TypeAlias = Literal["value", "small", "size", "upstream", "side effect", "state"]

KINDS: tuple[Kind, ...] = ("value", "small", "size", "upstream", "side effect", "state")
"""value: another formula. small: off by less than 1e-4. size: wrong at some sizes only. upstream: not linear in the
upstream gradient, or without it. side effect: right values, but it writes to what it was given, or returns another
dtype or somebody else's memory. state: right the first time."""


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    Attributes:
        kind: What kind of mistake it is.
        old: What the pair says; occurs once in its forward and backward.
        new: What is written in its place. `np` is there, and `KEPT`, a dictionary that outlives the call.
        codes: For each gradient that is wrong the codes that name the mistake; under "" those of the whole pair.
    """

    kind: Kind
    old: str
    new: str
    codes: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        old, new = (" ⏎ ".join(line.strip() for line in text.splitlines()) for text in (self.old, self.new))
        return f"{self.kind}: {old} → {new}"


@dataclass(frozen=True)
class Pair:
    """A forward, its right backward, and mutants of the two.

    Attributes:
        name: What it is called.
        forward: From the inputs to outputs and, at the end of the tuple, what it keeps for the backward.
        backward: From an upstream gradient for each output, and what the forward kept, to the gradients.
        inputs: How its inputs are drawn, in the words of `gradaudit.audited_backward`.
        mutants: The mistakes.
        sizes: Bounds of the named sizes.
        large: Sizes at which most gradients have more than 256 elements.
        wrt: The inputs that have gradients; None for every floating one.
    """

    name: str
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    inputs: Inputs
    mutants: tuple[Mutant, ...] = ()
    sizes: Mapping[str, Any] = field(default_factory=dict)
    large: Mapping[str, Any] = field(default_factory=dict)
    wrt: tuple[str, ...] | None = None


def value(old: str, new: str, **codes: str) -> Mutant:
    """A wrong formula; for each gradient that it makes wrong the code, or several, that name the mistake."""
    return _mutant("value", old, new, codes)


def small(old: str, new: str, **codes: str) -> Mutant:
    """A wrong formula whose result is off by less than 1e-4."""
    return _mutant("small", old, new, codes)


def size(old: str, new: str, **codes: str) -> Mutant:
    """A formula that is right at most sizes."""
    return _mutant("size", old, new, codes)


def upstream(old: str, new: str, codes: str) -> Mutant:
    """A backward that is not linear in the upstream gradient, or leaves it out."""
    return _mutant("upstream", old, new, {"": codes})


def side_effect(old: str, new: str, codes: str) -> Mutant:
    """Right values, and something beside them that its caller does not expect."""
    return _mutant("side effect", old, new, {"": codes})


def state(old: str, new: str, codes: str = "GA303") -> Mutant:
    """A backward whose result depends on earlier calls."""
    return _mutant("state", old, new, {"": codes})


def _mutant(kind: Kind, old: str, new: str, codes: Mapping[str, str]) -> Mutant:
    return Mutant(kind, old, new, {name: tuple(words.split()) for name, words in codes.items()})


def written(pair: Pair, mutant: Mutant | None = None) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The forward and the backward as they stand with a mistake, without memory of any earlier call.

    Raises:
        ValueError: The text to be replaced does not occur exactly once.
    """
    if mutant is None:
        return pair.forward, pair.backward
    namespace = {"np": np, **pair.forward.__globals__, **pair.backward.__globals__, "KEPT": {}}
    exec(_compiled(pair.forward, pair.backward, mutant.old, mutant.new), namespace)  # noqa: S102 - our own source
    return namespace[pair.forward.__name__], namespace[pair.backward.__name__]


@cache
def _compiled(forward: Callable[..., Any], backward: Callable[..., Any], old: str, new: str) -> CodeType:
    source = "\n\n".join(textwrap.dedent(inspect.getsource(function)) for function in (forward, backward))
    if source.count(old) != 1:
        raise ValueError(f"{backward.__name__}: {old!r} occurs {source.count(old)} times, expected once")
    # Annotations stay text, as they do in the files that the functions come from.
    future = "from __future__ import annotations\n"
    return compile(future + source.replace(old, new), f"<{backward.__name__}>", "exec", dont_inherit=True)
