"""Inputs from the annotations of the forward, such as jaxtyping's ``Float[Array, "N D"]``; see `annotated_shapes`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from gradaudit.binding.signatures import name_of, signature_of
from gradaudit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gradaudit.runner.inputs.annotated_shapes import Reader
    from gradaudit.runner.subjects.resolve import Functions


class Inputs(NamedTuple):
    """How the inputs of an audit are drawn, and what a reader should know of what their annotations left open."""

    specifications: Any
    notes: Sequence[str] = ()


def inputs_of(functions: Functions, declared: Any, dtype: str | None = None) -> Inputs:
    """The inputs that are declared, and from annotations those that are not.

    Arguments that have a default are left at it, as they are where nothing is annotated.

    Args:
        functions: What was decorated.
        declared: What ``inputs=`` says; None where it is missing.
        dtype: What ``dtype=`` says.

    Raises:
        AuditError: GA004, nothing says how an argument is drawn.
    """
    if callable(declared):
        return Inputs(declared)
    given: Mapping[str, Any] = declared or {}
    if not hasattr(given, "keys"):
        return Inputs(declared)
    annotated = _candidates(functions)
    hints = {
        parameter.name: hint
        for parameter, hint in annotated.items()
        if parameter.name not in given and parameter.default is parameter.empty
    }
    drawn = _drawn(hints, annotated.values(), dtype) if annotated else Inputs({})
    if declared is None and not drawn.specifications and functions.arguments():
        names = ", ".join(f'"{name}": "N"' for name in functions.arguments() or ())
        whose = "its" if functions.is_alone else "the forward's"
        message = f"inputs= is missing, so nothing says how {whose} arguments are drawn"
        remedy = f"write inputs={{{names}}} with the shape of each"
        if functions.is_alone:
            from gradaudit.binding.refusals import ALONE, NAME_FORWARD

            message = f"{name_of(functions.evaluated)}: {ALONE}, and {message}"
            remedy = f"{NAME_FORWARD}, and by inputs= its arguments; else {remedy}"
        raise AuditError("GA004", message, help=remedy)
    left = [parameter.name for parameter in annotated if parameter.default is not parameter.empty]
    notes = [f"{name} is annotated and left at its default; inputs= may name it" for name in left if declared is None]
    return Inputs({**given, **drawn.specifications}, [*drawn.notes, *notes])


def _candidates(functions: Functions) -> dict[inspect.Parameter, Any]:
    """The forward's arguments whose annotations say what an array is like."""
    annotated = list(_annotated(functions))
    if not annotated:
        return {}
    from gradaudit.runner.inputs.annotated_shapes import candidate

    return {parameter: hint for parameter, hint in annotated if candidate(hint)}


def _drawn(hints: Mapping[str, Any], annotated: Iterable[Any], dtype: str | None) -> Inputs:
    """A specification for each annotation.

    Args:
        hints: Those of the arguments that are to be drawn.
        annotated: All of them.
        dtype: The precision that is declared.

    Raises:
        AuditError: GA004, with the argument, its annotation and the line to write.
    """
    from gradaudit.runner.inputs.annotated_shapes import Reader

    reader = Reader(list(annotated), dtype)
    specifications = {name: _specified(reader, name, hint, alone=len(hints) == 1) for name, hint in hints.items()}
    return Inputs(specifications, list(reader.notes))


def _specified(reader: Reader, name: str, hint: Any, *, alone: bool) -> Any:
    from gradaudit.runner.inputs.annotated_shapes import NotDrawn

    try:
        return reader.specification(hint, name)
    except NotDrawn as error:
        message = f"the annotation of {name}, {_shown(hint)}, leaves open how it is drawn: {error}"
        others = "" if alone else "; what else is annotated need not be named"
        raise AuditError("GA004", message, help=f'write inputs={{"{name}": {error.remedy}}}{others}') from None


def _annotated(functions: Functions) -> Iterator[tuple[inspect.Parameter, Any]]:
    """The forward's arguments with their annotations, those in text evaluated where that is possible."""
    signature = signature_of(functions.evaluated)
    names = set(functions.arguments() or ())
    namespace = _namespace(functions)
    for parameter in signature.parameters.values() if signature is not None else ():
        if parameter.name in names and parameter.annotation is not parameter.empty:
            yield parameter, _evaluated(parameter.annotation, namespace)


def _namespace(functions: Functions) -> dict[str, Any]:
    """The globals and enclosing names of the functions whose annotations are read."""
    sources = functions.rule.sources.values() if functions.rule is not None else ()
    found: dict[str, Any] = {}
    for function in (*sources, functions.evaluated):
        plain = _plain(function)
        found |= getattr(plain, "__globals__", {})
        try:
            found |= inspect.getclosurevars(plain).nonlocals if inspect.isfunction(plain) else {}
        except ValueError:  # an enclosing name that is not filled yet
            continue
    return found


def _plain(function: Any) -> Any:
    function = getattr(function, "__func__", function)
    if not inspect.isroutine(function) and not inspect.isclass(function):
        function = getattr(type(function).__call__, "__func__", type(function).__call__)
    return inspect.unwrap(function)


def _evaluated(annotation: Any, namespace: dict[str, Any]) -> Any:
    """An annotation as an object; None where its text can't be evaluated, so that it says nothing."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, namespace)  # noqa: S307 - the audited code's own, as `inspect.get_annotations` does
    except Exception:  # noqa: BLE001 - a name that is only imported for type checking
        return None


def _shown(hint: Any) -> str:
    name = getattr(hint, "__name__", "") if isinstance(hint, type) else ""
    return str(name or hint).replace("jaxtyping.", "")
