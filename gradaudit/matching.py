"""Whose gradient is which returned leaf: what a backward returns is matched to the inputs that are differentiated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple, TypeAlias

from gradaudit.errors import AuditError, an

Path: TypeAlias = tuple[Any, ...]
ToArray: TypeAlias = Callable[[Any], Any]


class Held(NamedTuple):
    """What a returned container must be like to be shaped like the input: its type, and how many items it holds."""

    kind: type
    length: int | None = None

    def fits(self, returned: Any) -> bool:
        """Whether `returned` is such a container; mappings and objects may hold more than is wanted."""
        if issubclass(self.kind, Mapping):
            return isinstance(returned, Mapping)
        if issubclass(self.kind, (list, tuple)):
            kind = list if issubclass(self.kind, list) else tuple
            return isinstance(returned, kind) and len(returned) == self.length
        return not isinstance(returned, (Mapping, list, tuple)) or hasattr(returned, "_fields")


def containers_of(value: Any, path: Path) -> tuple[Held, ...]:
    """The containers from an input's value down to one of its leaves.

    Args:
        value: The input.
        path: The leaf's, which begins with the input's name.

    Example:
        >>> [(held.kind.__name__, held.length) for held in containers_of([{"w": 1.0}], ("layers", 0, "w"))]
        [('list', 1), ('dict', 1)]
    """
    within = []
    for step in path[1:]:
        within.append(Held(type(value), len(value) if hasattr(value, "__len__") else None))
        value = follow(value, [step])
    return tuple(within)


class Wanted(NamedTuple):
    """One differentiated leaf.

    Attributes:
        name: Dotted, such as ``parameters.W1``.
        path: How to reach it: the input's name, then keys, attributes and indices.
        within: The containers on the way, the input's own first.
    """

    name: str
    path: Path
    within: tuple[Held, ...] = ()


def match_gradients(
    returned: Any, wanted: Sequence[Wanted], arguments: Sequence[str], to_array: ToArray
) -> dict[str, Any]:
    """Match what came back to the leaves by container, by order, by name, or as the only one.

    Args:
        returned: What the backward returned.
        wanted: The differentiated leaves, in the order of `wrt`.
        arguments: All the forward's arguments in order, for a tuple that has None for the others.
        to_array: The framework's reader: an array, or None for what is no array.

    Returns:
        For each leaf's name its array, or None where its gradient is None or missing (GA206).

    Raises:
        AuditError: GA004, it can't be matched; type and shapes are shown.

    Example:
        >>> import numpy as np
        >>> wanted = [Wanted("parameters.W1", ("parameters", "W1")), Wanted("parameters.b1", ("parameters", "b1"))]
        >>> back = {"dZ1": np.ones(3), "dW1": np.ones((2, 3)), "db1": np.ones(2)}
        >>> found = match_gradients(back, wanted, ["X", "parameters"], np.asarray)
        >>> found["parameters.W1"].shape, found["parameters.b1"].shape
        ((2, 3), (2,))
    """
    groups: dict[Any, list[Wanted]] = {}
    for leaf in wanted:
        groups.setdefault(leaf.path[0], []).append(leaf)
    matched = _match(returned, groups, arguments, to_array)
    if matched is None:
        names = ", ".join(leaf.name for leaf in wanted)
        shown = describe(returned, to_array)
        message = f"what the backward returned can't be matched to the gradients of {names}: it is {shown}"
        raise AuditError("GA004", message, help=_remedy(returned, wanted, groups))
    return matched


def _remedy(returned: Any, wanted: Sequence[Wanted], groups: Mapping[Any, list[Wanted]]) -> str:
    names = ", ".join(f'"d{leaf.path[-1]}": ...' for leaf in wanted)
    mapping = f"return {{{names}}}"
    if len(groups) > 1 and not isinstance(returned, (tuple, list, Mapping)):
        choices = " or ".join(f'wrt="{name}"' for name in groups)
        return f"if only one of them has a gradient, write {choices}; else {mapping}"
    nested = any(len(leaf.path) > 1 for leaf in wanted)
    order = f"or a container shaped like {next(iter(groups))}" if nested else "or a tuple in that order"
    return f"{mapping}, {order}, or say by wrt= which inputs have a gradient"


def _match(
    returned: Any, groups: Mapping[Any, list[Wanted]], arguments: Sequence[str], to_array: ToArray
) -> dict[str, Any] | None:
    leaves = [leaf for group in groups.values() for leaf in group]
    in_order = _in_order(returned, groups, arguments, to_array) if isinstance(returned, (tuple, list)) else None
    if len(groups) == 1 and any(len(leaf.path) > 1 for leaf in leaves):
        inside = _same_container(returned, leaves, to_array)
        if inside is not None:
            return inside if in_order is None or _are_same(inside, in_order) else None
    named = _as_mapping(returned)
    if named is not None:
        by_name = _by_name(named, groups, to_array)
        if by_name is not None:
            return by_name
    if in_order is not None:
        return in_order
    if len(leaves) == 1 and not isinstance(returned, (tuple, Mapping)):
        array = to_array(returned)
        if array is not None or returned is None:
            return {leaves[0].name: array}
    return {leaf.name: None for leaf in leaves} if returned is None else None


def _same_container(returned: Any, leaves: Sequence[Wanted], to_array: ToArray) -> dict[str, Any] | None:
    """A container shaped like the input itself."""
    found = {}
    for leaf in leaves:
        value = returned
        for place, step in enumerate(leaf.path[1:]):
            if place < len(leaf.within) and not leaf.within[place].fits(value):
                return None
            try:
                value = follow(value, [step])
            except (KeyError, IndexError, AttributeError, TypeError):
                return None
        found[leaf.name] = None if isinstance(value, (list, tuple, Mapping)) else to_array(value)
        if found[leaf.name] is None and value is not None:
            return None
    return found


def _are_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    both = [(one[name], other[name]) for name in one]
    return all(a is b if a is None or b is None else _bits(a) == _bits(b) for a, b in both)


def _bits(array: Any) -> tuple[Any, ...]:
    return array.shape, array.dtype, array.tobytes()


def _by_name(named: Mapping[str, Any], groups: Mapping[Any, list[Wanted]], to_array: ToArray) -> dict[str, Any] | None:
    """A mapping by name; keys of its own, such as ``dZ3``, are passed over, and a missing one is None."""
    leaves = [leaf for group in groups.values() for leaf in group]
    last = [str(leaf.path[-1]) for leaf in leaves]
    found = _containers_by_name(named, groups, to_array)
    if found is None:
        return None
    for leaf, short in zip(leaves, last, strict=True):
        if leaf.name in found:
            continue
        names = [leaf.name, *spellings(leaf.name)]
        if last.count(short) == 1:
            names += spellings(short)
        value = _first(named, names)
        if value is not None:
            found[leaf.name] = to_array(value)
            if found[leaf.name] is None:
                return None
        elif last.count(short) > 1 and _first(named, spellings(short)) is not None:
            return None  # whose gradient it is of those that end in this name is open
    if not any(spelling in named for leaf in leaves for spelling in spellings(str(leaf.path[-1]))) and not found:
        return None
    return {leaf.name: found.get(leaf.name) for leaf in leaves}


def _containers_by_name(
    named: Mapping[str, Any], groups: Mapping[Any, list[Wanted]], to_array: ToArray
) -> dict[str, Any] | None:
    """The leaves of inputs whose whole container is in the mapping; None where one of these can't be matched."""
    found: dict[str, Any] = {}
    for name, group in groups.items():
        container = _first(named, spellings(str(name)))
        if any(len(leaf.path) > 1 for leaf in group) and container is not None and not _is_array(container, to_array):
            inside = _match(container, {name: group}, (), to_array)
            if inside is None:
                return None
            found.update(inside)
    return found


