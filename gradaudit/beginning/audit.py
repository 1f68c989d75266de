"""A first audit, as what is to be written: its options, and what of them the source does not show."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TypeAlias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WIDTH = 88
"""The line length of Black and ruff where a project says nothing."""
_MARK = "# FILL IN: "


@dataclass(frozen=True)
class Missing:
    """What the source does not show.

    Attributes:
        what: What is to be given, in words.
        stand_in: What stands there until then, which no scan takes for an answer.
    """

    what: str
    stand_in: str = '"?"'


Expression: TypeAlias = "str | Missing | dict[str, Expression]"
"""A value as Python has it; of a dictionary its entries by their keys."""


@dataclass(frozen=True)
class FirstAudit:
    """An audit.

    Attributes:
        name: The name that it is assigned to.
        audited: What it is called on.
        options: By key.
    """

    name: str
    audited: str
    options: Mapping[str, Expression]

    def text(self) -> str:
        """The call, a line an option."""
        lines = [line for key, value in self.options.items() for line in _lines(f"{key}=", value, 1)]
        return "\n".join([f"{self.name} = audited_backward(", *lines, f")({self.audited})"])

    @property
    def missing(self) -> int:
        """How many lines are to be filled in."""
        return sum(map(_missing, self.options.values()))


@dataclass(frozen=True)
class Unwritten:
    """A backward pass that no audit in another file can name, and why."""

    name: str
    place: str
    why: str

    def text(self) -> str:
        """A comment."""
        return commented(f"Not audited: {self.name} ({self.place}), which {self.why}.", "# ", "")


def commented(text: str, mark: str, indent: str) -> str:
    """A text as a comment of as many lines as it takes."""
    return textwrap.fill(text, WIDTH, initial_indent=indent + mark, subsequent_indent=f"{indent}# ")


def _lines(before: str, value: Expression, depth: int) -> Iterator[str]:
    indent = "    " * depth
    match value:
        case Missing(what=what, stand_in=stand_in):
            yield commented(what, _MARK, indent)
            yield f"{indent}{before}{stand_in},"
        case str(text):
            yield f"{indent}{before}{text},"
        case _:
            yield f"{indent}{before}{{"
            for key, entry in value.items():
                yield from _lines(f'"{key}": ', entry, depth + 1)
            yield f"{indent}}},"


def _missing(value: Expression) -> int:
    if isinstance(value, dict):
        return sum(map(_missing, value.values()))
    return int(isinstance(value, Missing))
