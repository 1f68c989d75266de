"""Audits of one framework, written into a file and run as users run them."""

from __future__ import annotations

import textwrap

import pytest


@pytest.fixture(scope="module")
def scan_source(make_project):
    """Scan a file with this text, after a heading of imports."""

    def scan(heading, text, *words):
        project = make_project()
        project.write(audited=textwrap.dedent(heading) + textwrap.dedent(text))
        return project.scan(*words)

    return scan
