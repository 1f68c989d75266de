"""What several test files need: projects in a temporary folder, and the command line as users start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """A run of the command line that has ended."""

    status: int
    out: str
    err: str
    report: dict = field(default_factory=dict)

    def outcomes(self):
        return {audit["id"].partition("::")[2]: audit["outcome"] for audit in self.report["audits"]}

    def audit(self, name):
        (found,) = [audit for audit in self.report["audits"] if audit["id"].partition("::")[2] == name]
        return found

    def codes(self, name):
        return [finding["code"] for finding in self.audit(name)["findings"]]


@dataclass(frozen=True)
class Project:
    """A folder with files, in which gradaudit is started."""

    root: Path

    def write(self, **files):
        """Files by name, with ``__`` for slashes and a suffix of ``.py`` where there is none."""
        for name, text in files.items():
            path = self.root / (name.replace("__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        return self

    def run(self, *words, timeout=120, **environment):
        command = [sys.executable, "-m", "gradaudit", *map(str, words)]
        ended = subprocess.run(
            command,
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "NO_COLOR": "1", **environment},
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def scan(self, *words, **environment):
        """A scan with its JSON report."""
        path = self.root / "report.json"
        ended = self.run("scan", *words, "--output", f"json={path}", "--output", "text", **environment)
        report = json.loads(path.read_text()) if path.exists() else {}
        path.unlink(missing_ok=True)
        return Ended(ended.status, ended.out, ended.err, report)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def interruptible():
    """What comes before a command that is to be interrupted.

    What a shell starts in the background ignores interrupts, and so would its children. A ``preexec_fn`` would fork
    this process, to which libraries object that other tests have imported, as they have threads.
    """
    heed = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-c", heed]


@pytest.fixture(scope="session")
def make_project(tmp_path_factory):
    """For fixtures that live longer than a test."""
    return lambda: Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def shared_project(make_project):
    return make_project()