def _is_array(value: Any, to_array: ToArray) -> bool:
    return not isinstance(value, (list, tuple, Mapping)) and to_array(value) is not None


def spellings(name: str) -> list[str]:
    """What a gradient may be called, by the name of what it belongs to."""
    return [f"d{name}", name, f"grad_{name}", f"{name}_grad", f"d_{name}"]


def _first(named: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((named[name] for name in names if name in named), None)


def _in_order(
    returned: Sequence[Any], groups: Mapping[Any, list[Wanted]], arguments: Sequence[str], to_array: ToArray
) -> dict[str, Any] | None:
    """A tuple as long as `wrt`, or as the forward's arguments with None for the others."""
    if len(returned) == len(groups):
        pairs = list(zip(groups, returned, strict=True))
    elif len(returned) == len(arguments) and all(name in arguments for name in groups):
        pairs = [(name, value) for name, value in zip(arguments, returned, strict=True) if name in groups]
    else:
        return None
    found: dict[str, Any] = {}
    for name, value in pairs:
        group = groups[name]
        if value is None:
            found.update({leaf.name: None for leaf in group})
        elif len(group) == 1 and len(group[0].path) == 1:
            found[group[0].name] = to_array(value)
            if found[group[0].name] is None:
                return None
        else:
            inside = _match(value, {name: group}, (), to_array)
            if inside is None:
                return None
            found.update(inside)
    return found


def _as_mapping(returned: Any) -> Mapping[str, Any] | None:
    if isinstance(returned, Mapping):
        return returned
    if is_dataclass(returned) and not isinstance(returned, type):
        return {field.name: getattr(returned, field.name) for field in fields(returned)}
    if isinstance(returned, tuple) and hasattr(returned, "_fields"):
        return dict(zip(returned._fields, returned, strict=True))
    if names := _fields_of(returned):
        return {name: returned[name] for name in names}
    return None


def _fields_of(array: Any) -> tuple[str, ...]:
    """The names of a structured array's fields; none of anything else."""
    names = getattr(getattr(array, "dtype", None), "names", None)
    return names if isinstance(names, tuple) else ()


def follow(container: Any, path: Sequence[Any]) -> Any:
    """The leaf of nested containers at `path`: keys of mappings, indices of sequences, names of attributes."""
    for step in path:
        container = (
            container[step]
            if isinstance(container, (Mapping, list)) or isinstance(step, int)
            else getattr(container, step)
        )
    return container


def describe(value: Any, to_array: ToArray) -> str:
    """The type and shapes of what came back, for messages.

    >>> import numpy as np
    >>> describe((np.ones((2, 3)), None), lambda value: value)
    'a tuple of 2 (array of shape (2, 3), None)'
    """
    if value is None:
        return "None"
    if isinstance(value, Mapping):
        return "a mapping {" + ", ".join(f"{key!r}: {describe(item, to_array)}" for key, item in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return (
            f"{an(type(value).__name__)} of {len(value)} ("
            + ", ".join(describe(item, to_array) for item in value)
            + ")"
        )
    if names := _fields_of(value):
        return f"a structured array with the fields {', '.join(names)}"
    array = to_array(value)
    return an(type(value).__name__) if array is None else f"array of shape {tuple(array.shape)}"
