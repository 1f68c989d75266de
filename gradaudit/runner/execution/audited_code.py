"""The border to the audited code: whatever it raises becomes a finding with its own frames and its inputs' shapes."""

from __future__ import annotations

import contextlib
import importlib
import os
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

import numpy as np

from gradaudit.errors import AuditError
from gradaudit.folders import OURS

_OURS = OURS + os.sep


@contextlib.contextmanager
def audited_process() -> Iterator[None]:
    """Run code that may fork: a child that comes back to us ends here, and the audit goes on in its parent alone."""
    process = os.getpid()
    try:
        yield
    except BaseException as error:
        _only_in(process, error)
        raise
    _only_in(process)


_interruptible = ContextVar("_interruptible", default=False)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let what is no `Exception` through, such as Ctrl-C: in a worker it is the audited code's, here the caller's."""
    before = _interruptible.set(True)
    try:
        yield
    finally:
        _interruptible.reset(before)


@contextlib.contextmanager
def audited_code(role: str, values: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Run audited code: exceptions, ``sys.exit`` and ``KeyboardInterrupt`` included, become GA006; see `interruptible`.

    Args:
        role: What is called: ``forward``, ``backward``, ``make``, ...
        values: Its inputs, whose shapes are told.

    Raises:
        AuditError: GA006, it raised.
    """
    try:
        with audited_process():
            yield
    except AuditError:
        raise
    except BaseException as error:
        if _interruptible.get() and not isinstance(error, Exception):
            raise
        shapes = f"; inputs: {describe_inputs(values)}" if values else ""
        message = f"{role} raised {type(error).__name__}: {first_line(error)}{shapes}"
        raise AuditError("GA006", message, details=own_frames(error)) from error


def _only_in(process: int, error: BaseException | None = None) -> None:
    if os.getpid() != process:
        code = error.code if isinstance(error, SystemExit) else 0 if error is None else 1
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


MESSAGE_LIMIT = 1000
DETAILS_LIMIT = 16_000
"""Characters of an exception's first line, and of its traceback, that are kept."""


def first_line(error: BaseException) -> str:
    """The first line of an exception's message, cut where it is endless."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - its __str__ is audited code too
        return "(its message can't be shown)"
    line = next(iter(text[: MESSAGE_LIMIT + 1].splitlines()), "") or "(no message)"
    return line if len(line) <= MESSAGE_LIMIT else f"{line[:MESSAGE_LIMIT]} ..."


def own_frames(error: BaseException) -> str:
    """The traceback without gradaudit's frames."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    shown = traceback.format_list(frames)
    try:
        shown += traceback.format_exception_only(type(error), error)
    except BaseException:  # noqa: BLE001 - as above
        shown.append(type(error).__name__)
    text = "".join(shown).rstrip()
    return text if len(text) <= DETAILS_LIMIT else f"{text[: DETAILS_LIMIT // 2]}\n...\n{text[-DETAILS_LIMIT // 2 :]}"


def _is_ours(file: str) -> bool:
    return file.startswith((_OURS, "<frozen importlib", _IMPORTLIB))


_IMPORTLIB = os.path.dirname(importlib.__file__) + os.sep
_LIBRARIES = (os.path.dirname(os.__file__) + os.sep, os.path.dirname(np.__file__) + os.sep)


def is_audited(error: BaseException) -> bool:
    """Whether an exception comes from the audited code, though it was met outside of `audited_code`.

    That is where the last frame is neither ours nor one of a library that we call.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and not _is_ours(frames[-1].filename) and not frames[-1].filename.startswith(_LIBRARIES)


def describe_inputs(values: Mapping[str, Any]) -> str:
    """Names with shapes or types.

    >>> describe_inputs({"x": np.ones((2, 3)), "parameters": {"W": np.ones(4)}, "mode": "train"})
    'x (2, 3), parameters.W (4,), mode str'
    """
    return ", ".join(_described(name, value) for name, value in values.items())


def _described(name: str, value: Any) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{name} {tuple(shape)}"
    if isinstance(value, Mapping):
        return ", ".join(_described(f"{name}.{key}", item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_described(f"{name}.{index}", item) for index, item in enumerate(value))
    return f"{name} {type(value).__name__}"
