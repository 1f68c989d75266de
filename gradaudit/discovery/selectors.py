"""What the command line's paths and selectors ``path::qualname[name]`` mean."""

from __future__ import annotations

import os

from gradaudit.errors import UsageError
from gradaudit.near_names import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradaudit.records.case import Target


def asked_for(paths: Sequence[str], start: str, root: str) -> dict[str, tuple[str, ...]]:
    """Absolute path to what its selectors have behind ``::``; to nothing, where the whole file or folder is meant.

    Args:
        paths: As given, relative to `start`.
        start: The working directory.
        root: What ids are relative to: one that is pasted in a folder below it means what it means in a report.
    """
    asked: dict[str, tuple[str, ...]] = {}
    for given in paths:
        path, separator, tail = _parted(given, start)
        absolute = os.path.normpath(os.path.join(start, path))
        if separator and not os.path.exists(absolute):
            in_root, _, rest = _parted(given, root)
            if os.path.isfile(os.path.join(root, in_root)):
                absolute, tail = os.path.normpath(os.path.join(root, in_root)), rest
        if not os.path.exists(absolute):
            raise UsageError(f"{path}: {_why_not(absolute)}")
        if separator and os.path.isdir(absolute):
            raise UsageError(f"{given}: {path} is a folder; the path before '::' is that of a file")
        if not os.path.isdir(absolute) and not os.path.isfile(absolute):
            raise UsageError(f"{path}: is neither a file nor a folder")
        whole = not separator or asked.get(absolute) == ()
        asked[absolute] = () if whole else (*asked.get(absolute, ()), tail)
    return asked


def _parted(given: str, start: str) -> tuple[str, str, str]:
    """Path, separator and selector; a file may have ``::`` in its name."""
    path, separator, tail = given.partition("::")
    while separator and not os.path.exists(os.path.join(start, path)):
        more, separator, tail = tail.partition("::")
        path = f"{path}::{more}"
    return (path, separator, tail) if os.path.exists(os.path.join(start, path)) else given.partition("::")


def _why_not(path: str) -> str:
    """Why there is nothing at a path, as far as its folder may be looked into."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        return f"can't be read: {error.strerror or error}"
    if os.path.islink(path):
        return f"is a link to {os.readlink(path)}, which does not exist"
    return f"no such file or folder{_near_path(path)}"


def _near_path(path: str) -> str:
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        return f": there is no folder {folder}"
    try:
        names = os.listdir(folder)
    except OSError:  # one may go through it and not list it
        return ""
    remedy = nearest(os.path.basename(path), names)
    return f"; {remedy}" if remedy.startswith("did") else ""


def selected(
    found: Sequence[Target], selectors: Sequence[str], file: str, labels: dict[Target, tuple[str, ...]]
) -> list[Target]:
    """The targets that selectors mean; what they ask of those that get their names when run goes into `labels`."""
    whole: set[Target] = set()
    parts: dict[Target, tuple[str, ...]] = {}
    for selector in selectors:
        matched = False
        for target in found:
            label = _label(target, selector)
            if _means_all_of(target, selector):
                whole.add(target)
            elif label is not None:
                parts[target] = (*parts.get(target, ()), label)
            matched = matched or target in whole or label is not None
        if not matched:
            raise UsageError(f"{file}::{selector}: no such audit; {_near_audit(selector, found)}")
    labels.update((target, asked) for target, asked in parts.items() if target not in whole)
    return [target for target in found if target in whole or target in parts]


def _means_all_of(target: Target, selector: str) -> bool:
    """Whether it is the target's id, its name with all labels, or a class around it."""
    if selector in {target.qualname, target.id.removeprefix(f"{target.file}::")}:
        return True
    return target.qualname.startswith(f"{selector}.")


def _label(target: Target, selector: str) -> str | None:
    """What a selector asks of a target that gets its names or number when run; None if it means another."""
    rest = selector.removeprefix(target.qualname)
    if rest == selector or not (target.repeats or target.names_vary):
        return None
    text, number = "", rest
    if rest.startswith("["):
        text, _, number = rest[1:].rpartition("]")
    if number and not (number[0] == "#" and number[1:].isdigit()):
        return None
    return text + number if target.names_vary or text == (target.name or "") else None


def _near_audit(selector: str, found: Sequence[Target]) -> str:
    if not found:
        return "the file declares none"
    return nearest(selector, [target.id.removeprefix(f"{target.file}::") for target in found])
