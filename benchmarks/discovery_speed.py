"""How long `gradaudit list` takes against `ruff check --select F401 --no-cache` over the same files.

Usage: python benchmarks/discovery_speed.py [PATH] [ROUNDS]

Both are run in turns, after one round that fills the system's file cache, and the medians are compared: a ratio holds
from machine to machine where seconds do not. PATH is this interpreter's site-packages unless it is given.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time

BUDGET = 1.0


def seconds(command: list[str]) -> float:
    """How long a command takes, from its start to its end."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def python_files(folder: str) -> int:
    """How many Python files are below a folder."""
    return sum(name.endswith(".py") for _, _, names in os.walk(folder) for name in names)


def main() -> int:
    """Print the ratio; the status is 1 if it is over the budget."""
    path = sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("purelib")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    ruff = shutil.which("ruff", path=os.path.dirname(sys.executable)) or shutil.which("ruff")
    if ruff is None:
        sys.exit("ruff is not installed: pip install ruff")
    commands = {
        "gradaudit": [sys.executable, "-m", "gradaudit", "list", path],
        "ruff": [ruff, "check", "--select", "F401", "--no-cache", "--exit-zero", "--quiet", path],
    }
    times = {name: [seconds(command)] for name, command in commands.items()}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    medians = {name: statistics.median(measured[1:]) for name, measured in times.items()}
    ratio = medians["gradaudit"] / medians["ruff"]
    print(f"{python_files(path)} Python files below {path}, {os.cpu_count()} CPUs, medians of {rounds} rounds")
    print(f"gradaudit list {medians['gradaudit']:.3f} s, ruff check --select F401 {medians['ruff']:.3f} s")
    print(f"ratio {ratio:.2f} (budget {BUDGET})")
    return int(ratio > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
