"""A plan: for each argument of a function, where its value comes from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["input", "default", "own", "cache", "context", "output", "random", "upstream"]


@dataclass(frozen=True)
class Source:
    """Where an argument comes from.

    Attributes:
        kind: ``input`` (a drawn input or constant), ``default`` (an argument that the forward leaves at its default),
            ``own`` (the function's own default, where others after it go by position),
            ``cache`` (what the forward kept), ``context`` (shared by forward and backward), ``output``, ``random`` (the
            trial's random state), or ``upstream`` (the gradient of an output).
        name: The input's or the random parameter's name.
        index: Which output the upstream gradient belongs to; None for all of them.
    """

    kind: Kind
    name: str = ""
    index: int | None = 0

    def __str__(self) -> str:
        words = {
            "input": f"input {self.name!r}",
            "default": f"the forward's default of {self.name!r}",
            "own": "its own default",
            "cache": "what the forward kept",
            "context": "the context",
            "output": "the forward's output",
            "random": "the trial's random state",
            "upstream": f"upstream gradient {self.index}" if self.index else "upstream gradient",
        }
        return words[self.kind]


class Argument(NamedTuple):
    """One parameter of a function and the source of its value; ``keyword`` when it is handed on by name."""

    parameter: str
    source: Source
    keyword: bool = False
    starred: bool = False


Plan: TypeAlias = tuple[Argument, ...]
Lookup: TypeAlias = Callable[[Source], Any]


def call(function: Callable[..., Any], plan: Plan, lookup: Lookup) -> Any:
    """Call `function` with each argument that `plan` names."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in plan:
        own = argument.source.kind == "own"
        value = inspect.signature(function).parameters[argument.parameter].default if own else lookup(argument.source)
        if argument.starred:
            positional.extend(value)
        elif argument.keyword:
            keywords[argument.parameter] = value
        else:
            positional.append(value)
    return function(*positional, **keywords)


def uses(plan: Plan, kind: Kind) -> bool:
    """Whether any argument comes from a source of that kind."""
    return any(argument.source.kind == kind for argument in plan)


def by_position(plan: Plan, bound: Collection[str]) -> tuple[str, ...]:
    """The parameters that are upstream gradients because nothing else is known of them."""
    return tuple(each.parameter for each in plan if each.source.kind == "upstream" and each.parameter not in bound)


def upstream_count(plan: Plan) -> int | None:
    """How many upstream gradients a backward takes; None when it takes as many as there are (``*grads``)."""
    indices = [argument.source.index for argument in plan if argument.source.kind == "upstream"]
    return None if None in indices else len(indices)


def takes_tuple(plan: Plan) -> bool:
    """Whether a single parameter is given the upstream gradients of all outputs."""
    return any(
        argument.source.kind == "upstream" and argument.source.index is None and not argument.starred
        for argument in plan
    )
