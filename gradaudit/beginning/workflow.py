"""The workflow of GitHub Actions."""

from __future__ import annotations

import os

from gradaudit.beginning.changes import Change, change, text_of

_FILE = ".github/workflows/gradaudit.yml"
_TEXT = """\
name: gradaudit

on: [push, pull_request]

permissions: {{}}

jobs:
  audits:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - uses: actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c # v6.0.0
        with:
          python-version: "3.x"
      # What the audited code imports.
      - run: python -m pip install {packages}
      - uses: gradaudit/gradaudit@v{version}
"""


def workflow(root: str, version: str) -> Change | None:
    """What runs the audits on each push; None where there is such a file.

    Args:
        root: The repository, absolute.
        version: Of gradaudit.

    Raises:
        UsageError: Its pyproject.toml can't be read.
    """
    if os.path.exists(os.path.join(root, _FILE)):
        return None
    return change(root, _FILE, _TEXT.format(packages=_packages(root), version=version))


def _packages(root: str) -> str:
    """What pip is asked for: the project's own dependencies, where it says them, and NumPy."""
    pyproject = text_of(os.path.join(root, "pyproject.toml")) or ""
    if "[project]" in pyproject or "[tool.poetry]" in pyproject or os.path.exists(os.path.join(root, "setup.py")):
        return "numpy ."
    if os.path.exists(os.path.join(root, "requirements.txt")):
        return "numpy -r requirements.txt"
    return "numpy"
