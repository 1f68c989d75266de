"""How the lines of the host are told from others; imported by any Python, so nothing else stands here."""

MARK = b"gradaudit> "
"""Begins each line of ours: what the interpreter prints before it comes to us (sitecustomize) has none."""
