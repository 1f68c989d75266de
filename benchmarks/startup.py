"""What starting costs, in times of an empty Python.

Each command runs in turns with ``python -c pass``, so that both see the same machine; ratios' medians are printed.

    python benchmarks/startup.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AUDIT = """
@audited_backward(forward=lambda x: np.tanh(x), inputs={{"x": "N D"}})
def backward_{number}(dout, x):
    return dout * (1 - np.tanh(x) ** 2)
"""
HEADER = "import numpy as np\n\nfrom gradaudit import audited_backward\n"
IMPORT = "from gradaudit import audited_backward"


def seconds(command: list[str]) -> float:
    """How long a command takes, from its start to its end."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    program = str(Path(sys.executable).with_name("gradaudit"))
    with tempfile.TemporaryDirectory() as folder:
        empty, audits = Path(folder, "empty"), Path(folder, "audits")
        empty.mkdir()
        audits.mkdir()
        (empty / "a.py").write_text("x = 1\n")
        (audits / "a.py").write_text(HEADER + "".join(AUDIT.format(number=number) for number in range(10)))
        commands = {
            "from gradaudit import audited_backward": ([sys.executable, "-c", IMPORT], 2.7),
            "gradaudit --version": ([program, "--version"], 7),
            "gradaudit scan, a file without audits": ([program, "scan", str(empty)], 5),
            "gradaudit scan, ten small audits": ([program, "scan", str(audits)], 30),
            "import typer": ([sys.executable, "-c", "import typer"], None),
            "import numpy": ([sys.executable, "-c", "import numpy"], None),
            "import pebble": ([sys.executable, "-c", "import pebble"], None),
        }
        ratios: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, (command, _) in commands.items():
                base = seconds([sys.executable, "-c", "pass"])
                ratios[name].append(seconds(command) / base)
    print(f"{'command':40s} {'x python -c pass':>17s} {'budget':>7s}")
    for name, (_, budget) in commands.items():
        shown = "" if budget is None else f"{budget:g}"
        print(f"{name:40s} {statistics.median(ratios[name]):17.1f} {shown:>7s}")


if __name__ == "__main__":
    main()
