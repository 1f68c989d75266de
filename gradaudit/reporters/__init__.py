"""REPORT: the table of formats. A reporter turns a `Report` into text; the caller decides where it goes."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gradaudit.records.report import Report


class Style(NamedTuple):
    """How a report is to look, for the formats that people read.

    Attributes:
        color: Whether ANSI colours may be used.
        width: Columns of the terminal.
        whole_names: Whether ids are never shortened, as where a program may read them: in a pipe or a file.
        verbosity: -1 for failures and the summary only, 0, or 1 for more about audits that pass.
        folder: Of the repository, the folder that the report's paths are relative to, with a slash behind it; empty
            where that is its top level. GitHub's paths start there.
    """

    color: bool = False
    width: int = 100
    whole_names: bool = False
    verbosity: int = 0
    folder: str = ""


# Each row names the module of one format, which has `render(report, style) -> str`; imported when it is asked for.
REPORTERS: dict[str, str] = {
    "text": "gradaudit.reporters.text",
    "json": "gradaudit.reporters.json_report",
    "junit": "gradaudit.reporters.junit",
    "markdown": "gradaudit.reporters.markdown",
    "github": "gradaudit.reporters.github",
    "sarif": "gradaudit.reporters.sarif",
}


def render(output_format: str, report: Report, style: Style) -> str:
    """The report in one of the formats of `REPORTERS`.

    Raises:
        KeyError: The format is none of them.
    """
    reporter: Callable[[Report, Style], str] = import_module(REPORTERS[output_format]).render
    return reporter(report, style)
