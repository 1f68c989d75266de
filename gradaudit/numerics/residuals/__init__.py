"""How far the numeric derivative is from the claimed one along lines, and within which error.

- `estimates`: a residual along one line, by two evaluations or four
- `probe`: along parts of a direction; residuals of disjoint parts add up
- `projections`: along a few random directions through one block
- `discrepancy`: along a line through everything, and whether one part has all of it
"""
