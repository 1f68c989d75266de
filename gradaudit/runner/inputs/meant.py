"""What an input was probably meant as, where it is no array that can be differentiated, with the line to write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from gradaudit.binding.signatures import signature_of
from gradaudit.distributions import Distribution
from gradaudit.drawing import children_of, differentiation_remedy, kept_constant, shape_text
from gradaudit.errors import AuditError
from gradaudit.runner.subjects.not_looked_at import NotLookedAt

_SHORTEST_WORD = 3
"""Letters: shorter names are those of sizes."""


def nothing_differentiated(inputs: Any) -> AuditError:
    """GA004 for inputs of which none is drawn as a floating array, with what to write for the first that may be one.

    Args:
        inputs: As declared: a mapping, or a callable that draws everything.
    """
    message = "nothing is differentiated: no input is drawn as a floating array"
    given = inputs if isinstance(inputs, Mapping) else {}
    remedies = (differentiation_remedy(name, value) for name, value in given.items())
    remedy = next(filter(None, remedies), "name with wrt= what has a gradient, or draw it by a shape")
    return AuditError("GA004", message, help=remedy)


def check_texts(forward: Any, inputs: Any) -> None:
    """See that no argument whose default is text is drawn as an array.

    Args:
        forward: The forward.
        inputs: As declared.

    Raises:
        AuditError: GA004, one is.
    """
    parameters: Mapping[str, Any] = getattr(signature_of(forward), "parameters", {})
    for name, spec in inputs.items() if isinstance(inputs, Mapping) else ():
        default = getattr(parameters.get(name), "default", None)
        if isinstance(spec, str) and isinstance(default, str):
            message = f"inputs: {name}: {spec!r} is a shape, and the argument's default is text, {default!r}"
            raise AuditError("GA004", message, help=f"write {_constant(name, spec)} to hand the text on")


def meant_otherwise(inputs: Any) -> str:
    """What to write for an input that the forward may have stumbled over: text or a tuple; empty where there is none.

    >>> meant_otherwise({"x": "N D", "kind": "tanh"})
    'if kind is meant as text, write "kind": distributions.constant("tanh")'
    >>> meant_otherwise({"x": "N 3", "w": (3, 4)})
    'if w is meant as a shape, write "w": "3 4"'
    >>> meant_otherwise({"x": "batch features", "b": "features"})
    ''
    """
    given: Mapping[str, Any] = inputs if isinstance(inputs, Mapping) else {}
    for name, spec in given.items():
        shape = shape_text(spec)
        if shape:
            return f'if {name} is meant as a shape, write "{name}": "{shape}"'
        others = " ".join(str(other) for key, other in given.items() if key != name)
        if isinstance(spec, str) and _is_word(spec) and spec not in others:
            return f"if {name} is meant as text, write {_constant(name, spec)}"
    return ""


def kept_constants(inputs: Any, values: Mapping[str, Any], paths: Collection[tuple[Any, ...]]) -> list[NotLookedAt]:
    """The inputs that are not differentiated though they may have a gradient, and though nobody said so.

    Args:
        inputs: As declared.
        values: As drawn.
        paths: Of the leaves that are differentiated.
    """
    given = inputs if isinstance(inputs, Mapping) else {}
    return list(_kept((), values, given, paths))


def _kept(path: tuple[Any, ...], value: Any, spec: Any, paths: Collection[tuple[Any, ...]]) -> Iterator[NotLookedAt]:
    if path in paths or isinstance(spec, Distribution):
        return
    name = ".".join(map(str, path))
    why = kept_constant(name, value) if path else ""
    if why:
        yield NotLookedAt(name, path, why)
        return
    below = dict(children_of(spec) or ())
    for key, child in children_of(value) or ():
        yield from _kept((*path, key), child, below.get(key), paths)


def _is_word(spec: str) -> bool:
    return spec.isidentifier() and spec.islower() and len(spec) >= _SHORTEST_WORD


def _constant(name: str, text: str) -> str:
    return f'"{name}": distributions.constant("{text}")'
