"""How long gradaudit takes to read a tree, against ruff over the same files.

`gradaudit scan --ignore GA1`, which finds no audit and runs nothing, is discovery alone: it stands beside
`ruff check --select F401`. `gradaudit list`, which applies all static rules, stands beside `ruff check --select F,B`.

Usage: python benchmarks/discovery_speed.py [PATH] [ROUNDS]

All are run in turns, after one round that fills the system's file cache, and the medians are compared: a ratio holds
from machine to machine where seconds do not. The processors' time is printed too, since ruff takes all of them at once.
PATH is this interpreter's site-packages unless it is given.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time

PAIRS = (
    (["scan", "--ignore", "GA1"], ["--select", "F401"], 1.0),
    (["list"], ["--select", "F,B"], 2.0),
)
"""What gradaudit does, what ruff does beside it, and how much longer the first may take."""


def seconds(command: list[str]) -> tuple[float, float]:
    """How long a command takes, from its start to its end, and how long processors were busy with it."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    duration, after = time.perf_counter() - start, os.times()
    busy = after.children_user - before.children_user + after.children_system - before.children_system
    return duration, busy


def python_files(folder: str) -> int:
    """How many Python files are below a folder."""
    return sum(name.endswith(".py") for _, _, names in os.walk(folder) for name in names)


def main() -> int:
    """Print the ratios; the status is 1 if one is over its budget."""
    path = sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("purelib")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    ruff = shutil.which("ruff", path=os.path.dirname(sys.executable)) or shutil.which("ruff")
    if ruff is None:
        sys.exit("ruff is not installed: pip install ruff")
    commands = [
        command
        for ours, theirs, _ in PAIRS
        for command in (
            [sys.executable, "-m", "gradaudit", *ours, path],
            [ruff, "check", *theirs, "--no-cache", "--exit-zero", "--quiet", path],
        )
    ]
    times = [[seconds(command)] for command in commands]
    for _ in range(rounds):
        for command, measured in zip(commands, times, strict=True):
            measured.append(seconds(command))
    print(f"{python_files(path)} Python files below {path}, {os.cpu_count()} CPUs, medians of {rounds} rounds")
    medians = [tuple(map(statistics.median, zip(*measured[1:], strict=True))) for measured in times]
    over = [
        ratio(PAIRS[place // 2], medians[place], medians[place + 1]) > PAIRS[place // 2][2]
        for place in range(0, len(medians), 2)
    ]
    return int(any(over))


def ratio(pair: tuple[list[str], list[str], float], ours: tuple[float, ...], theirs: tuple[float, ...]) -> float:
    """Print and return how much longer gradaudit took than ruff."""
    print(f"gradaudit {' '.join(pair[0])}: {ours[0]:.3f} s, {ours[1]:.3f} s of processors")
    print(f"ruff check {' '.join(pair[1])}: {theirs[0]:.3f} s, {theirs[1]:.3f} s of processors")
    print(f"ratio {ours[0] / theirs[0]:.2f}, of processors {ours[1] / theirs[1]:.2f} (budget {pair[2]})")
    return ours[0] / theirs[0]


if __name__ == "__main__":
    sys.exit(main())
