"""Shapes that a function's annotations and docstring give."""

from __future__ import annotations

import ast
import re

from gradaudit.beginning.shapes.symbols import Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradaudit.beginning.shapes.values import Argument

# jaxtyping's words for what is floating, and for what is not.
_FLOATING = re.compile(r"(?:Float|Inexact|Num|Shaped|Real)\d*|BFloat16")
_WHOLE = re.compile(r"U?Int(?:eger)?\d*")
_ITEM = re.compile(r"^\s*(?:[-*]\s+)?(\w+)\s*(?:\([^)]*\)\s*)?(?::|--)(.*)$")
_SHAPE = re.compile(
    r"(?:shape|size|dimensions?)\s*:?\s*=?\s*`*\(([^)]*)\)|^\s*\(([^)]*)\)\s*(?:array|ndarray|tensor)", re.IGNORECASE
)
_BOUND = r"0\s*<=\s*{name}\[[^\]]*\]\s*<\s*(\w+)"


def settle_documented(node: ast.FunctionDef | ast.AsyncFunctionDef, arguments: dict[str, Argument]) -> None:
    """Write what annotations and docstring say to the arguments; sizes of one name are the same.

    Args:
        node: The function.
        arguments: By name; those that it does not describe stay as they are.
    """
    sizes: dict[str, Size] = {}
    for parameter in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if parameter.arg in arguments and parameter.annotation is not None:
            _annotated(parameter.annotation, arguments[parameter.arg], sizes)
    for name, text in _items(ast.get_docstring(node) or ""):
        if name in arguments:
            _described(text, arguments[name], sizes)


def _annotated(annotation: ast.expr, argument: Argument, sizes: dict[str, Size]) -> None:
    match annotation:
        case ast.Subscript(value=kind, slice=ast.Tuple(elts=[_, ast.Constant(value=str(text))])):
            word = getattr(kind, "attr", getattr(kind, "id", ""))
            if not set(text) & set("*.#="):
                argument.form.use().settle(_size(token, sizes) for token in text.split())
            if word == "Bool":
                argument.domains.add("mask")
            elif _WHOLE.fullmatch(word):
                argument.domains.add("index")
            elif not _FLOATING.fullmatch(word):
                argument.domains.add("plain")
        case ast.Name(id="float"):
            argument.form.use().settle([])
        case ast.Name(id="int" | "bool" | "str"):
            argument.domains.add("plain")


def _items(docstring: str) -> Iterator[tuple[str, str]]:
    """The parameters that a docstring describes: ``x: text``, ``- x: text``, ``x : text``, ``x -- text``."""
    name, lines = "", list[str]()
    for line in docstring.splitlines():
        found = _ITEM.match(line)
        if found or not line.strip():
            yield name, " ".join(lines)
            name, lines = (found[1], [found[2].strip()]) if found else ("", [])
        else:
            lines.append(line.strip())
    yield name, " ".join(lines)


def _described(text: str, argument: Argument, sizes: dict[str, Size]) -> None:
    found = _SHAPE.search(text)
    if found and "..." not in found[0]:
        tokens = [token.strip() for token in (found[1] if found[1] is not None else found[2]).split(",")]
        argument.form.use().settle(_size(token, sizes) for token in tokens if token)
    bound = re.search(_BOUND.format(name=re.escape(argument.name)), text)
    if bound:
        argument.domains.add("index")
        argument.high = _size(bound[1], sizes)


def _size(token: str, sizes: dict[str, Size]) -> Size:
    """A size as it is written: a number, a name (also of several words), or a number times a name."""
    times = re.fullmatch(r"(\d+)\s*\*?\s*([A-Za-z]\w*)", token)
    if token.isdecimal():
        return Size(int(token))
    if times:
        return Size(factors=[Size(int(times[1])), _size(times[2], sizes)])
    name = re.sub(r"\W+", "_", token)
    if not name.isidentifier() or re.search(r"[-+/*]", token):
        return Size()
    return sizes.setdefault(name, Size(name=name))
