"""QtCore objects with state and signals, one per view."""
