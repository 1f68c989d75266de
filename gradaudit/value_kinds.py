"""What a configured value may be: each kind says in words what it expects and turns what was given into a setting."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from gradaudit.errors import UsageError
from gradaudit.near_names import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class UnexpectedValueError(Exception):
    """The value is none of its kind; the text, if any, says more than the kind's `expected`."""


class Kind(NamedTuple):
    """A sort of value. No dataclass, for each takes a fifth of a millisecond or more of every start.

    Attributes:
        expected: What it takes, in words that end a sentence: ``"an integer of at least 0"``.
        read: From what TOML or the command line gave to the setting; raises `UnexpectedValueError`.
    """

    expected: str
    read: Callable[[object], object]


def read_value(kind: Kind, place: str, value: object) -> object:
    """The setting that `value` stands for.

    Args:
        kind: What is expected.
        place: The file and key, or the option, to name in the message.
        value: As it was given.

    Raises:
        UsageError: It is of another kind.
    """
    try:
        return kind.read(value)
    except UnexpectedValueError as error:
        said = str(error) or f"expected {kind.expected}, got {value!r}"
        raise UsageError(f"{place}: {said}") from None


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise UnexpectedValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnexpectedValueError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) and item for item in value):
        raise UnexpectedValueError
    return tuple(value)


def _codes(value: object) -> tuple[str, ...]:
    from gradaudit.rules import mistake_in_code

    codes = tuple(code.strip() for item in _texts(value) for code in item.split(",") if code.strip())
    for code in codes:
        if mistake := mistake_in_code(code):
            raise UnexpectedValueError(mistake)
    return codes


def _codes_by_pattern(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A table of patterns and codes; on the command line ``PATTERN:CODE``, several parted by commas, as in ruff."""
    from gradaudit.file_patterns import compile_pattern

    pairs = list(value.items()) if isinstance(value, dict) else [_pattern_and_code(item) for item in _parts(value)]
    codes: dict[str, tuple[str, ...]] = {}
    for pattern, given in pairs:
        if not isinstance(pattern, str) or not pattern.strip("!"):
            raise UnexpectedValueError(f"{pattern!r} is no pattern of files; write one such as 'tests/*'")
        try:
            compile_pattern(pattern)
        except ValueError:
            raise UnexpectedValueError(f"{pattern!r} is no pattern as in .gitignore") from None
        try:
            codes[pattern] = (*codes.get(pattern, ()), *_codes(given))
        except UnexpectedValueError as error:
            raise UnexpectedValueError(
                f"{pattern!r}: {str(error) or f'expected {CODES.expected}, got {given!r}'}"
            ) from None
    return tuple(codes.items())


def _parts(value: object) -> list[str]:
    return [part.strip() for item in _texts(value) for part in item.split(",") if part.strip()]


def _pattern_and_code(text: str) -> tuple[str, list[str]]:
    pattern, colon, code = text.rpartition(":")
    if not colon or not pattern.strip() or not code.strip():
        raise UnexpectedValueError(f"expected PATTERN:CODE, such as 'tests/*:GA101', got {text!r}")
    return pattern.strip(), [code.strip()]


def _outputs(value: object) -> tuple[str, ...]:
    from gradaudit.reporters import REPORTERS

    outputs = _texts(value)
    for output in outputs:
        output_format, equals, file = output.partition("=")
        if output_format not in REPORTERS:
            raise UnexpectedValueError(f"no report's format is {output_format!r}; {nearest(output_format, REPORTERS)}")
        if equals and not file:
            raise UnexpectedValueError(f"{output!r} names no file; write {output}FILE, or {output_format!r} alone")
    return outputs


def integer(minimum: int, maximum: int | None = None) -> Kind:
    """Integers of at least `minimum` and, where there is a `maximum`, at most that."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise UnexpectedValueError
        if value < minimum or (maximum is not None and value > maximum):
            raise UnexpectedValueError
        return value

    return Kind(f"an integer {f'of at least {minimum}' if maximum is None else f'from {minimum} to {maximum}'}", read)


def choice(*words: str) -> Kind:
    """One of some words."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise UnexpectedValueError
        if value not in words:
            hint = nearest(value, words)
            meant = f"; {hint}" if hint.startswith("did you mean") else ""
            raise UnexpectedValueError(f"expected one of {', '.join(words)}, got {value!r}{meant}")
        return value

    return Kind(f"one of {', '.join(words)}", read)


def _positive(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise UnexpectedValueError
    if not isfinite(value) or value <= 0:
        raise UnexpectedValueError
    return float(value)


def _percent(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 100:
        raise UnexpectedValueError
    return float(value)


BOOLEAN = Kind("true or false", _boolean)
TEXT = Kind("a text", _text)
TEXTS = Kind("a list of texts that are not empty", _texts)
CODES = Kind('a list of rule codes or their beginnings, such as ["GA2", "GA302"]', _codes)
CODES_BY_PATTERN = Kind(
    'a table of patterns of files and lists of codes, such as {"tests/*" = ["GA101"]}', _codes_by_pattern
)
OUTPUTS = Kind('a list of FORMAT or FORMAT=FILE, such as ["text", "junit=report.xml"]', _outputs)
POSITIVE = Kind("a number above 0", _positive)
PERCENT = Kind("a number from 0 to 100", _percent)
