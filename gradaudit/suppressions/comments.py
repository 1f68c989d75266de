"""Comments that ignore findings, and the statement or header that each stands in."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# Another tool's may stand before it in the same comment, and behind it the reason.
_CODE = r"[gG][aA]\d+"
_IGNORE = re.compile(
    r"#\s*gradaudit:\s*ignore(?![\w-])"
    rf"(?:\s*\[(?P<codes>[^\]]*)(?P<end>\]?)|[^\w#]*(?P<loose>{_CODE}(?:\W+{_CODE})*))?"
)


@dataclass(frozen=True)
class Comment:
    """One ``# gradaudit: ignore``.

    Attributes:
        file: Relative to the root, with forward slashes.
        cell: Of a notebook, the cell that it is in.
        line: Its line.
        column: Its first column, from 1.
        end_column: The column behind its last character.
        first: The first line of the statement that it stands in, or of the definition's header, decorators included.
        last: The last one.
        codes: What is in the brackets; empty without them.
        mistake: What is wrong with the brackets; empty where nothing is.
        remedy: What to write instead; empty where nothing is wrong.
    """

    file: str
    cell: int | None
    line: int
    column: int
    end_column: int
    first: int
    last: int
    codes: tuple[str, ...] = ()
    mistake: str = ""
    remedy: str = ""


def comments_in(file: str, tree: ast.Module, source: bytes | str, cell: int | None = None) -> list[Comment]:
    """Those of a file or a cell, in the order of the lines."""
    spans = list(_spans(tree))
    found = []
    for token in _comment_tokens(source):
        line, start = token.start
        around = [span for span in spans if span[0] <= line <= span[1]]
        first, last = min((span[0] for span in around), default=line), max((span[1] for span in around), default=line)
        for match in _IGNORE.finditer(token.string):
            begin, end = start + match.start() + 1, start + match.end() + 1
            found.append(Comment(file, cell, line, begin, end, first, last, *_read(match)))
    return found


def _comment_tokens(source: bytes | str) -> Iterator[tokenize.TokenInfo]:
    """The comments, told from strings that only look like one."""
    try:
        if isinstance(source, bytes):
            tokens = tokenize.tokenize(io.BytesIO(source).readline)
        else:
            tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        for token in tokens:
            if token.type == tokenize.COMMENT:
                yield token
    except (tokenize.TokenError, SyntaxError):
        return  # it was parsed, so what is left is an end of the file that the tokenizer has its own mind about


def _read(match: re.Match[str]) -> tuple[tuple[str, ...], str, str]:
    """The codes in the brackets, what is wrong with these, and the remedy."""
    if match["loose"]:  # were it one for every rule, it would ignore far more than it says
        codes = ", ".join(dict.fromkeys(code.upper() for code in re.findall(_CODE, match["loose"])))
        return (), f"the comment ignores nothing: {codes} is not in brackets", f"write # gradaudit: ignore[{codes}]"
    if match["codes"] is None:
        return (), "", ""
    inside = tuple(dict.fromkeys(code.strip() for code in match["codes"].split(",") if code.strip()))
    mistake = "" if match["end"] else "the bracket is not closed"
    mistake = mistake or ("" if inside else "the brackets are empty")
    return inside, mistake, "write # gradaudit: ignore[GA201], or ignore alone for every rule" if mistake else ""


def _spans(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """First and last line of each statement, and of each header of one that has a body."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield _first_line(node), _last_line(node)


def _last_line(node: ast.stmt) -> int:
    """The last line of a statement, or of what stands before the body of one that has one."""
    body: list[ast.stmt] = getattr(node, "body", [])
    if isinstance(node, ast.Match):
        return max(node.lineno, node.cases[0].pattern.lineno - 1)
    if not body:
        return node.end_lineno or node.lineno
    return max(node.lineno, _first_line(body[0]) - 1)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
