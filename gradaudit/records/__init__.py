"""What the stages hand on to each other, in the order of the flow: `case`, `finding`, `outcome`, `report`.

Every record is a named tuple or a frozen dataclass of plain values (strings, numbers, tuples, other records), so that
it can cross the border to a worker process, which may be another interpreter, as JSON: see `gradaudit.transport`. Each
is imported from its own file, since a run without audits needs few of them. What such a run needs is a named tuple: it
takes a third of the time of a dataclass to make, and `dataclasses` need not be imported.
"""
