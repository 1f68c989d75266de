"""The checks, from a problem to the result of each block.

- `check`: the one that a caller names
- `directional`: along one random direction, more only where that does not settle it; `settlement` of its blocks
- `textbook`: every element, to the letter of the literature
"""
