"""Write BENCHMARKS.md: what the other scripts here print, and the commands that print it.

    python benchmarks/write.py [SITE_PACKAGES [OTHERS ...]]

SITE_PACKAGES is a folder of at least 5,000 Python files for the comparison of speed; this interpreter's own by default.
OTHERS hold what that environment can't, such as numpy-ml, for the findings that were judged.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent

SECTIONS = (
    (
        "Start-up",
        "Whole processes, in times of an empty Python; the last three are there for comparison.",
        ["benchmarks/startup.py"],
    ),
    (
        "The directional check at 1e6 parameters",
        "In forward+backward passes of the very network that is checked.",
        ["benchmarks/directional_cost.py"],
    ),
    (
        "What is found, beside the checkers that people use",
        "On the pairs, their mistakes and the points that mislead which are in `benchmarks/detection_suite`.",
        ["benchmarks/detection.py"],
    ),
    (
        "Finding audits",
        "Discovery alone, and `gradaudit list` with all static rules, each beside ruff over the same files.",
        ["benchmarks/discovery_speed.py", "SITE_PACKAGES"],
    ),
    (
        "What is not audited",
        "GA101 over installed packages, held against what people have judged by reading.",
        ["benchmarks/coverage_precision.py", "SITE_PACKAGES", "OTHERS"],
    ),
)


def main() -> None:
    """Run everything and write the page."""
    packages = sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("purelib")
    folders = {"SITE_PACKAGES": [packages], "OTHERS": sys.argv[2:]}
    lines = [
        "# Benchmarks",
        "",
        "Written by `python benchmarks/write.py`; ratios are measured side by side in one run.",
    ]
    lines += ["", f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} CPUs.", ""]
    for title, what, script in SECTIONS:
        command = [sys.executable, *(part for word in script for part in folders.get(word, [word]))]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        printed = ended.stdout.replace(packages, "SITE_PACKAGES").rstrip()
        lines += [f"## {title}", "", what, "", "```console", f"$ python {' '.join(script)}", printed, "```", ""]
    (ROOT / "BENCHMARKS.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
