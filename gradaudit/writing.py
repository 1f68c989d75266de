"""Write report files whole or not at all."""

from __future__ import annotations

import os

from gradaudit.errors import UsageError
from gradaudit.folders import folders_above


def check_writable(path: str, option: str) -> None:
    """See that a file can be written, before there is anything to write: nothing is made for it.

    Raises:
        UsageError: It can't.
    """
    if os.path.isdir(path):
        raise UsageError(f"{option}: {path} is a folder; name a file in it")
    needed = path
    if not os.path.exists(path) or os.path.isfile(path):  # else a device or a pipe
        needed = next(filter(os.path.exists, folders_above(os.path.dirname(os.path.realpath(path)))))
        if not os.path.isdir(needed):
            raise UsageError(f"{option}: {path} can't be written: {needed} is no folder; name another file")
    if not os.access(needed, os.W_OK):
        raise UsageError(f"{option}: {path} can't be written: {needed} may not be written to; name another file")


def write_whole(path: str, text: str, option: str = "--output") -> None:
    """Write a UTF-8 text file so that a reader sees the old file or the new one, never half of one.

    Parent folders are made. What is no regular file, such as ``/dev/stdout`` or a pipe, is written directly.

    Args:
        path: The file.
        text: All of it.
        option: What named the file, for messages.

    Raises:
        UsageError: It can't be written there.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        if os.path.exists(path) and not os.path.isfile(path):
            if os.path.isdir(path):
                raise UsageError(f"{option}: {path} is a folder; name a file in it")
            with open(path, "wb") as stream:
                stream.write(data)
        else:
            _replace(os.path.realpath(path), data)
    except OSError as error:
        raise UsageError(f"{option}: {path} can't be written: {error.strerror}; name another file") from error


def _replace(path: str, data: bytes) -> None:
    import tempfile

    mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o666 & ~_umask()
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=f".{os.path.basename(path)}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
