"""The ``-k`` expression: words joined by and, or, not and parentheses, as in pytest.

A word is looked for anywhere in an audit's id, in any case: ``-k "affine and not [wide]"``. What has spaces or
parentheses in it stands between quotes.
"""

from __future__ import annotations

import re

from gradaudit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Predicate = Callable[[str], bool]

_GRAMMAR = r"""\s*(?:(?P<mark>[()])|(?P<quoted>"[^"]*"|'[^']*')|(?P<word>[^\s()"']+)|(?P<broken>\S))"""
_END = ""


def matches(expression: str, audit_id: str) -> bool:
    """Whether an audit is meant by an expression; the empty one means all.

    Raises:
        UsageError: The expression is broken.

    >>> matches("affine and not [wide]", "src/layers.py::Affine_backward[narrow]")
    True
    """
    return compile_expression(expression)(audit_id)


def compile_expression(expression: str) -> Predicate:
    """An expression as a function of an audit's id.

    Raises:
        UsageError: The expression is broken.
    """
    if not expression.strip():
        return lambda _: True
    try:
        predicate = _Parser(expression, list(_tokens(expression))).whole()
    except RecursionError:
        raise UsageError(f"-k {expression!r}: is nested too deeply") from None
    return lambda audit_id: predicate(audit_id.lower())


def _tokens(expression: str) -> Iterator[tuple[str, int]]:
    """Tokens and where they stand; a quoted word keeps its quotes, so that it is never taken for an operator."""
    for match in re.finditer(_GRAMMAR, expression):
        start = match.start(match.lastgroup or 0)
        if match["broken"]:
            raise UsageError(f"-k {expression!r}: the quote at column {start + 1} is not closed")
        yield match[match.lastgroup or 0], start
    yield _END, len(expression)


class _Parser:
    """Recursive descent: or-expressions of and-expressions of negations of words."""

    def __init__(self, expression: str, tokens: list[tuple[str, int]]) -> None:
        self._expression = expression
        self._tokens = tokens
        self._next = 0

    def whole(self) -> Predicate:
        predicate = self._either()
        if self._peek() != _END:
            raise self._error("'and' or 'or'")
        return predicate

    def _either(self) -> Predicate:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda audit_id: any(part(audit_id) for part in parts)

    def _all(self) -> Predicate:
        parts = [self._negation()]
        while self._take("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else lambda audit_id: all(part(audit_id) for part in parts)

    def _negation(self) -> Predicate:
        if self._take("not"):
            negated = self._negation()
            return lambda audit_id: not negated(audit_id)
        if self._take("("):
            inner = self._either()
            if not self._take(")"):
                raise self._error("a closing parenthesis")
            return inner
        return self._word()

    def _word(self) -> Predicate:
        token = self._peek()
        if token in {_END, "(", ")", "and", "or"}:
            raise self._error("a word, 'not' or an opening parenthesis")
        self._next += 1
        word = (token[1:-1] if token[0] in "\"'" else token).lower()
        return lambda audit_id: word in audit_id

    def _peek(self) -> str:
        return self._tokens[self._next][0]

    def _take(self, token: str) -> bool:
        taken = self._peek() == token
        self._next += taken
        return taken

    def _error(self, expected: str) -> UsageError:
        token, start = self._tokens[self._next]
        found = repr(token) if token else "its end"
        return UsageError(f"-k {self._expression!r}: expected {expected} at column {start + 1}, found {found}")
