"""Where the configuration is: the nearest gradaudit.toml, or pyproject.toml with [tool.gradaudit], and the root."""

from __future__ import annotations

import os
from typing import NamedTuple

from gradaudit.errors import UsageError
from gradaudit.folders import folders_above

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_FILE = "gradaudit.toml"
SHARED_FILE = "pyproject.toml"


class ConfigFile(NamedTuple):
    """A configuration file and what it says.

    Attributes:
        path: Absolute.
        table: Its keys and values; for a pyproject.toml, those of ``[tool.gradaudit]``.
    """

    path: str
    table: Mapping[str, object]

    def place(self, key: str) -> str:
        """How a message names a key of this file."""
        return f"{self.path}: {'tool.gradaudit.' if is_shared(self.path) else ''}{key}"


def find(start: str) -> ConfigFile | None:
    """The configuration file of a folder: the nearest one, in it or above it.

    In one folder gradaudit.toml wins. A pyproject.toml without ``[tool.gradaudit]`` is passed over, as ruff does.

    Raises:
        UsageError: It can't be read or is no TOML.
    """
    for folder in folders_above(start):
        for name in (OWN_FILE, SHARED_FILE):
            path = os.path.join(folder, name)
            table = _table(path) if os.path.isfile(path) else None
            if table is not None:
                return ConfigFile(path, table)
    return None


def read(path: str) -> ConfigFile:
    """The configuration file that was asked for by its name.

    Raises:
        UsageError: It is missing, can't be read, is no TOML, or is a pyproject.toml without ``[tool.gradaudit]``.
    """
    table = _table(path)
    if table is None:
        raise UsageError(f"{path}: has no table [tool.gradaudit]; add it, or name another file with --config")
    return ConfigFile(path, table)


def is_shared(path: str) -> bool:
    """Whether other tools keep their settings in this file too."""
    return os.path.basename(path) == SHARED_FILE


def _table(path: str) -> dict[str, object] | None:
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        raise UsageError(f"{path}: the configuration file can't be read: {error.strerror or error}") from None
    return table_in(path, source)


def table_in(path: str, source: bytes) -> dict[str, object] | None:
    """Our table in what a configuration file has, or had; None where a pyproject.toml has none.

    Raises:
        UsageError: It is no TOML, or the table is none.
    """
    if not is_shared(path):
        return _parse(path, source)
    # Most files are other projects' and the TOML parser takes milliseconds to import.
    tool = _parse(path, source).get("tool") if b"gradaudit" in source else None
    table = tool.get("gradaudit") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{path}: tool.gradaudit: expected a table [tool.gradaudit], got {table!r}")
    return table


def _parse(path: str, source: bytes) -> dict[str, object]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    try:
        table: dict[str, object] = tomllib.loads(source.decode())
    except ValueError as error:  # both the TOML's mistakes and bytes that are no UTF-8
        raise UsageError(f"{path}: is not valid TOML: {error}") from None
    return table
