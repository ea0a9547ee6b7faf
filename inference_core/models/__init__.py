"""The model catalogue, the store and its sources."""
