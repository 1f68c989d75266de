"""What is said of a gradient over all trials: whether it counts as verified, where it is wrong, and why."""
