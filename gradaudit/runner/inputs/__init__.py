"""Inputs that nobody declared by a shape: those of annotations, and arrays of a framework."""
