"""Memory between calls: what large arrays let go of is to be there for the next ones, not handed back to the system."""

from __future__ import annotations

from functools import cache

import numpy as np

LARGE = 2**20
"""Bytes of an array from which on fetching and copying it takes as long as a good part of what is audited."""

# glibc learns from the largest block that was freed, up to 32 MiB: twice as much stays with the process from then on.
LEARNT_FROM = 2**25 - 2**16


@cache
def keep_freed_memory() -> None:
    """Let the allocator know that large arrays come and go; once in a process.

    Fresh pages cost more than what is computed on them: without this, a check of 1e6 parameters spends 15 to 30 ms on
    getting the same memory again and again. The block itself is never touched. Other allocators are as before.
    """
    np.empty(LEARNT_FROM, np.uint8)
