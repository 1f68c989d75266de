"""What the stages hand on to each other, in the order of the flow: `case`, `finding`, `outcome`, `report`.

Every record is a frozen dataclass of plain values (strings, numbers, tuples, other records), so that it can cross the
border to a worker process, which may be another interpreter, as JSON: see `gradaudit.transport`. What never crosses it
may be a named tuple. Each is imported from its own file, since a run without audits needs few of them, and to make a
dataclass takes as long as to load a small module.
"""
