"""What the source of one file shows, by the rules that are asked for."""

from __future__ import annotations

import ast
import textwrap

import pytest

import gradaudit.rules
from gradaudit.configuration import Settings
from gradaudit.discovery import discover
from gradaudit.inspection import Inspection


@pytest.fixture
def inspected(tmp_path):
    """Inspect files, by name, for some codes."""

    def inspect(files, *codes):
        for name, source in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(source), encoding="utf-8")
            if name.endswith(".py"):
                ast.parse(path.read_text(encoding="utf-8"))  # a case that can't be parsed would show nothing
        inspection = Inspection(codes or gradaudit.rules.STATIC)
        found = discover([str(tmp_path)], Settings(root=str(tmp_path)), str(tmp_path), inspection)
        assert not found.findings
        return inspection.concluded(found.targets)

    return inspect


@pytest.fixture
def findings(inspected):
    """The findings of one rule in one file."""

    def find(code, source, file="layers.py"):
        return inspected({file: source}, code).findings

    return find
