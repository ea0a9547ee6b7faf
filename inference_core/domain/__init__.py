"""Wire types, settings and timings of the core."""
