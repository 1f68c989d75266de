"""What IPython understands in a cell and Python does not: magics, shell commands, requests for help.

They are left out, and every other line keeps its number. What is meant is what IPython takes for one, see
https://ipython.readthedocs.io/en/stable/interactive/python-ipython-diff.html.
"""

from __future__ import annotations

import re

_RUNS_ITS_BODY = frozenset({"capture", "debug", "ipytest", "prun", "time"})
"""Cell magics whose body runs in the notebook's own namespace; that of ``%%timeit`` binds no name there."""

_CELL_MAGIC = re.compile(r"\s*%%(?P<name>\S+)")
_TIMED = re.compile(r"(?P<head>\s*(?:[^=#'\"]+=)?\s*)%time\s+(?P<statement>.+)", re.DOTALL)
_MAGIC = re.compile(r"\s*(?:[%!?]|[^=#'\"]*[^=!<>]=\s*(?:!|%\w))")
_TOKEN = re.compile(r"""\\.|(?P<comment>\#)|(?P<quote>\"{3}|'{3}|["'])|(?P<open>[(\[{])|(?P<close>[)\]}])""")


def without_magics(source: str) -> str:
    r"""The Python of a cell, line by line where it was.

    >>> without_magics("%matplotlib inline\nx = 3\nx?\n%time y = x")
    '\nx = 3\n\ny = x'
    >>> without_magics("%%bash\nls")
    '\n'
    """
    lines = source.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if magic := _CELL_MAGIC.match(lines[start]):
        if magic["name"] not in _RUNS_ITS_BODY:
            return "\n" * (len(lines) - 1)
        lines[start] = ""
        source = "\n".join(lines)
    # No magic is Python: a cell that can be parsed has none, and nothing in it is taken for one.
    return source if _is_python(source) else "\n".join(_python_lines(lines))


def _is_python(source: str) -> bool:
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape sequence is its author's business
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _python_lines(lines: list[str]) -> list[str]:
    python: list[str] = []
    state = _State()
    in_magic = False
    for line in lines:
        if in_magic:
            python.append("")
        elif state.is_open:
            python.append(line)
            state = state.after(line)
        elif timed := _TIMED.fullmatch(line):
            python.append(timed["head"] + timed["statement"])
            state = state.after(python[-1])
        elif _MAGIC.match(line) or _asks_for_help(line):
            indent = line[: len(line) - len(line.lstrip())]
            python.append(indent and indent + "pass")  # it may be all there is below an `if`
            in_magic = True
        else:
            python.append(line)
            state = state.after(line)
        in_magic = in_magic and line.endswith("\\")
    return python


def _asks_for_help(line: str) -> bool:
    """``name?`` or ``name??``; a question mark in a comment or a string asks for nothing."""
    state = _State().after(line)
    return not state.is_open and line[: state.code].rstrip().endswith("?")


class _State:
    """What a physical line leaves open for the next: a string, brackets, or a backslash at its end.

    Attributes:
        code: Where the line's comment begins, or its end.
    """

    def __init__(self, depth: int = 0, quote: str = "", *, goes_on: bool = False, code: int = 0) -> None:
        self.depth = depth
        self.quote = quote
        self.goes_on = goes_on
        self.code = code

    @property
    def is_open(self) -> bool:
        """Whether the next line belongs to the same statement."""
        return self.depth > 0 or bool(self.quote) or self.goes_on

    def after(self, line: str) -> _State:
        """The state at the end of a line."""
        depth, quote, code = self.depth, self.quote, len(line)
        for token in _TOKEN.finditer(line):
            if quote:
                if (token["quote"] or "").startswith(quote):
                    quote = ""
            elif token["comment"]:
                code = token.start()
                break
            elif token["quote"]:
                quote = token["quote"]
            else:
                depth += bool(token["open"]) - bool(token["close"])
        goes_on = code == len(line) and line.endswith("\\")
        if len(quote) == 1 and not goes_on:
            quote = ""  # was never closed: the parser will say so
        return _State(max(depth, 0), quote, goes_on=goes_on, code=code)
