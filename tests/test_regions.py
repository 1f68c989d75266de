"""What of the source stands for an audit in editors and on GitHub: columns in characters, from the source's bytes."""

from __future__ import annotations

import json

import pytest

from gradaudit.configuration import Settings
from gradaudit.discovery import discover
from gradaudit.records.finding import Region

IMPORT = "from gradaudit import audited_backward\n"

SOURCES = {
    "a function": ("@audited_backward(forward=abs)\ndef back(g): ...", "def back"),
    "a method": ("class A:\n    @audited_backward(forward=abs)\n    def back(g): ...", "def back"),
    "a coroutine": ("@audited_backward(forward=abs)\nasync def back(g): ...", "async def back"),
    "a class": ("@audited_backward\nclass Rule: ...", "class Rule"),
    "a call": ("audit = audited_backward(forward=abs)(len)", "audited_backward"),
    "a call over several lines": ("audit = audited_backward(\n    forward=abs,\n)(\n    len\n)", "audited_backward"),
    "a dotted name": ("import gradaudit as ga\naudit = ga.audited_backward(forward=abs)(len)", "ga.audited_backward"),
    "a call behind other signs": ("größe = audited_backward(forward=abs)(len)", "audited_backward"),
    "a name in other signs": ("@audited_backward(forward=abs)\ndef rückwärts(g): ...", "def rückwärts"),
}  # fmt: skip


def marked(source, line, region):
    """The text that a region takes."""
    assert region.end_line == line
    return source.split("\n")[line - 1][region.column - 1 : region.end_column - 1]


def discovered(folder):
    (target,) = discover(["."], Settings(root=str(folder)), str(folder)).targets
    return target


@pytest.mark.parametrize("case", SOURCES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_the_name_that_is_defined_or_called_is_marked(tmp_path, case, end, encoding):
    text, expected = SOURCES[case]
    head = "# -*- coding: latin-1 -*-\n" if encoding == "latin-1" else ""
    source = head + IMPORT + text + "\n"
    (tmp_path / "a.py").write_bytes(source.replace("\n", end).encode(encoding))
    target = discovered(tmp_path)
    assert marked(source, target.definition_line, target.region) == expected


def test_in_a_notebook_the_region_is_one_of_the_cell(tmp_path):
    cells = ["x = 'é'", f"{IMPORT}größe = audited_backward(forward=abs)(len)"]
    notebook = {
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells],
        "metadata": {"kernelspec": {"language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "course.ipynb").write_text(json.dumps(notebook))
    target = discovered(tmp_path)
    assert target.cell == 2
    assert marked(cells[1], target.definition_line, target.region) == "audited_backward"


def test_a_run_reports_the_region_that_discovery_saw(project):
    source = IMPORT + "@audited_backward(forward=abs, inputs={'x': 'N'})\ndef back(g, x): return 3 * g\n"
    project.write(a=source)
    (audit,) = project.scan().report["audits"]
    assert audit["outcome"] == "failed"
    region = Region(audit["column"], audit["end_line"], audit["end_column"])
    assert marked(source, audit["line"], region) == "def back"
    (listed,) = json.loads(project.run("list", "-o", "json").out)["audits"]
    assert (listed["line"], listed["column"], listed["end_column"]) == (3, region.column, region.end_column)


def test_sarif_and_annotations_mark_what_a_scan_found_from_the_repository_on(project):
    (project.root / ".git").mkdir()
    (project.root / "package").mkdir()
    (project.root / "package" / "gradaudit.toml").write_text("")
    source = IMPORT + "@audited_backward(forward=abs, inputs={'x': 'N'})\ndef back(g, x): return 3 * g\n"
    project.write(package__a=source)
    inside = type(project)(project.root / "package")
    ended = inside.run("scan", "-o", "github", "-o", "sarif=r.sarif")
    assert ended.status == 1
    assert ended.out.startswith("::error file=package/a.py,line=3,endLine=3,col=1,endColumn=9,title=GA")
    (result,) = json.loads((inside.root / "r.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "package/a.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 9},
    }
