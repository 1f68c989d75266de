"""Shapes of inputs, from the source alone: annotations, docstrings, and what the operations leave possible.

Each array has a form (`symbols`), each operation relates some of them (`relations`); a function is followed statement
by statement with forms in place of arrays (`interpretation`). What is not shown stays unknown.
"""

from __future__ import annotations

from gradaudit.beginning.shapes.learning import Learned, Passes, learn
from gradaudit.beginning.shapes.naming import Names, as_written, is_floating

__all__ = ["Learned", "Names", "Passes", "as_written", "is_floating", "learn"]
