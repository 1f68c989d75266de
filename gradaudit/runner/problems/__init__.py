"""An audited subject as a problem that numerics check: a scalar function of arrays, and its claimed gradient."""
