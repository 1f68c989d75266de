"""Which files have changed since a git revision: in commits of this branch, in the working tree, and new ones."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gradaudit.discovery.git import git
from gradaudit.errors import UsageError
from gradaudit.folders import git_top_level

_SHALLOW = "git fetch --unshallow, or fetch-depth: 0 of actions/checkout"


@dataclass(frozen=True)
class ChangedFiles:
    """What has changed.

    Attributes:
        top: The top of the git work tree, absolute.
        base: The commit that this branch left the revision at.
        changed: Files, absolute; those that are gone and both names of a renamed one included.
        files: All files that git knows or that are new, absolute.
    """

    top: str
    base: str
    changed: frozenset[str]
    files: frozenset[str]

    def is_touched(self, path: str) -> bool:
        """Whether a file has changed, or may have: git says nothing of one that it ignores or that lies elsewhere."""
        return path in self.changed or path not in self.files

    def before(self, path: str) -> bytes | None:
        """What a file was before the changes; None where it was not."""
        name = os.path.relpath(path, self.top).replace(os.sep, "/")
        return git(self.top, "show", f"{self.base}:{name}")


def changed_since(revision: str, root: str) -> ChangedFiles:
    """The files that have changed since this branch left a revision.

    Args:
        revision: A branch, a tag, a commit.
        root: The folder whose work tree is meant.

    Raises:
        UsageError: There is no git, no work tree, no such revision, or no history up to it.
    """
    option = f"--changed-since {revision}"
    top = git_top_level(root)
    if top is None:
        raise UsageError(f"{option}: {root} is in no git work tree; leave the option out, or run it in a clone")
    if git(top, "rev-parse", "--git-dir") is None:
        raise UsageError(f"{option}: git can't be started or refuses {top}; install it, or run git status there")
    commit = _base(top, revision, option)
    # Against the working tree: what is committed, staged and neither, in one go.
    changed = _names(git(top, "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", commit, "--"), top)
    new = _names(git(top, "ls-files", "--others", "--exclude-standard", "-z"), top)
    tracked = _names(git(top, "ls-files", "--cached", "-z"), top)
    return ChangedFiles(top, commit, frozenset(changed + new), frozenset(tracked + new + changed))


def _base(top: str, revision: str, option: str) -> str:
    """The commit at which this branch left a revision, as ``REVISION...HEAD`` has it."""
    is_option = revision.startswith("-")
    known = None if is_option else git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if known is None:
        remedy = f"fetch it: git fetch origin {revision}{_if_shallow(top)}"
        raise UsageError(f"{option}: git knows no such revision; {remedy}")
    base = git(top, "merge-base", known.decode().strip(), "HEAD")
    if base is None:
        remedy = _if_shallow(top) or "; name another revision"
        raise UsageError(f"{option}: it and HEAD have no commit in common{remedy}")
    return base.decode().strip()


def _if_shallow(top: str) -> str:
    is_shallow = git(top, "rev-parse", "--is-shallow-repository")
    return f"; the clone is shallow: {_SHALLOW}" if is_shallow is not None and is_shallow.strip() == b"true" else ""


def _names(printed: bytes | None, top: str) -> list[str]:
    """Absolute paths out of a list that git parted by zeros."""
    if printed is None:
        raise UsageError(f"--changed-since: git can't list the files of {top}; try git status there")
    return [os.path.join(top, *name.split("/")) for name in os.fsdecode(printed).split("\0") if name]
