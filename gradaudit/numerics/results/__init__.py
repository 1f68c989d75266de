"""What a check hands out.

- `agreement`: the verdict on the gradient and on each block
- `evidence`: what was measured of a wrong block, and `parts`, where in a block that is
- `cause`: why it is wrong
"""
