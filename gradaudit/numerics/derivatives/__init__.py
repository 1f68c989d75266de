"""Numeric derivatives of φ, and what may be wrong with them.

- `base_point`, `direction`, `line`: where from, where to, and φ in between, by central differences
- `steps`, `error_bounds`, `quantum`: how far apart; truncation, kinks and noise; values that are rounded to a grid
- `elements`: with respect to single elements
- `high_order`: along a line, by a difference of order 8
- `slope`: along a fixed direction, as a function that can be differentiated once more
"""
