"""What a backward owes beside the values of its gradient, found out by a few more calls."""
