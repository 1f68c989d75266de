"""How what an annotation describes is drawn: jaxtyping's arrays, and tuples and records of them.

An annotation is known by its attributes ``dim_str`` and ``dtypes``, so that nothing is imported. What they mean is said
in jaxtyping's documentation, on array annotations: ``N`` and ``3`` are sizes, ``#N`` may be 1 in place of N, ``_`` is
any size, ``*batch`` any number of axes and ``...`` as well, ``name=4`` is a size with a comment.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import TYPE_CHECKING, Any

from gradaudit import distributions
from gradaudit.distributions.shapes import parse_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MODIFIERS = "#*?_"
_VARIADIC = 2
"""Axes that ``*batch`` is drawn with: with one it could as well have been written ``batch``."""

_LOW = ("float32", "float16", "bfloat16")
_REAL = ("float", "bfloat")


class NotDrawn(Exception):  # noqa: N818 - told as GA004 by who knows the argument
    """An annotation leaves open what is drawn.

    Attributes:
        remedy: What to write for it in ``inputs=``.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


@dataclasses.dataclass(frozen=True)
class Axis:
    """One word of ``dim_str``.

    Attributes:
        text: Without its modifiers.
        broadcast: Whether its size may be 1 in place of what it says.
        variadic: Whether it stands for any number of axes.
        anonymous: Whether its size is not that of another axis.
    """

    text: str
    broadcast: bool
    variadic: bool
    anonymous: bool


def axes_of(dim_str: str) -> list[Axis]:
    """The words of ``dim_str``.

    >>> axes_of("#N 3")
    [Axis(text='N', broadcast=True, variadic=False, anonymous=False), Axis(text='3', ...)]
    """
    return [_axis(word) for word in dim_str.split()]


def _axis(word: str) -> Axis:
    if word == "...":
        return Axis("axis", broadcast=False, variadic=True, anonymous=False)
    text = word.rpartition("=")[2]
    bare = text.lstrip(_MODIFIERS)
    modifiers = text[: len(text) - len(bare)]
    return Axis(bare, "#" in modifiers, "*" in modifiers, "_" in modifiers)


def candidate(hint: Any) -> bool:
    """Whether an annotation, or a part of it, says what an array is like."""
    return any(not _is_key(each) for each in _arrays_in(hint)) or hasattr(hint, "leaftype")


