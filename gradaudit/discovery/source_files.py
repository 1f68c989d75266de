"""Which files are searched: those that git knows and does not ignore, else a walk; and what is in them."""

from __future__ import annotations

import os

from gradaudit.discovery.git import git
from gradaudit.discovery.ignore_patterns import Excludes, GitIgnore, is_excluded_folder
from gradaudit.errors import UsageError
from gradaudit.folders import folders_above, git_top_level
from gradaudit.notebooks import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradaudit.configuration import Settings

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)  # the latter on Windows alone
_NOT_THROUGH_LINKS: int = getattr(os, "O_NOFOLLOW", 0)
_CHUNK = 1 << 20
SUFFIXES = (".py", SUFFIX)


def source_files(paths: Sequence[str], settings: Settings) -> list[str]:
    """The Python files and notebooks that `paths` mean: absolute, sorted, each once; and folders that can't be read.

    A named file is taken whatever it is called. A named folder is searched even if the default excludes or git leave it
    out; below it they hold again, and so do the configured excludes but those that leave out the named folder itself.
    Links, submodules and other repositories inside are not followed: name them to search them.

    Args:
        paths: Absolute paths of existing files and folders.
        settings: Which files below them are taken.
    """
    excludes = Excludes(settings.exclude)
    found: set[str] = set()
    for path in paths:
        if settings.force_exclude and _is_excluded(path, settings.root, excludes):
            continue
        if os.path.isdir(path):
            found.update(_files_below(path, settings, excludes))
        else:
            found.add(path)
    return sorted(found)


def read(path: str, *, follow_link: bool) -> bytes:
    """All of a file.

    Raises:
        OSError: It can't be read, or is a link that is not to be followed.
    """
    descriptor = os.open(path, _FLAGS if follow_link else _FLAGS | _NOT_THROUGH_LINKS)
    try:
        size = os.fstat(descriptor).st_size
        data = os.read(descriptor, size + 1)  # one call for most files: a file object takes five
        if len(data) != size:
            while more := os.read(descriptor, _CHUNK):
                data += more
    finally:
        os.close(descriptor)
    return data


def _is_excluded(path: str, root: str, excludes: Excludes) -> bool:
    relative = _relative(path, root)
    if excludes.match(relative):
        return True
    names = relative.split("/")
    folders = names if os.path.isdir(path) else names[:-1]
    return any(is_excluded_folder(os.path.join(root, *names[:depth]), name) for depth, name in enumerate(folders))


def _files_below(folder: str, settings: Settings, excludes: Excludes) -> Iterator[str]:
    names = _listed_by_git(folder) if settings.respect_gitignore else None
    if names is None:
        names = _walk(folder, _ignores_above(folder, settings.root) if settings.respect_gitignore else None)
    place = _relative(folder, settings.root)
    if place != "." and excludes.match(place):
        excludes = Excludes([pattern for pattern in settings.exclude if not Excludes([pattern]).match(place)])
    if excludes:
        prefix = "" if place == "." else f"{place}/"
        names = [name for name in names if not excludes.match(prefix + name.replace(os.sep, "/"))]
    return map(os.path.join(folder, "").__add__, names)


def _relative(path: str, root: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def _listed_by_git(folder: str) -> list[str] | None:
    """Relative names of the files that git does not ignore; None where there is no git, or it ignores the folder."""
    if git_top_level(folder) is None:
        return None
    patterns = [f"*{suffix}" for suffix in SUFFIXES]
    listing = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns)
    if listing is None or (not listing and git(folder, "check-ignore", "--quiet", ".") is not None):
        return None
    excluded = {"": False}

    def is_excluded(inside: str) -> bool:
        if inside not in excluded:
            above, _, name = inside.rpartition("/")
            excluded[inside] = is_excluded(above) or is_excluded_folder(os.path.join(folder, above), name)
        return excluded[inside]

    return [name for name in os.fsdecode(listing).split("\0") if name and not is_excluded(name.rpartition("/")[0])]


def _walk(folder: str, ignores: GitIgnore | None) -> list[str]:
    """Relative names of the files below a folder, and of folders that can't be searched, with a slash at their end.

    Args:
        folder: Where to begin.
        ignores: What .gitignore files leave out; None for nothing.
    """
    start = len(os.path.join(folder, ""))
    names: list[str] = []
    stack = [(folder, ignores)]
    while stack:
        parent, above = stack.pop()
        try:
            entries = list(os.scandir(parent))
        except OSError as error:
            if parent == folder:
                raise UsageError(f"{folder}: can't be searched: {error.strerror or error}") from None
            names.append(os.path.join(parent[start:], ""))  # who reads it is told why it can't be
            continue
        here = (
            above.below(parent) if above is not None and any(entry.name == ".gitignore" for entry in entries) else above
        )
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not (entry.name.endswith(SUFFIXES) and entry.is_file(follow_symlinks=False)):
                continue
            if here is not None and here.match(entry.path, is_folder=is_folder):
                continue
            if not is_folder:
                names.append(entry.path[start:])
            elif not is_excluded_folder(parent, entry.name):
                stack.append((entry.path, here))
    return names


def _ignores_above(folder: str, root: str) -> GitIgnore:
    """The .gitignore files above a folder, up to the git top level or the root; none if they ignore the folder."""
    top = git_top_level(folder) or root
    above = [
        parent for parent in folders_above(folder) if parent != folder and os.path.commonpath([parent, top]) == top
    ]
    ignores = GitIgnore()
    for parent, child in zip(reversed(above), [*reversed(above), folder][1:], strict=True):
        ignores = ignores.below(parent)
        if ignores.match(child, is_folder=True):
            return GitIgnore()
    return ignores
