"""What git says about a folder, and nothing of the repository's own run for it."""

from __future__ import annotations

import os

# git hands these to its hooks; they would point a git of ours, run in another folder, at the wrong tree.
_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")


def git(folder: str, *arguments: str) -> bytes | None:
    """What git prints; None where there is no git or it fails: a folder of another owner, a broken repository.

    Args:
        folder: Where it runs.
        arguments: Its command and what that takes.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _VARIABLES}
    # A repository's configuration may name a program as its fsmonitor: finding audits runs nothing of the repository.
    command = ["git", "-C", folder, "-c", "core.fsmonitor=", *arguments]
    try:
        status, printed = _spawn(command, environment) if hasattr(os, "posix_spawnp") else _run(command, environment)
    except OSError:
        return None
    return printed if status == 0 else None


def _spawn(command: list[str], environment: dict[str, str]) -> tuple[int, bytes]:
    """As `_run`, without subprocess, whose import takes half as long as an empty Python to start."""
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe:
        try:
            actions = [(os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
            process = os.posix_spawnp(command[0], command, environment, file_actions=actions)
        finally:
            os.close(writing)
        printed = pipe.read()
    _, status = os.waitpid(process, 0)
    return status, printed


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, bytes]:
    import subprocess

    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode, done.stdout