def _arrays_in(hint: Any) -> Iterator[Any]:
    """The annotations of arrays in an annotation."""
    if isinstance(getattr(hint, "dim_str", None), str):
        yield hint
        return
    for part in (*_alternatives(hint), *_parts(hint).values()):
        if part is not hint:
            yield from _arrays_in(part)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The members of a union, or what a name or a remark stands around; an annotation itself as the only one."""
    if typing.get_origin(hint) in {typing.Union, types.UnionType}:
        return typing.get_args(hint)
    if typing.get_origin(hint) is typing.Annotated:
        return typing.get_args(hint)[:1]
    if type(hint).__name__ == "TypeAliasType":
        return (hint.__value__,)
    return (hint,)


def _parts(hint: Any) -> dict[Any, Any]:
    """The annotations inside of a tuple, a NamedTuple, a dataclass or a TypedDict; empty for what is none of these."""
    if typing.get_origin(hint) is tuple:
        parts = typing.get_args(hint)
        return {} if Ellipsis in parts else dict(enumerate(parts))
    is_record = hasattr(hint, "_fields") or dataclasses.is_dataclass(hint) or typing.is_typeddict(hint)
    if not isinstance(hint, type) or not is_record:
        return {}
    try:
        return typing.get_type_hints(hint)
    except Exception:  # noqa: BLE001 - annotations are audited code
        return {}


class Reader:
    """Reads the annotations of one forward, whose arguments share their named sizes."""

    def __init__(self, hints: Sequence[Any], dtype: str | None = None) -> None:
        """What is to be read.

        Args:
            hints: All annotations.
            dtype: The precision that is declared.
        """
        arrays = [array for hint in hints for array in _arrays_in(hint)]
        self._axes = [axis for array in arrays for axis in axes_of(array.dim_str)]
        self._whole = {axis.text for axis in self._axes if not axis.broadcast}
        self._dtype = dtype
        self.notes: dict[str, None] = {}

    def specification(self, hint: Any, name: str) -> Any:
        """How it is drawn, as in ``inputs=``.

        Args:
            hint: The annotation.
            name: Of the argument, or of the part of it.

        Raises:
            NotDrawn: It leaves open what is drawn.
        """
        if isinstance(getattr(hint, "dim_str", None), str):
            return self._array(hint, name)
        if hasattr(hint, "leaftype"):
            raise NotDrawn("its structure may be any", '{"W": "N D", ...}')
        parts = {key: self.specification(part, f"{name}_{key}") for key, part in _parts(hint).items()}
        if parts:
            return _built(hint, parts)
        choices = [each for each in _alternatives(hint) if each is not hint and candidate(each)]
        floating = [each for each in choices if any(_may_be_floating(array) for array in _arrays_in(each))] or choices
        if len(floating) != 1:
            raise NotDrawn("it may be several things", '"N D"')
        return self.specification(floating[0], name)

    def _array(self, hint: Any, name: str) -> Any:
        shape = self._shape(hint.dim_str, name)
        kinds = _dtypes(hint)
        if _all(kinds, ("bool",)):
            return distributions.boolean(shape)
        if _all(kinds, ("int", "uint")):
            raise NotDrawn("integers have a bound", f'distributions.integers("{shape}", high={self._bound(hint)})')
        if _all(kinds, ("complex",)):
            raise NotDrawn("complex inputs are not supported yet", f'"{shape}"')
        if len(kinds) == 1 and kinds[0] in _LOW and self._dtype is None:
            self.notes[f'{name} is annotated as {kinds[0]}; dtype="{kinds[0]}" checks what is lost in it'] = None
        return shape

    def _shape(self, dim_str: str, name: str) -> str:
        axes = axes_of(dim_str)
        sizes = [size for place, axis in enumerate(axes) for size in self._sizes(axis, f"{name}_{place + 1}")]
        shape = " ".join(sizes)
        try:
            parse_shape(shape)
        except ValueError:
            simple = " ".join(size if _is_simple(size) else f"{name}_{place}" for place, size in enumerate(sizes, 1))
            raise NotDrawn("a size is no arithmetic of names and whole numbers", f'"{simple}"') from None
        if any(axis.variadic or axis.broadcast for axis in axes):
            self.notes[f'{name}, annotated "{dim_str}", is drawn as "{shape}"'] = None
        return shape

    def _sizes(self, axis: Axis, own: str) -> list[str]:
        """The sizes that one word stands for.

        What is broadcast is drawn with 1 beside one that is whole: the sum over that axis is what gets lost.
        """
        is_whole = axis.broadcast and axis.text not in self._whole and not axis.text.isdecimal()
        if is_whole:
            self._whole.add(axis.text)
        size = own if axis.anonymous else axis.text
        single = [size] if not axis.variadic else [f"{size}_{number}" for number in range(1, _VARIADIC + 1)]
        return ["1"] * len(single) if axis.broadcast and not is_whole and not axis.text.isdecimal() else single

    def _bound(self, hint: Any) -> str:
        """A size of another argument, which indices are likely to point into."""
        own = {axis.text for axis in axes_of(hint.dim_str)}
        others = [axis.text for axis in self._axes if axis.text.isidentifier() and axis.text not in own]
        return f'"{others[0]}"' if others else "10"


def _is_simple(size: str) -> bool:
    try:
        parse_shape(size)
    except ValueError:
        return False
    return True


def _built(hint: Any, parts: Mapping[Any, Any]) -> Any:
    """A tuple, a NamedTuple, a dictionary or a dataclass of the parts; the last without its ``__init__``."""
    if typing.get_origin(hint) is tuple:
        return tuple(parts.values())
    if hasattr(hint, "_fields"):
        return hint(**parts)
    if typing.is_typeddict(hint):
        return dict(parts)
    made = object.__new__(hint)
    for name, part in parts.items():
        object.__setattr__(made, name, part)
    return made


def _dtypes(hint: Any) -> list[str]:
    """The names of the dtypes that an array may have; none where it may have any."""
    found = getattr(hint, "dtypes", ())
    return [name for name in found if isinstance(name, str)] if isinstance(found, (list, tuple)) else []


def _all(kinds: Sequence[str], beginnings: tuple[str, ...]) -> bool:
    return bool(kinds) and all(kind.startswith(beginnings) for kind in kinds)


def _may_be_floating(hint: Any) -> bool:
    kinds = _dtypes(hint)
    return not kinds or any(kind.startswith(_REAL) for kind in kinds)


def _is_key(hint: Any) -> bool:
    """Whether it is the state of a random generator, which is handed on by its name."""
    return _all(_dtypes(hint), ("prng_key",))
