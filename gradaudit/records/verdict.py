"""What may become of an audit and of a gradient."""

from __future__ import annotations

from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["passed", "failed", "inconclusive", "error", "skipped", "xfailed", "listed"]
Grade: TypeAlias = Literal["great", "okay", "concerning", "wrong"]

VERDICTS: tuple[Verdict, ...] = ("passed", "failed", "inconclusive", "error", "skipped", "xfailed")
"""The outcomes of a run, in the order in which a summary counts them."""
