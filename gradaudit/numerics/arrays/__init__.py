"""Arithmetic on arrays as large as a model's, which would take time or memory of its own if done the plain way.

- `inner_product`: waits for no other thread
- `norms`: no square overflows or underflows
- `stretches`: arrays a stretch at a time, without temporaries of their size
- `table`: random numbers for directions, read instead of drawn
"""
