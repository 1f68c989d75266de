"""Jupyter notebooks as Python: their code cells, without the magics that only IPython knows.

Nothing but the standard library is needed: a notebook is JSON in the format of nbformat 4,
https://nbformat.readthedocs.io/en/latest/format_description.html. Cells are counted from 1 over all of them, Markdown
included, as ruff and the notebook's reader do.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

SUFFIX = ".ipynb"
FORMAT = 4

_CELL_NAME = re.compile(rf".*{re.escape(SUFFIX)}:cell (\d+)", re.DOTALL)


class Cell(NamedTuple):
    """A code cell.

    Attributes:
        number: Its place among all cells, from 1.
        source: Python, with as many lines as the cell has.
    """

    number: int
    source: str


class NotebookError(Exception):
    """A file is no notebook of the format that is read.

    Attributes:
        help: What to do about it.
        line: Where its JSON is broken.
    """

    def __init__(self, message: str, help: str, line: int | None = None) -> None:  # noqa: A002 - the report's word
        super().__init__(message)
        self.help = help
        self.line = line


class OtherLanguageError(Exception):
    """The notebook's kernel runs another language; the message is its name."""


def is_notebook(path: str) -> bool:
    """Whether a file is a notebook, by its name."""
    return path.endswith(SUFFIX)


def cell_name(path: str, number: int) -> str:
    """What the code of a cell has for a file name, in tracebacks for one.

    >>> cell_name("/home/me/softmax.ipynb", 3)
    '/home/me/softmax.ipynb:cell 3'
    """
    return f"{path}:cell {number}"


def cell_number(name: str) -> int | None:
    """The cell of a file name that `cell_name` made; None of any other.

    >>> cell_number("/home/me/softmax.ipynb:cell 3"), cell_number("/home/me/softmax.py")
    (3, None)
    """
    match = _CELL_NAME.fullmatch(name)
    return int(match[1]) if match else None


def code_cells(data: bytes) -> tuple[Cell, ...]:
    r"""The code cells of a notebook.

    Args:
        data: The file.

    Raises:
        NotebookError: It is no JSON, no notebook, or one of another format.
        OtherLanguageError: Its kernel is of another language than Python.

    >>> title = '{"cell_type": "markdown", "source": "# Title"}'
    >>> code = '{"cell_type": "code", "source": ["x = 1\\n", "%time x"]}'
    >>> code_cells(f'{{"cells": [{title}, {code}], "nbformat": 4, "nbformat_minor": 5}}'.encode())
    (Cell(number=2, source='x = 1\nx'),)
    """
    from gradaudit.notebooks.magics import without_magics

    notebook = _document(data)
    language = _language(notebook)
    if language.lower() not in {"python", "ipython"}:
        raise OtherLanguageError(language)
    return tuple(
        Cell(number, without_magics(_source(cell, number)))
        for number, cell in enumerate(notebook["cells"], 1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )


def _document(data: bytes) -> dict[str, Any]:
    import json

    try:
        notebook = json.loads(data)
    except json.JSONDecodeError as error:
        raise NotebookError(f"is not JSON: {error.msg}", "save it again with Jupyter", error.lineno) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise NotebookError(f"is not JSON: {error}", "save it again with Jupyter") from None
    found = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if found is None:
        raise NotebookError("is JSON, yet no notebook: it has no nbformat", "save it again with Jupyter")
    if found != FORMAT:
        remedy = "convert it: jupyter nbconvert --to notebook --nbformat 4 --inplace"
        raise NotebookError(f"is a notebook of format {found!r}; gradaudit reads format {FORMAT}", remedy)
    if not isinstance(notebook.get("cells"), list):
        raise NotebookError("is a notebook without a list of cells", "save it again with Jupyter")
    return dict(notebook)


def _language(notebook: dict[str, Any]) -> str:
    """What the notebook says that it is written in; Python where it says nothing, as ruff has it."""
    metadata = notebook.get("metadata")
    for section, key in (("language_info", "name"), ("kernelspec", "language")):
        said = metadata.get(section) if isinstance(metadata, dict) else None
        if isinstance(said, dict) and isinstance(said.get(key), str):
            return str(said[key])
    return "python"


def _source(cell: dict[str, Any], number: int) -> str:
    """A cell's text, which is one string or a list of lines with their ends."""
    source = cell.get("source")
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise NotebookError(f"has no source in cell {number}", "save it again with Jupyter")
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")
