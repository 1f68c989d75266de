"""Shapes in named or literal sizes: ``"N C H W"``, ``"N 3"``, ``"D 4*H"``; ``""`` is a scalar."""

from __future__ import annotations

from typing import NamedTuple

from gradaudit.errors import AuditError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping


class Size(NamedTuple):
    """One size: its text, and the names in it in the order in which they stand."""

    text: str
    names: tuple[str, ...]

    def number(self, sizes: Mapping[str, int]) -> int:
        """What it comes to, also where that is no size; 0 where it divides by zero."""
        if self.names == (self.text,):
            return sizes[self.text]
        try:
            return _evaluated(_tree(self.text), sizes)
        except ZeroDivisionError:
            return 0

    def value(self, sizes: Mapping[str, int]) -> int:
        """The size as a number.

        Args:
            sizes: A number for each name.

        Raises:
            AuditError: GA004, it is less than 1 there.
            KeyError: A name has no number.
        """
        number = self.number(sizes)
        if number < 1:
            where = ", ".join(f"{name} = {sizes[name]}" for name in self.names)
            example = f'sizes={{"{self.names[0]}": (4, 8)}}' if self.names else "a literal size of at least 1"
            message = f"the size {self.text!r} is {number} where {where}; an input needs sizes of at least 1"
            raise AuditError("GA004", message, help=f"bound the named sizes, for example {example}")
        return number


class Shape(NamedTuple):
    """The sizes of an array along its axes; none for a scalar."""

    sizes: tuple[Size, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The named sizes in the order in which they stand, each once."""
        return tuple(dict.fromkeys(name for size in self.sizes for name in size.names))

    @property
    def text(self) -> str:
        """The shape as a user writes it."""
        return " ".join(size.text for size in self.sizes)

    def value(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape in numbers.

        Raises:
            AuditError: GA004, a size is less than 1.
        """
        return tuple(size.value(sizes) for size in self.sizes)


def parse_shape(text: str) -> Shape:
    """Read a shape: sizes parted by blanks, each a name, a number, or arithmetic without blanks.

    Args:
        text: Such as ``"N D"``; ``+``, ``-``, ``*``, ``//`` and parentheses may join names and whole numbers.

    Raises:
        TypeError: It is no string.
        ValueError: A size is malformed.

    Example:
        >>> shape = parse_shape("N 4*H 2*N+1")
        >>> shape.names
        ('N', 'H')
        >>> shape.value({"N": 3, "H": 5})
        (3, 20, 7)
    """
    if not isinstance(text, str):
        raise TypeError(f'a shape is a string of sizes such as "N D", not {text!r}')
    return Shape(tuple(parse_size(token, text) for token in text.split()))


_UNKNOWN = "?"
"""What `gradaudit init` writes where the source does not show an input."""


def parse_size(token: str, shape: str | None = None) -> Size:
    """Read one size.

    Args:
        token: A name, a whole number of at least 1, or arithmetic of these without blanks.
        shape: The shape that it stands in, for the message.

    Raises:
        ValueError: It is malformed.
    """
    if token.isidentifier():
        return Size(token, (token,))
    if token.isdecimal() and int(token) >= 1:
        return Size(str(int(token)), ())
    try:
        names = tuple(dict.fromkeys(_names(_tree(token))))
        if not names:
            Size(token, ()).value({})
    except (SyntaxError, ValueError, RecursionError, AuditError):
        inside = "" if shape is None or shape == token else f" in the shape {shape!r}"
        if token == _UNKNOWN:
            raise ValueError(f"{token!r} is no size; write what the line marked FILL IN asks for") from None
        remedy = 'write sizes parted by blanks, each a name, a number from 1 or arithmetic without blanks: "N 4*H D-1"'
        raise ValueError(f"malformed size {token!r}{inside}; {remedy}") from None
    return Size(token, names)


def _tree(text: str) -> ast.expr:
    import ast  # only where there is arithmetic: most shapes do without

    return ast.parse(text, mode="eval").body


def _names(node: ast.expr) -> list[str]:
    """The names in an expression of whole numbers; ValueError for anything else, so that nothing else is evaluated."""
    import ast

    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Constant(value=bool()):
            raise ValueError
        case ast.Constant(value=int()):
            return []
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv(), right=right):
            return _names(left) + _names(right)
    raise ValueError


def _evaluated(node: ast.expr, sizes: Mapping[str, int]) -> int:
    import ast

    match node:
        case ast.Name(id=name):
            return sizes[name]
        case ast.Constant(value=int(number)):
            return number
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _evaluated(left, sizes) + _evaluated(right, sizes)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _evaluated(left, sizes) - _evaluated(right, sizes)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _evaluated(left, sizes) * _evaluated(right, sizes)
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            return _evaluated(left, sizes) // _evaluated(right, sizes)
    raise AssertionError(f"{ast.dump(node)} was let through by _names")


def parse_square(distribution: str, text: str) -> Shape:
    """Read the shape of square matrices, or of stacks of them.

    Args:
        distribution: Whose shape it is, for the message.
        text: Such as ``"D D"`` or ``"B D D"``.

    Raises:
        TypeError: It is no string.
        ValueError: It is malformed, or its last two sizes are not the same.
    """
    shape = parse_shape(text)
    if len(shape.sizes) < 2 or shape.sizes[-1] != shape.sizes[-2]:
        raise ValueError(f'{distribution}: shape needs the same size twice at its end, such as "D D", not {text!r}')
    return shape
