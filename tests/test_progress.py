"""Progress is for people who watch."""

from __future__ import annotations

import io

from gradaudit.progress import progress_on


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_there_is_none_without_a_terminal():
    stream = io.StringIO()
    with progress_on(stream) as progress:
        assert progress is None
    assert stream.getvalue() == ""


def test_a_terminal_shows_one_line_that_is_cleared_in_the_end():
    stream = Terminal()
    with progress_on(stream) as progress:
        progress(1, 3, "a.py::f[\x1b[31mred]")
    text = stream.getvalue()
    assert "1/3 a.py::f" in text
    assert "\x1b[31m" not in text
    assert "\n" not in text
    assert text.endswith("\r\x1b[2K")
