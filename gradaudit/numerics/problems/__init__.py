"""What is checked: a scalar function φ of several arrays (blocks), and what claims to be its gradient.

- `problem`: what a caller gives
- `many_points`: one that evaluates several points in fewer calls
- `remembered`, `distortions`: another problem with its values kept, or with its gradient made wrong
"""
