"""Which rules count."""

from __future__ import annotations

from typing import NamedTuple


class Selection(NamedTuple):
    """Which rules count at one place: codes, or their beginnings.

    Attributes:
        select: Those that count, instead of those that count by default.
        extend_select: Those that count besides.
        ignore: Those that do not.
        in_file: Those that do not in the file, whatever is selected.
        in_comments: Those that comments at the place say to ignore.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    in_file: tuple[str, ...] = ()
    in_comments: tuple[str, ...] = ()
