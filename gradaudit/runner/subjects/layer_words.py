"""What is told of an object whose parameters or gradients are not where they are looked for, and what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradaudit.errors import AuditError
from gradaudit.matching import spellings
from gradaudit.runner.subjects.object_paths import floating_arrays, read

if TYPE_CHECKING:
    from gradaudit.runner.subjects.wiring import Wiring


def no_parameter(layer: Any, name: str, to_array: Callable[[Any], Any]) -> AuditError:
    """GA004: an object that does not hold a parameter when it is built."""
    kind = type(layer).__name__
    message = f"parameters= names {name!r}, which is no floating array of {kind} when it is built"
    held = ", ".join(path for path, _ in floating_arrays(layer, to_array)) or "none"
    lazy = f"if its first forward makes it, let make= run one: build the {kind}, call its forward, return it"
    return AuditError("GA004", message, help=f"its floating arrays are {held}; {lazy}")


def no_gradient(layer: Any, before: Any, parameter: str, path: str, returned: Any) -> AuditError:
    """GA004: an object that has no gradient where ``parameters=`` says one is.

    Args:
        layer: The object after its backward.
        before: The parameter as it was before the forward.
        parameter: Whose gradient it is.
        path: Where it should be.
        returned: What the backward returned.
    """
    message = f"the layer has no {path!r} after its backward, where parameters= says a gradient is"
    names = list(vars(layer)) if hasattr(layer, "__dict__") else [each for each in dir(layer) if each[:2] != "__"]
    remedy = f"its attributes are {', '.join(names)}"
    after = _read(layer, parameter)
    if hasattr(before, "tobytes") and hasattr(after, "tobytes") and before.tobytes() != after.tobytes():
        step = f'parameters={{"{parameter}": "step"}} with a rate of 1 takes the gradient from that'
        remedy = f"its backward changes {parameter} itself: {step}"
    elif isinstance(returned, (tuple, list)) and len(returned) > 1:
        remedy += f"; if the backward returns it, name it by wrt= in the order of what comes back: (..., {parameter!r})"
    return AuditError("GA004", message, help=remedy)


def among_returned(layer: Any, returned: Any, wiring: Wiring) -> str:
    """The line to write where what came back holds gradients of the object's own arrays; empty if it does not.

    Args:
        layer: The object as it is built.
        returned: What its backward returned.
        wiring: Names the inputs that were looked for, and reads arrays.
    """
    arrays = dict(floating_arrays(layer, wiring.framework.to_numpy))
    inputs = [leaf.name for leaf in wiring.wanted]
    if isinstance(returned, Mapping):
        named = _named(arrays, returned)
        return (
            f"if these are gradients of its parameters, write wrt={_listed(_gathered(named, arrays))}" if named else ""
        )
    if not isinstance(returned, (tuple, list)) or len(returned) <= len(inputs):
        return ""
    rest = _by_shape(arrays, [wiring.framework.to_numpy(each) for each in returned[len(inputs) :]])
    line = f"write wrt={_listed([*inputs, *rest])}"
    return f"if the others are gradients of its parameters, {line}" if rest else ""


def adds_up(names: Sequence[str]) -> str:
    """A note: gradients that a second call of the same object doubles."""
    one = len(names) == 1
    what = f"the gradient of {names[0]} adds" if one else f"the gradients of {', '.join(names)} add"
    return f"{what} up over the calls of one object: {'it has' if one else 'they have'} to be zeroed in between"


def _named(arrays: Mapping[str, Any], returned: Mapping[str, Any]) -> list[str]:
    """The object's arrays that keys of a mapping are called after."""
    keys = set(map(str, returned))
    return [path for path in arrays if keys.intersection(spellings(path.rpartition(".")[2]))]


def _gathered(names: Sequence[str], arrays: Mapping[str, Any]) -> list[str]:
    """The container in place of the names, where these are all that it holds."""
    heads = dict.fromkeys(name.rpartition(".")[0] for name in names)
    if len(heads) != 1 or not (head := next(iter(heads))):
        return list(names)
    return [head] if len([path for path in arrays if path.startswith(f"{head}.")]) == len(names) else list(names)


def _by_shape(arrays: Mapping[str, Any], gradients: Sequence[Any]) -> list[str]:
    """The object's arrays, in their order, that gradients may belong to by their shapes; none if one has none."""
    found: list[str] = []
    for gradient in gradients:
        shape = getattr(gradient, "shape", None)
        name = next((path for path, array in arrays.items() if array.shape == shape and path not in found), None)
        if name is None:
            return []
        found.append(name)
    return found


def _listed(names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return quoted if len(names) == 1 else f"({quoted})"


def _read(holder: Any, path: str) -> Any:
    try:
        return read(holder, path)
    except (AttributeError, KeyError, IndexError, TypeError):
        return None


def no_method(owner: type, forward: str | None) -> AuditError:
    """GA003 or GA004: a class whose forward or backward method is called otherwise, with the call that names both.

    Args:
        owner: The class.
        forward: The name of its forward method; None where that is missing.
    """
    own = [each for each in dir(owner) if each[0] != "_" and callable(getattr(owner, each))]
    backward = "backward" if "backward" in own else _like(own, _BACKWARDS)
    named = forward or _like([each for each in own if each != backward], _FORWARDS)
    missing = "forward" if forward is None else "backward"
    message = f"class {owner.__name__} has no method {missing!r}; it has {', '.join(own) or 'none of its own'}"
    if backward == "backward":
        remedy = f'write forward="{named or "<its forward method>"}"'
    else:
        call = f'audited_backward(forward="{named or "<its forward method>"}", ...)'
        remedy = f"audit its backward method itself: {call}({owner.__name__}.{backward or '<its backward method>'})"
    return AuditError("GA003" if forward is None else "GA004", message, help=remedy)


_BACKWARDS = ("back", "bprop", "bwd", "grad", "vjp", "pullback")
_FORWARDS = ("forward", "fprop", "fwd", "prop", "call", "apply", "eval", "compute", "loss", "cost", "predict", "run")
"""Parts of names by which such methods are known, the most telling first."""


def _like(names: Sequence[str], parts: Sequence[str]) -> str | None:
    return next((name for part in parts for name in names if part in name.lower()), None)
