"""Whether a gradient is right, wrong or undecided.

- `judgement`: along one line
- `adjudication`: at points nearby as well, each with a line of its own
- `zeros`: where it vanishes but for rounding, or may by symmetry
- `sharpening`: where it is right within an error that is too large to pass with
"""
